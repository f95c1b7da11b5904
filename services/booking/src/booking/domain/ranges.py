"""Half-open ranges of whole seconds: sorted, disjoint lists of them, and what one can do with such lists.

Availability is computed on plain integers (seconds since the epoch, UTC): a search over ten practitioners and
two weeks compares some ten thousand instants, and comparing aware datetimes would cost ten times as much.
"""

from collections.abc import Iterable, Sequence

Instant = int
"""Seconds since 1970-01-01T00:00:00Z."""
Range = tuple[Instant, Instant]
"""`[from, to)`, `from < to`."""


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the union as a sorted list in which no two ranges touch or overlap; empty ranges vanish."""
    result: list[Range] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def intersection(ours: Sequence[Range], theirs: Sequence[Range]) -> list[Range]:
    """Return what lies in both; each argument is sorted and disjoint."""
    result: list[Range] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = max(ours[i][0], theirs[j][0])
        end = min(ours[i][1], theirs[j][1])
        if start < end:
            result.append((start, end))
        if ours[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return result


def difference(ours: Sequence[Range], taken: Sequence[Range]) -> list[Range]:
    """Return what lies in `ours` and not in `taken`; each argument is sorted and disjoint."""
    result: list[Range] = []
    j = 0
    for start, end in ours:
        at = start
        while j < len(taken) and taken[j][1] <= at:
            j += 1
        k = j
        while k < len(taken) and taken[k][0] < end:
            if taken[k][0] > at:
                result.append((at, taken[k][0]))
            at = max(at, taken[k][1])
            k += 1
        if at < end:
            result.append((at, end))
    return result


def covers(ranges: Iterable[Range], wanted: Range) -> bool:
    """Say whether one of the (disjoint, not touching) ranges contains all of `wanted`."""
    return any(start <= wanted[0] and wanted[1] <= end for start, end in ranges)


def overlaps(ranges: Iterable[Range], wanted: Range) -> bool:
    """Say whether any of the ranges shares an instant with `wanted`."""
    return any(start < wanted[1] and wanted[0] < end for start, end in ranges)


def seconds_within(ranges: Iterable[Range], window: Range) -> int:
    """Return how many seconds of the (disjoint) ranges lie inside `window`."""
    return sum(max(0, min(end, window[1]) - max(start, window[0])) for start, end in ranges)
