"""Whom a guest gets who asks for any practitioner: whoever has the fewest booked minutes that local day, then by id."""

from collections.abc import Mapping, Sequence

from .ids import ResourceId
from .ranges import Range, seconds_within


def assignment(
    units: Sequence[Sequence[ResourceId]], *, including: ResourceId | None = None
) -> tuple[ResourceId, ...] | None:
    """Return one distinct resource for each unit, each the earliest in its list that leaves the others theirs, or None.

    With `including`, that resource must be among them.
    """
    if including is not None:
        for at, unit in enumerate(units):
            if including in unit:
                rest = [[each for each in other if each != including] for other in units]
                found = assignment([*rest[:at], [including], *rest[at + 1 :]])
                if found is not None:
                    return found
        return None
    return _assign(units, 0, ())


def _assign(
    units: Sequence[Sequence[ResourceId]], at: int, chosen: tuple[ResourceId, ...]
) -> tuple[ResourceId, ...] | None:
    if at == len(units):
        return chosen
    for resource in units[at]:
        if resource not in chosen:
            found = _assign(units, at + 1, (*chosen, resource))
            if found is not None:
                return found
    return None


def least_booked_first(
    unit: Sequence[ResourceId], taken: Mapping[ResourceId, Sequence[Range]], day: Range
) -> list[ResourceId]:
    """Return the practitioners by booked time within the local day (buffers included), then by id."""
    return sorted(unit, key=lambda who: (seconds_within(taken.get(who, ()), day), who))
