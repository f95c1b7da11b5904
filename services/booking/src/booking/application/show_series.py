"""See a series: every session, and what became of it. Cancel what is left of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.application.access import GuestAccess
from booking.application.cancel import cancel
from booking.application.displacements import newest
from booking.application.ports import Desk
from booking.domain.booking import CONFIRMED, Booking, cancelled, manage_token
from booking.domain.displacement import ABOUT_THE_TIME, misfits
from booking.domain.ids import BookingId, SeriesId
from booking.domain.series import Series, check_series_token


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAccess:
    """Which series is meant, and the token that opens it."""

    series_id: SeriesId
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSeries:
    """A series and the bookings of its sessions."""

    series: Series
    bookings: Mapping[BookingId, Booking]
    displaced: frozenset[BookingId] = frozenset()
    """Those that stand and whose time the clinic cannot keep any more."""


def see_series(access: SeriesAccess, *, desk: Desk) -> SeenSeries:
    """Return the series that the token is good for, or refuse `token_invalid`."""
    found = desk.series.find(access.series_id)
    series = check_series_token(access.series_id, found, access.token, desk.manage_key)
    made = desk.bookings.find([each.booking_id for each in series.sessions if each.booking_id is not None])
    return SeenSeries(series=series, bookings=made, displaced=_displaced(made, desk=desk))


def _displaced(made: Mapping[BookingId, Booking], *, desk: Desk) -> frozenset[BookingId]:
    now = desk.clock.now()
    standing = [each.id for each in made.values() if each.state == CONFIRMED and each.start > now]
    listed = desk.displacements.among(standing) if standing else []
    if not listed:
        return frozenset()
    clinic = newest(desk)
    return frozenset(
        each.booking.id
        for each in listed
        if any(one.reason in ABOUT_THE_TIME for one in each.misfits & misfits(clinic, each.standing))
    )


def cancel_series(access: SeriesAccess, *, accept_fee: bool, desk: Desk) -> SeenSeries:
    """Cancel every session to come, or refuse and cancel none: one may be too late to be free of charge.

    Each is cancelled as by itself, so repeating it finishes what was interrupted.
    """
    seen, now = see_series(access, desk=desk), desk.clock.now()
    phone = desk.calendar.known().location(seen.series.location_id).phone
    left = [each for each in seen.bookings.values() if each.state == CONFIRMED and each.start > now]
    for each in left:
        cancelled(each, now=now, accept_fee=accept_fee, phone=phone)
    for each in left:
        token = manage_token(each.id, each.generation, desk.manage_key)
        cancel(GuestAccess(booking_id=each.id, token=token), accept_fee=accept_fee, desk=desk)
    return see_series(access, desk=desk)
