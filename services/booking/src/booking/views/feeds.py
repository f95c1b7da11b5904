"""Practitioners' calendars and days as JSON: no guest's name, no contact, no treatment in clear."""

from typing import Any
from zoneinfo import ZoneInfo

from booking.application.days import Day
from booking.application.feed import Feed
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic
from booking.domain.feed import initials
from booking.domain.ids import PractitionerId, ResourceId, RoomId
from booking.domain.party import COMING
from booking.views.bookings import place
from booking.views.values import iso

_EQUIPMENT = "equipment:"


def feed(found: Feed) -> dict[str, Any]:
    """Return whose calendar it is and its entries."""
    clinic = found.clinic
    return {
        "practitioner": {"id": found.who.id, "name": found.who.name},
        "entries": [
            {
                **_entry(made, clinic),
                "end": iso(made.end, ZoneInfo(made.zone)),
                "zone": made.zone,
                "guest": initials(made.guest.name),
                "location": clinic.locations[made.location_id].name,
            }
            for made in found.bookings
        ],
    }


def day(found: Day) -> dict[str, Any]:
    """Return whose day it is, where, and its appointments with their rooms. Of a party, the guest whom they treat."""
    return {
        "practitioner": {"id": found.who.id, "name": found.who.name},
        "location": place(found.where, found.where.zone),
        "entries": [
            {
                **_entry(made, found.clinic),
                **_part(made, found.who.id),
                "rooms": _rooms([each.resource_id for each in found.claims.get(made.id, ())], found.clinic),
            }
            for made in found.bookings
        ],
    }


def _entry(made: Booking, clinic: Clinic) -> dict[str, Any]:
    return {
        "booking_id": made.id,
        "revision": made.revision,
        "start": iso(made.start, ZoneInfo(made.zone)),
        "service": clinic.services[made.service_id].discreet_name,
    }


def _part(made: Booking, who: PractitionerId) -> dict[str, Any]:
    """Return whom this practitioner treats, and for how long; nobody where a place is kept free."""
    theirs = next((each for each in made.guests if each.practitioner_id == who), None)
    if theirs is None:
        return {"guest": initials(made.guest.name), "duration_minutes": made.minutes}
    guest = (theirs.guest or made.guest) if theirs.state == COMING else None
    return {"guest": initials(guest.name) if guest is not None else "", "duration_minutes": theirs.minutes}


def _rooms(resource_ids: list[ResourceId], clinic: Clinic) -> list[str]:
    rooms = [room for each in resource_ids if (room := clinic.rooms.get(RoomId(each)))]
    return [room.name for room in rooms if not room.room_kind.startswith(_EQUIPMENT)]
