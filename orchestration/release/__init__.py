"""What readers see of a warehouse, and what a run says about it."""
