"""What staff see: the bookings of a day or a span at a location, and one booking with what was done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from booking.application.ports import Desk, Place
from booking.domain.audit import BOOKING, Note
from booking.domain.booking import Booking, Claim
from booking.domain.errors import Refused
from booking.domain.ids import BookingId, LocationId
from booking.domain.zones import span


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some bookings by start, what each claims, and after which place to go on (None: these were the last)."""

    bookings: Sequence[Booking]
    claims: Mapping[BookingId, Sequence[Claim]] = field(default_factory=dict)
    next: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A booking, what it claims, and what was done to it since it was made, the oldest first."""

    booking: Booking
    claims: Sequence[Claim]
    notes: Sequence[Note]


def agenda(
    location_id: LocationId, *, since: datetime, until: datetime, after: Place | None, limit: int, desk: Desk
) -> Page:
    """Return the bookings that start within `[since, until)`, whatever became of them; or refuse too wide a span."""
    clinic = desk.calendar.known()
    clinic.location(location_id)
    during = span(since, until)
    resources = [*clinic.practitioners, *(room.id for room in clinic.rooms.values() if room.location_id == location_id)]
    found = desk.agenda.bookings(location_id, resources, during, after=after, limit=limit + 1)
    shown = found[:limit]
    more = Place(start=shown[-1].start, id=shown[-1].id) if len(found) > limit else None
    return Page(bookings=shown, claims=desk.agenda.claims([each.id for each in shown]), next=more)


def story(booking_id: BookingId, *, desk: Desk) -> Story:
    """Return the booking and what was done to it, or refuse `unknown_booking`."""
    found = desk.bookings.find([booking_id]).get(booking_id)
    if found is None:
        raise Refused("unknown_booking", "There is no such booking.")
    claims = desk.agenda.claims([booking_id]).get(booking_id, ())
    return Story(booking=found, claims=claims, notes=desk.bookings.notes(BOOKING, booking_id))
