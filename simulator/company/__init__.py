"""The company as it is at one moment: what it sells, its accounts, users and staff, their hidden state."""
