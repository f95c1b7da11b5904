"""The database, booking, and the providers that carry messages."""
