"""Booking's schema, step by step; they travel with the package, so that an image can migrate its database."""
