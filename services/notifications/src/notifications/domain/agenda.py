"""The day of one practitioner at one location: what a message about all of its appointments is known by."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.domain.values import FIRST_REVISION, BookingId, Change, LocationId

_NAMES = uuid.UUID("3c1d2f4e-7a58-5d0b-9a36-52c0b8f1e6d7")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """From one midnight to the next by the location's clock. Messages about it go by `id` as by a booking's."""

    id: BookingId
    practitioner_id: str
    location_id: LocationId
    since: datetime
    until: datetime


def day_of(practitioner_id: str, location_id: LocationId, moment: datetime, zone: str) -> Day:
    """The day that a moment falls on; the same for every moment of it."""
    local = moment.astimezone(ZoneInfo(zone)).date()
    since, until = (
        datetime.combine(local + timedelta(days=days), time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) for days in (0, 1)
    )
    name = f"{practitioner_id}:{location_id}:{local.isoformat()}"
    return Day(
        id=BookingId(str(uuid.uuid5(_NAMES, name))),
        practitioner_id=practitioner_id,
        location_id=location_id,
        since=since,
        until=until,
    )


def days_of(change: Change) -> tuple[tuple[Day, Change], ...]:
    """The day of each practitioner whom a change of a booking concerns, and the change as one of that day.

    Nothing of the booking is left in it but its times: what the day owes is one thing for all of its bookings.
    """
    days = [
        day_of(who, change.location_id, change.start, change.zone) for who in dict.fromkeys(change.practitioner_ids)
    ]
    return tuple(
        (day, replace(change, booking_id=day.id, revision=FIRST_REVISION, series_id=None, modality=None))
        for day in days
    )
