"""The use cases, as functions over ports."""
