"""Whom a guest gets who asks for any practitioner: whoever has the fewest booked minutes that local day, then by id."""

from collections.abc import Iterable, Mapping, Sequence

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
    first_come = _first_come(units)
    return first_come if first_come is not None else _arranged(units)


def beside(
    units: Sequence[Sequence[ResourceId]], including: ResourceId, candidates: Iterable[ResourceId]
) -> list[ResourceId]:
    """Return those of the candidates who can be among those who serve together with `including`."""
    rests = [
        [
            [including] if other == at else [each for each in unit if each != including]
            for other, unit in enumerate(units)
        ]
        for at, unit in enumerate(units)
        if including in unit
    ]
    return [
        each
        for each in candidates
        if any(assignment(rest, including=each if each != including else None) is not None for rest in rests)
    ]


def _first_come(units: Sequence[Sequence[ResourceId]]) -> tuple[ResourceId, ...] | None:
    """Return for each unit the earliest that those before it left, or None where that does not work out."""
    chosen: list[ResourceId] = []
    for unit in units:
        found = next((each for each in unit if each not in chosen), None)
        if found is None:
            return None
        chosen.append(found)
    return tuple(chosen)


def _arranged(units: Sequence[Sequence[ResourceId]]) -> tuple[ResourceId, ...] | None:
    """Return the same as trying everything would, in time that grows with the lists and not with their product.

    Units are seated one by one along augmenting paths (Kuhn's algorithm); then each moves, in order, to the earliest in
    its list from which whoever sits there can move on.
    """
    holder: dict[ResourceId, int] = {}
    for at in range(len(units)):
        if not _seat(units, at, holder, set()):
            return None
    settled: list[ResourceId] = []
    for at, unit in enumerate(units):
        for wanted in unit:
            if wanted in settled:
                continue
            rest = {each: who for each, who in holder.items() if who != at}
            rival = rest.get(wanted)
            rest[wanted] = at
            if rival is None or _seat(units, rival, rest, {*settled, wanted}):
                holder = rest
                settled.append(wanted)
                break
    return tuple(settled)


def _seat(
    units: Sequence[Sequence[ResourceId]], at: int, holder: dict[ResourceId, int], tried: set[ResourceId]
) -> bool:
    """Give the unit a resource that was not `tried`, moving others on if need be; False, and nothing moved, if none."""
    for each in units[at]:
        if each not in tried:
            tried.add(each)
            if each not in holder or _seat(units, holder[each], holder, tried):
                holder[each] = at
                return True
    return False


def least_booked_first(
    unit: Sequence[ResourceId], taken: Mapping[ResourceId, Sequence[Range]], day: Range
) -> list[ResourceId]:
    """Return the practitioners by booked time within the local day (buffers included), then by id."""
    return sorted(unit, key=lambda who: (seconds_within(taken.get(who, ()), day), who))
