"""The ports, implemented: PostgreSQL, Redis, phone numbers."""
