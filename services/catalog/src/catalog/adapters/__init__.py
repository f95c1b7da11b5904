"""The outside: PostgreSQL, files."""
