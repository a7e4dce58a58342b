"""What figures about the project come from; each is a command that writes its report."""
