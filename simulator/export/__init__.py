"""The raw tables that are written once, after the last month, from the company as it is then."""
