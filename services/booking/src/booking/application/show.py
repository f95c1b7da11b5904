"""See a booking: its guest by their token, and notifications just before they write."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.application.ports import Desk
from booking.domain.booking import Booking, ManageToken, check_manage_token, manage_token
from booking.domain.ids import BookingId, EntryId, LeaseId, SeriesId
from booking.domain.series import Series, series_token
from booking.domain.waitlist import Entry, Lease, entry_token

MOST_AT_ONCE = 500


def show(booking_id: BookingId, token: str, *, desk: Desk) -> Booking:
    """Return the booking that the token is good for, or refuse `token_invalid`."""
    return check_manage_token(booking_id, desk.bookings.find([booking_id]).get(booking_id), token, desk.manage_key)


def facts(booking_ids: Sequence[BookingId], *, desk: Desk) -> dict[BookingId, tuple[Booking, ManageToken]]:
    """Return the bookings that exist, each with a manage token for the message's link."""
    found = desk.bookings.find(booking_ids)
    return {each: (booking, manage_token(each, booking.generation, desk.manage_key)) for each, booking in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An offer to a guest who waits, and the token for the message's link."""

    entry: Entry
    lease: Lease
    token: str


def offer_facts(lease_ids: Sequence[LeaseId], *, desk: Desk) -> dict[LeaseId, Offered]:
    """Return the offers that exist."""
    return {
        lease.id: Offered(entry=entry, lease=lease, token=entry_token(entry.id, entry.generation, desk.manage_key))
        for entry in desk.waitlist.leased(lease_ids).values()
        for lease in entry.leases
        if lease.id in lease_ids
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A guest's place on the waitlist, and the token for the message's link."""

    entry: Entry
    token: str


def wait_facts(entry_ids: Sequence[EntryId], *, desk: Desk) -> dict[EntryId, Waits]:
    """Return the places on the waitlist that exist."""
    return {
        each: Waits(entry=entry, token=entry_token(entry.id, entry.generation, desk.manage_key))
        for each, entry in desk.waitlist.known(entry_ids).items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfSeries:
    """A series, its bookings in the order of its places, and the token for the message's link."""

    series: Series
    bookings: Sequence[Booking]
    token: str


def series_facts(series_ids: Sequence[SeriesId], *, desk: Desk) -> dict[SeriesId, ToldOfSeries]:
    """Return the series that exist."""
    found = desk.series.find_all(series_ids)
    wanted = [place.booking_id for each in found.values() for place in each.sessions if place.booking_id is not None]
    made = desk.bookings.find(wanted) if wanted else {}
    return {
        each.id: ToldOfSeries(
            series=each,
            bookings=[made[place.booking_id] for place in each.sessions if place.booking_id in made],
            token=series_token(each.id, each.generation, desk.manage_key),
        )
        for each in found.values()
    }
