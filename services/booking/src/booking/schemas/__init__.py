"""What callers send: checked, and turned into the use cases' words."""
