"""Take over a sheet of bookings row by row, and tell what became of each."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.application.ports import Desk, StorageAway
from booking.application.take_over import Fate, TakeOver, take_over
from booking.domain.audit import Actor
from booking.domain.clinic import Clinic
from booking.domain.errors import Problem, Refused
from booking.domain.guest import Contact
from booking.domain.ids import BookingId, LocationId, PractitionerId, ResourceId, ServiceId
from booking.domain.ranges import Range
from booking.domain.sheet import LONGEST, NEEDED, PROBLEM, Row
from booking.domain.wish import Sought

MOST_WELL_TOLD = 1_000
MOST_REFUSED_TOLD = 200
_OF_A_BOOKING = ("location", "service", "start")

Names = Mapping[str, Mapping[str, str]]
"""Of each column that names something: the names there are, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFate:
    """What became of one row: its booking, if it has one, or why it was refused."""

    line: int
    row: Row
    fate: Fate
    booking_id: BookingId | None = None
    refused: Refused | None = None

    @property
    def reference(self) -> str:
        """The booking's name in the other system."""
        return self.row["reference"]

    @property
    def problem(self) -> str:
        """Why it was refused, in one line; nothing if it was not."""
        if self.refused is None:
            return ""
        told = "; ".join(f"{each.field}: {each.problem}" for each in self.refused.fields)
        return f"{self.refused.code}: {self.refused.detail} {told}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What became of a part of the sheet's rows. `told` has every row that is well and the first of those refused;
    `counts` counts all of them. The sheet goes on at `next_line`, unless that is None.
    """

    rows: int
    told: tuple[RowFate, ...]
    counts: Mapping[Fate, int]
    next_line: int | None


def import_part(
    found: Sequence[tuple[int, Row]],
    *,
    desk: Desk,
    actor: Actor,
    dry_run: bool,
    from_line: int,
    enough: Callable[[], bool],
) -> Part:
    """Take over the rows from `from_line` on, until the end or until it is `enough`; at least one of them.

    Each row is done wholly or not at all, and those that were done stay done: if the database goes away after the
    first, the part ends there. Raises `StorageAway` if it was away for the first.
    """
    fates = import_rows(found, desk=desk, actor=actor, dry_run=dry_run, from_line=from_line)
    told: list[RowFate] = []
    counts: Counter[Fate] = Counter()
    ahead = [line for line, _ in found if line >= from_line]
    while counts.total() < len(ahead):
        if counts and (enough() or counts.total() - counts[Fate.REFUSED] == MOST_WELL_TOLD):
            break
        try:
            fate = next(fates)
        except StorageAway:
            if not counts:
                raise
            break
        counts[fate.fate] += 1
        if fate.refused is None or counts[Fate.REFUSED] <= MOST_REFUSED_TOLD:
            told.append(fate)
    following = next(iter(ahead[counts.total() :]), None)
    return Part(rows=len(found), told=tuple(told), counts=counts, next_line=following)


def import_rows(
    found: Sequence[tuple[int, Row]], *, desk: Desk, actor: Actor, dry_run: bool, from_line: int = 0
) -> Iterator[RowFate]:
    """Every row's fate from `from_line` on. One that is refused keeps no other from being imported."""
    planned: dict[ResourceId, list[Range]] = {}
    seen: dict[str, int] = {}
    clinic: Clinic | None = None
    names: Names = {}
    for line, row in found:
        first = seen.setdefault(row["reference"], line)
        if line < from_line:
            continue
        try:
            if first != line and row["reference"]:
                raise Refused("reference_twice", f"The reference stands in line {first} already.")  # noqa: TRY301 - as every other refusal of the row
            known = desk.calendar.known()
            if known is not clinic:
                clinic, names = known, _names(known)
            done = take_over(_command(row, names), desk=desk, actor=actor, dry_run=dry_run, planned=planned)
        except Refused as refused:
            yield RowFate(line=line, row=row, fate=Fate.REFUSED, refused=refused)
            continue
        if dry_run:
            for claim in done.claims:
                planned.setdefault(claim.resource_id, []).append(claim.during)
        yield RowFate(line=line, row=row, fate=done.fate, booking_id=done.booking_id)


def _names(clinic: Clinic) -> Names:
    return {
        "location": {str(each.id): each.name for each in clinic.locations.values() if not each.deleted},
        "service": {str(each.id): each.name for each in clinic.services.values() if not each.deleted},
        "practitioner": {str(each.id): each.name for each in clinic.practitioners.values() if not each.deleted},
    }


def _command(row: Row, known: Names) -> TakeOver:
    if row["name"] and not any(row[name] for name in _OF_A_BOOKING):
        raise Refused("guest_without_booking", "Guests come with their bookings; nobody is kept without one.")
    problems = [Problem(field=name, problem="is empty") for name in NEEDED if not row[name]]
    problems += [
        Problem(field=name, problem=f"has more than {LONGEST} characters")
        for name, value in row.items()
        if len(value) > LONGEST and name != PROBLEM
    ]
    ids = {name: _named(row[name], of_kind) for name, of_kind in known.items() if row.get(name)}
    problems += [
        Problem(field=name, problem="is not known by this id or name") for name, id_ in ids.items() if id_ is None
    ]
    start, minutes = _start(row["start"]), row.get("minutes") or None
    if row["start"] and start is None:
        problems.append(Problem(field="start", problem="is not a time with an offset, like 2027-01-31T09:00:00+01:00"))
    if minutes is not None and not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 4):
        problems.append(Problem(field="minutes", problem="is not a whole number"))
    if problems or start is None:
        raise Refused("invalid_row", "The row needs mending.", fields=problems)
    return TakeOver(
        reference=row["reference"],
        sought=Sought(
            location_id=LocationId(str(ids["location"])),
            service_id=ServiceId(str(ids["service"])),
            duration_minutes=int(minutes) if minutes else None,
            practitioner_id=PractitionerId(ResourceId(str(ids["practitioner"]))) if "practitioner" in ids else None,
        ),
        start=start,
        contact=Contact(
            name=row["name"],
            email=row.get("email") or None,
            phone=row.get("phone") or None,
            locale=row.get("locale") or None,
        ),
    )


def _named(said: str, known: Mapping[str, str]) -> str | None:
    """The id that was said, or that of the only one of this name."""
    if said.lower() in known:
        return said.lower()
    found = [id_ for id_, name in known.items() if name.casefold() == said.casefold()]
    return found[0] if len(found) == 1 else None


def _start(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 2000 <= moment.year < 2200 else None
