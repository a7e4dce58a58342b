"""What happens in a month: each module changes the company and writes the raw rows of that month."""
