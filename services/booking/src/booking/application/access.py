"""Who may touch a booking."""

from dataclasses import dataclass

from booking.domain.booking import Booking, check_manage_token, check_revision
from booking.domain.ids import BookingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which booking, the token that opens it, and the revision the caller speaks of (None: any)."""

    booking_id: BookingId
    token: str
    revision: int | None = None

    def checked(self, found: Booking | None, *, key: bytes) -> Booking:
        """Return the booking if the caller may touch it as it is, or refuse."""
        booking = check_manage_token(self.booking_id, found, self.token, key)
        check_revision(booking, self.revision)
        return booking
