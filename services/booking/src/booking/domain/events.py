"""What the world is told about bookings: ids and times, never a contact, never anything about health."""

from dataclasses import dataclass
from datetime import datetime

from .booking import Booking

BOOKED = "booking.booked.v1"
CANCELLED = "booking.cancelled.v1"
REINSTATED = "booking.reinstated.v1"
RESCHEDULED = "booking.rescheduled.v1"
CHECKED_IN = "booking.checked_in.v1"
COMPLETED = "booking.completed.v1"
NO_SHOW = "booking.no_show.v1"
REVERTED = "booking.reverted.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEvent:
    """One thing that happened to a booking, and the booking after it."""

    name: str
    occurred_at: datetime
    booking: Booking
    moved_from: datetime | None = None
    """Of a rescheduled booking: the start it had before."""
