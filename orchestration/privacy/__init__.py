"""What hides the people behind the data: salted hashes where it is asked for, and erasure of accounts and users."""
