"""See a booking: its guest by their token, and notifications just before they write."""

from collections.abc import Sequence

from booking.application.ports import Desk
from booking.domain.booking import Booking, ManageToken, check_manage_token, manage_token
from booking.domain.ids import BookingId

MOST_AT_ONCE = 500


def show(booking_id: BookingId, token: str, *, desk: Desk) -> Booking:
    """Return the booking that the token is good for, or refuse `token_invalid`."""
    return check_manage_token(booking_id, desk.bookings.find([booking_id]).get(booking_id), token, desk.manage_key)


def facts(booking_ids: Sequence[BookingId], *, desk: Desk) -> dict[BookingId, tuple[Booking, ManageToken]]:
    """Return the bookings that exist, each with a manage token for the message's link."""
    found = desk.bookings.find(booking_ids)
    return {each: (booking, manage_token(each, booking.generation, desk.manage_key)) for each, booking in found.items()}
