"""Every message owed, sent once, at a decent hour."""
