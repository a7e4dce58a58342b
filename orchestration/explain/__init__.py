"""Why a figure is what it is: its numbers, what moved it, and the raw rows beneath."""
