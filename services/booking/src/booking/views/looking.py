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
        "price": money(asked.duration.price),
        "slots": [
            {
                "start": written(slot.start, zone),
                "end": written(slot.end, zone),
                "practitioner_ids": slot.practitioner_ids,
            }
            for slot in found.slots
        ],
    }
