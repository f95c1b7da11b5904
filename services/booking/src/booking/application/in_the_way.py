"""What keeps staff from a time: told to them, never to guests."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from booking.application.ports import Desk
from booking.domain.booking import Claim
from booking.domain.clinic import resource_name
from booking.domain.errors import Refused
from booking.domain.ids import BookingId
from booking.domain.zones import utc


def in_the_way(wanted: Sequence[Claim], *, zone: str, but: BookingId | None = None, desk: Desk) -> Refused:
    """Return the refusal of claims that cannot stand, with what overlaps them, to be raised by the caller."""
    clinic, place = desk.calendar.known(), ZoneInfo(zone)
    return Refused(
        "in_the_way",
        "Something else is there at that time.",
        in_the_way=[
            {
                "kind": each.kind,
                "id": each.id,
                "resource_id": each.claim.resource_id,
                "name": resource_name(clinic, each.claim.resource_id),
                "from": utc(each.claim.during[0]).astimezone(place),
                "to": utc(each.claim.during[1]).astimezone(place),
            }
            for each in desk.bookings.overlapping(wanted, but=but)
        ],
    )
