"""What hides the people behind the data: salted hashes where asked for, and erasure of accounts and users."""
