"""What is said to whom: facts of runs and releases become messages, each told once."""
