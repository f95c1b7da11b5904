"""Practitioners' calendars as JSON."""

from typing import Any
from zoneinfo import ZoneInfo

from booking.application.feed import Feed
from booking.domain.feed import initials
from booking.views.values import iso


def feed(found: Feed) -> dict[str, Any]:
    """Return whose calendar it is and its entries: no name, no contact, no treatment in clear."""
    clinic = found.clinic
    return {
        "practitioner": {"id": found.who.id, "name": found.who.name},
        "entries": [
            {
                "booking_id": made.id,
                "revision": made.revision,
                "start": iso(made.start, ZoneInfo(made.zone)),
                "end": iso(made.end, ZoneInfo(made.zone)),
                "zone": made.zone,
                "guest": initials(made.guest.name),
                "service": clinic.services[made.service_id].discreet_name,
                "location": clinic.locations[made.location_id].name,
            }
            for made in found.bookings
        ],
    }
