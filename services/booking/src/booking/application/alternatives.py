"""When a time is gone: the free times nearest to it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from booking.application.availability import search
from booking.application.ports import Desk
from booking.domain.availability import Slot
from booking.domain.errors import Refused
from booking.domain.ids import HoldId
from booking.domain.ranges import Instant
from booking.domain.wish import Sought
from booking.domain.zones import DAY, utc

ENOUGH = 5
_FAR = (DAY, 9 * DAY)
REACHES = ((DAY, 2 * DAY), _FAR)
"""How far before and after a time is looked for others, the second where the first has too few."""


def gone(code: str, detail: str, sought: Sought, start: Instant, *, but: HoldId | None = None, desk: Desk) -> Refused:
    """Return the refusal `code` with the nearest alternatives to `start`, to be raised by the caller."""
    found, zone = nearest(sought, start, but=but, desk=desk)
    return Refused(code, detail, alternatives=dated(found, zone))


def not_a_start(sought: Sought, start: Instant, *, desk: Desk) -> Refused:
    """Return the refusal of a time at which nothing starts, with the nearest that do, to be raised by the caller."""
    found, zone = nearest(sought, start, desk=desk)
    return Refused("not_a_start", "No appointment starts at this time.", nearest=dated(found, zone))


def nearest(sought: Sought, start: Instant, *, but: HoldId | None = None, desk: Desk) -> tuple[Sequence[Slot], str]:
    """Return the few free slots nearest to `start`, in order, and their zone; by anyone if the one wanted has none."""
    for someone in dict.fromkeys((sought, sought.by_anyone)):
        for before, after in REACHES:
            found = search(someone, (start - before, start + after), but=but, desk=desk)
            if len(found.slots) >= ENOUGH or ((before, after) == _FAR and found.slots):
                closest = sorted(found.slots, key=lambda slot: (abs(slot.start - start), slot.start))[:ENOUGH]
                return sorted(closest, key=lambda slot: slot.start), found.asked.location.zone
    return (), found.asked.location.zone


def dated(found: Sequence[Slot], zone: str) -> list[dict[str, object]]:
    """Return slots as a refusal carries them: times in the location's zone."""
    place = ZoneInfo(zone)
    return [
        {
            "start": utc(slot.start).astimezone(place),
            "end": utc(slot.end).astimezone(place),
            "practitioner_ids": slot.practitioner_ids,
        }
        for slot in found
    ]
