"""How much of a day a practitioner's hands can take.

Hours are cut where the limit would be reached if every minute of them were booked. So nobody is ever booked beyond
their limit, whatever races; what that costs is the later hours of a day that has gaps.
"""

from collections.abc import Sequence
from dataclasses import replace

from .clinic import Shift


def within_a_day_of(limit: int | None, shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return the shifts, cut so that on no day they have more than `limit` minutes without breaks; None: uncut."""
    if limit is None:
        return tuple(shifts)
    kept: list[Shift] = []
    for shift in sorted(shifts, key=lambda each: each.hours.start):
        used = sum(_worked(other) for other in kept if _may_meet(other, shift))
        end = _end_after(shift, limit - used)
        if end > shift.hours.start:
            kept.append(replace(shift, hours=replace(shift.hours, end=end)))
    return tuple(kept)


def _may_meet(one: Shift, other: Shift) -> bool:
    """Whether there may be a day on which both are worked. Weeks that are counted alike are told apart, others not."""
    if one.hours.weekday != other.hours.weekday:
        return False
    if one.every_weeks == other.every_weeks and (one.counted_from - other.counted_from) // 7 % one.every_weeks:
        return False
    starts = [day for day in (one.first_day, other.first_day) if day is not None]
    ends = [day for day in (one.last_day, other.last_day) if day is not None]
    return not starts or not ends or max(starts) <= min(ends)


def _worked(shift: Shift) -> int:
    paused = sum(min(end, shift.hours.end) - start for start, end in shift.breaks if start < shift.hours.end)
    return shift.hours.end - shift.hours.start - paused


def _end_after(shift: Shift, minutes: int) -> int:
    """When that many minutes have been worked, breaks not counted; at the latest the shift's own end."""
    end = shift.hours.start + max(minutes, 0)
    for since, until in sorted(shift.breaks):
        if since < end:
            end += until - since
    return min(end, shift.hours.end)
