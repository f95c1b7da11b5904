"""Free times as JSON.

Written by hand and not by a schema: an answer may list a thousand slots, and this is on the way of every page.
"""

from collections.abc import Sequence
from typing import Any

from booking.application.availability import Availability
from booking.application.by_time import FoundByTime, Instead, Offered
from booking.views.series import visits
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


def by_time(found: FoundByTime) -> dict[str, Any]:
    """Return what can be had, time by time, and what else where nothing can."""
    return {
        "location_id": found.location.id,
        "zone": found.location.zone,
        "times": _times(found.offered),
        "instead": _instead(found.instead) if found.instead is not None else None,
    }


def _times(offered: Sequence[Offered]) -> list[dict[str, Any]]:
    by_start: dict[int, list[dict[str, Any]]] = {}
    zone = offered[0].asked.location.zone if offered else ""
    for each in offered:
        view = {
            "service_id": each.asked.service.id,
            "duration_minutes": each.asked.minutes,
            "price": money(each.asked.price),
        }
        for slot in each.slots:
            told = {**view, "end": written(slot.end, zone), "practitioner_ids": slot.practitioner_ids}
            by_start.setdefault(slot.start, []).append(told)
    return [{"start": written(start, zone), "offers": by_start[start]} for start in sorted(by_start)]


def _instead(instead: Instead) -> dict[str, Any]:
    return {
        "elsewhere": [
            {"location_id": each.location.id, "zone": each.location.zone, "times": _times(each.offered)}
            for each in instead.elsewhere
        ],
        "at_once": [visits(each) for each in instead.at_once],
        "waitlist_service_ids": list(instead.waitlist),
    }
