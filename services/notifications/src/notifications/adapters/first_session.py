"""The booking by which people know what a message is about: of a series its first session to come, else itself."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from notifications.adapters.tables import messages, series_bookings
from notifications.domain.values import BookingId


def booking_known_by(connection: Connection, about: BookingId, *, now: datetime) -> BookingId:
    """The booking itself, or of a series the first session that is to come, or else the last that was."""
    of_series = (
        select(series_bookings.c.booking_id)
        .join(messages, messages.c.booking_id == series_bookings.c.booking_id)
        .where(series_bookings.c.series_id == about)
        .order_by(messages.c.start <= now, func.abs(func.extract("epoch", messages.c.start - now)))
        .limit(1)
    )
    found = connection.execute(of_series).scalar_one_or_none()
    return BookingId(found) if found is not None else about
