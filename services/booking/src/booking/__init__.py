"""Availability, holds and bookings: the truth about who has which slot."""
