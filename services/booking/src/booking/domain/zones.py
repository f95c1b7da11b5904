"""Wall clocks and instants.

A wall-clock time is kept as the number of seconds it would be since the epoch if the zone were UTC, a local day as
the number of days since 1970-01-01. An instant lies within wall-clock hours if and only if a clock on the wall of
that zone shows a time within them: so a range loses what a spring gap skips, and contains both passages of an
autumn hour.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from .errors import Refused
from .ranges import Instant, Range, merged

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_WIDEST_OFFSET = 16 * 3600  # no zone has ever been further from UTC


def day_number(day: date) -> int:
    """Return the number of days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def weekday(day: int) -> int:
    """Return 0 for Monday to 6 for Sunday."""
    return (day + 3) % 7


def instant(moment: datetime) -> Instant:
    """Return the instant of an aware datetime, cut to whole seconds."""
    return int(moment.timestamp() // 1)


def utc(at: Instant) -> datetime:
    """Return the aware datetime of an instant, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def local(at: Instant, zone: str) -> datetime:
    """Return the aware datetime of an instant as the zone writes it."""
    return datetime.fromtimestamp(at, ZoneInfo(zone))


def offset_at(at: Instant, zone: str) -> int:
    """Return how many seconds the zone's clocks are ahead of UTC."""
    offset = local(at, zone).utcoffset()
    return round(offset.total_seconds()) if offset else 0


def local_day(at: Instant, zone: str) -> int:
    """Return the day that a calendar on the zone's wall shows."""
    return (at + offset_at(at, zone)) // DAY


def local_midnight(day: int, zone: str) -> Instant:
    """Return the first instant of a local day (which is not 00:00 where the clocks skip midnight)."""
    return day_range(day, zone)[0]


def day_range(day: int, zone: str) -> Range:
    """Return a local day from its first instant to the first of the next."""
    spans = wall_ranges(day * DAY, (day + 1) * DAY, zone)
    if not spans:  # a day that never was: Samoa skipped 2011-12-30
        after = wall_ranges((day + 1) * DAY, (day + 2) * DAY, zone)[0][0]
        return after, after
    return spans[0][0], spans[-1][1]


def wall_ranges(start: int, end: int, zone: str) -> list[Range]:
    """Return the instants at which the zone's clocks show a time in `[start, end)` (wall-clock seconds)."""
    return merged(
        (max(since, start - offset), min(until, end - offset))
        for since, until, offset in _stretches(start - _WIDEST_OFFSET, end + _WIDEST_OFFSET, zone)
    )


@lru_cache(maxsize=4096)
def grid(day: int, step: int, zone: str) -> tuple[Instant, ...]:
    """Return, in order, the instants of a local day at which clocks show a multiple of `step` seconds past midnight."""
    points = range(day * DAY, (day + 1) * DAY, step)
    stretches = _stretches(points[0] - _WIDEST_OFFSET, points[-1] + _WIDEST_OFFSET, zone)
    return tuple(
        point - offset for since, until, offset in stretches for point in points if since <= point - offset < until
    )


def _stretches(start: int, end: int, zone: str) -> list[tuple[Instant, Instant, int]]:
    """Return the stretches of constant offset (since, until, offset) that cover `[start, end)`, in order."""
    return [piece for day in range(start // DAY, end // DAY + 1) for piece in _utc_day(day, zone)]


@lru_cache(maxsize=4096)
def _utc_day(day: int, zone: str) -> tuple[tuple[Instant, Instant, int], ...]:
    edges = [day * DAY]
    for hour in range(day * DAY, (day + 1) * DAY, 3600):
        before, after = offset_at(hour, zone), offset_at(hour + 3600, zone)
        if before != after:
            edges.append(_transition(hour, hour + 3600, zone))
    edges.append((day + 1) * DAY)
    return tuple((since, until, offset_at(since, zone)) for since, until in pairwise(edges) if since < until)


def _transition(low: Instant, high: Instant, zone: str) -> Instant:
    """Return the first instant in `(low, high]` whose offset differs from the one at `low`."""
    before = offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def span(since: datetime, until: datetime, *, most_days: int = 62) -> Range:
    """Return `[since, until)` as it is asked for, or refuse one that is upside down or too wide."""
    during = (instant(since), instant(until))
    if during[1] <= during[0]:
        raise Refused("range_inverted", "The end of the range must come after its beginning.")
    if during[1] - during[0] > most_days * DAY:
        many = "a day" if most_days == 1 else f"{most_days} days"
        raise Refused("range_too_wide", f"Ask for at most {many} at once.", days=most_days)
    return during
