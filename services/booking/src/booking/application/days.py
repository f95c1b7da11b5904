"""What stands in practitioners' diaries on a day at a location; notifications asks just before it writes to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.application.ports import Desk
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import Clinic, Location, Practitioner
from booking.domain.ids import BookingId, LocationId, PractitionerId
from booking.domain.zones import instant

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAsked:
    """Whose appointments, where, that begin in `[since, until)`. `id` is what the answer is known by."""

    id: str
    practitioner_id: PractitionerId
    location_id: LocationId
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Whose day it is, where, what stands in it by start, and what each of that claims."""

    who: Practitioner
    where: Location
    bookings: Sequence[Booking]
    claims: Mapping[BookingId, Sequence[Claim]]
    clinic: Clinic


def days(asked: Sequence[DayAsked], *, desk: Desk) -> dict[str, Day]:
    """Return those days whose practitioner and location exist, by their ids: of each what stands, and nothing else."""
    clinic = desk.calendar.known()
    return {
        each.id: _day(each, clinic, desk=desk)
        for each in asked
        if each.practitioner_id in clinic.practitioners and each.location_id in clinic.locations
    }


def _day(asked: DayAsked, clinic: Clinic, *, desk: Desk) -> Day:
    found = [
        made
        for made in desk.diaries.booked(asked.practitioner_id, (instant(asked.since), instant(asked.until)))
        # What runs over from the night before was told then.
        if made.location_id == asked.location_id and asked.since <= made.start < asked.until
    ]
    return Day(
        who=clinic.practitioners[asked.practitioner_id],
        where=clinic.locations[asked.location_id],
        bookings=found,
        claims=desk.agenda.claims([made.id for made in found]) if found else {},
        clinic=clinic,
    )
