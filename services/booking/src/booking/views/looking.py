"""Free times as JSON.

Written by hand and not by a schema: an answer may list a thousand slots, and this is on the way of every page.
"""

from typing import Any

from booking.application.availability import Availability
from booking.views.values import money, written


def availability(found: Availability) -> dict[str, Any]:
    """Return slots with what they are of."""
    asked = found.asked
    zone = asked.location.zone
    return {
        "location_id": asked.location.id,
        "service_id": asked.service.id,
        "zone": asked.location.zone,
        "duration_minutes": asked.minutes,
        "price": money(asked.price),
        "slots": [
            {
                "start": written(slot.start, zone),
                "end": written(slot.end, zone),
                "practitioner_ids": slot.practitioner_ids,
            }
            for slot in found.slots
        ],
    }


def combinations(found: Availability) -> dict[str, Any]:
    """Return slots with who could serve each guest, and what each guest gets."""
    view = availability(found)
    slots = [
        {**shown, "guests": [{"practitioner_ids": who} for who in slot.by_guest]}
        for shown, slot in zip(view["slots"], found.slots, strict=True)
    ]
    guests = [
        {
            "duration_minutes": part.minutes,
            "price": money(part.price),
            "add_ons": [{"id": add_on.id, "name": add_on.name} for add_on in part.add_ons],
        }
        for part in found.asked.guests
    ]
    return {**view, "guests": guests, "slots": slots}
