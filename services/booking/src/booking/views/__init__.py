"""What callers get: domain values as JSON."""
