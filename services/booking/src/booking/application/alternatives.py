"""When a time is gone: the free times nearest to it."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from booking.application.availability import search
from booking.application.ports import Desk
from booking.domain.availability import Slot
from booking.domain.errors import Refused
from booking.domain.ids import HoldId
from booking.domain.ranges import Instant, Range
from booking.domain.wish import Sought
from booking.domain.zones import DAY, utc

_ENOUGH = 5
_REACHES = ((DAY, 2 * DAY), (DAY, 9 * DAY))
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

    def by(someone: Sought) -> Sequence[Slot]:
        return around(start, lambda window: search(someone, window, but=but, desk=desk).slots)

    found: Sequence[Slot] = next(filter(None, map(by, dict.fromkeys((sought, sought.by_anyone)))), ())
    return found, desk.calendar.known().location(sought.location_id).zone


def around(start: Instant, look: Callable[[Range], Sequence[Slot]]) -> Sequence[Slot]:
    """Return the few slots nearest to `start`, in order: of the days next to it; if few, of the week after too."""
    for before, after in _REACHES:
        found = look((start - before, start + after))
        if len(found) >= _ENOUGH:
            break
    closest = sorted(found, key=lambda slot: (abs(slot.start - start), slot.start))[:_ENOUGH]
    return sorted(closest, key=lambda slot: slot.start)


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
