"""What keeps staff from a time: told to them, never to guests."""

import contextlib
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from booking.application.ports import Desk, HoldsAway, Occupied
from booking.domain.booking import Claim
from booking.domain.clinic import resource_name
from booking.domain.errors import Refused
from booking.domain.ids import BookingId
from booking.domain.zones import utc


def in_the_way(wanted: Sequence[Claim], *, zone: str, but: BookingId | None = None, desk: Desk) -> Refused:
    """Return the refusal of claims that cannot stand, with what overlaps them, to be raised by the caller."""
    clinic, place = desk.calendar.known(), ZoneInfo(zone)
    found = [*desk.bookings.overlapping(wanted, but=but), *_held(wanted, desk=desk)]
    return Refused(
        "in_the_way",
        "Something else is there at that time.",
        in_the_way=[
            {
                "kind": each.kind,
                "id": each.id or None,
                "resource_id": each.claim.resource_id,
                "name": resource_name(clinic, each.claim.resource_id),
                "from": utc(each.claim.during[0]).astimezone(place),
                "to": utc(each.claim.during[1]).astimezone(place),
            }
            for each in found
        ],
    )


def nobody_at_work() -> Refused:
    """Return the refusal of a time at which nobody who could serve works, to be raised by the caller."""
    return Refused(
        "outside_hours",
        "Nobody who could serve this is at work then, or the house is closed.",
    )


def _held(wanted: Sequence[Claim], *, desk: Desk) -> list[Occupied]:
    """Return what guests hold just now; a hold has no name to be called by."""
    found = []
    for claim in wanted:
        with contextlib.suppress(HoldsAway):
            held = desk.holds.taken([claim.resource_id], claim.during)
            found += [
                Occupied(kind="hold", id="", claim=Claim(resource_id=claim.resource_id, during=during))
                for during in held.get(claim.resource_id, ())
            ]
    return found
