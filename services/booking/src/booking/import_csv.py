"""Take over guests and future bookings from a CSV file: `python -m booking.import_csv FILE [--dry-run]`.

The first line names the columns: reference, location, service, start, name, and if there are any minutes,
practitioner, email, phone, locale. Locations, services and practitioners go by id or by name; a start needs an offset
from UTC. Every row's fate is printed; one that is refused keeps no other from being imported, and a row that was
imported before is left alone. Guests come with their bookings and get the confirmation.
Exit code 1: some row was refused; 2: nothing was tried.
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from booking.application.ports import Desk
from booking.application.take_over import TakeOver, take_over
from booking.domain.clinic import Clinic
from booking.domain.errors import Problem, Refused
from booking.domain.guest import Contact
from booking.domain.ids import LocationId, PractitionerId, ResourceId, ServiceId
from booking.domain.ranges import Range
from booking.domain.wish import Sought
from booking.settings import BookingSettings

NEEDED = ("reference", "location", "service", "start", "name")
OPTIONAL = ("minutes", "practitioner", "email", "phone", "locale")
MOST_ROWS = 20_000
_LONGEST = 500

Row = Mapping[str, str]
Names = Mapping[str, Mapping[str, str]]
"""Of each column that names something: the names there are, by id."""


class Unreadable(Exception):
    """The file as a whole cannot be used; its message says why."""


def rows(text: str) -> list[tuple[int, Row]]:
    """Each row with its line; commas or semicolons between fields. Raises `Unreadable`."""
    lines = text.splitlines(keepends=True)
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        wrong = [name for name in names if name not in (*NEEDED, *OPTIONAL)] + [n for n in NEEDED if n not in names]
        if wrong or len(set(names)) < len(names):
            at_fault = ", ".join(name[:40] or "one without a name" for name in wrong) or "one is named twice"
            raise Unreadable(
                f"line 1 must name the columns {', '.join(NEEDED)} and may name {', '.join(OPTIONAL)}, each once; "
                f"wrong or missing: {at_fault}"
            )
        found: list[tuple[int, Row]] = []
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(names):
                raise Unreadable(f"line {reader.line_num} has {len(values)} fields; the first line names {len(names)}")
            if len(found) == MOST_ROWS:
                raise Unreadable(f"it has more than {MOST_ROWS} rows; split it")
            row = {name: value.strip()[:_LONGEST] for name, value in zip(names, values, strict=True)}
            found.append((reader.line_num, row))
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} is not CSV: {error}") from error
    return found


def import_rows(found: Sequence[tuple[int, Row]], *, desk: Desk, dry_run: bool) -> Iterator[tuple[int, str, str, bool]]:
    """Line, reference, fate and whether it is well, row by row."""
    planned: dict[ResourceId, list[Range]] = {}
    seen: dict[str, int] = {}
    clinic: Clinic | None = None
    names: Names = {}
    for line, row in found:
        reference = row["reference"]
        if reference in seen:
            yield line, reference, f"refused: the reference stands in line {seen[reference]} already", False
            continue
        seen[reference] = line
        try:
            known = desk.calendar.known()
            if known is not clinic:
                clinic, names = known, _names(known)
            done = take_over(_command(row, names), desk=desk, dry_run=dry_run, planned=planned)
        except Refused as refused:
            told = "; ".join(f"{each.field}: {each.problem}" for each in refused.fields)
            yield line, reference, f"refused ({refused.code}): {refused.detail} {told}".rstrip(), False
            continue
        if dry_run:
            for claim in done.claims:
                planned.setdefault(claim.resource_id, []).append(claim.during)
        yield line, reference, " ".join(filter(None, (str(done.fate), done.booking_id))), True


def _names(clinic: Clinic) -> Names:
    return {
        "location": {str(each.id): each.name for each in clinic.locations.values() if not each.deleted},
        "service": {str(each.id): each.name for each in clinic.services.values() if not each.deleted},
        "practitioner": {str(each.id): each.name for each in clinic.practitioners.values() if not each.deleted},
    }


def _command(row: Row, known: Names) -> TakeOver:
    problems = [Problem(field=name, problem="is empty") for name in NEEDED if not row[name]]
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    from booking.outside import outside

    parser = argparse.ArgumentParser(prog="python -m booking.import_csv", description="Take over bookings from a CSV.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="change nothing, tell every row's fate")
    given = parser.parse_args(arguments)
    try:
        found = rows(given.file.read_text(encoding="utf-8-sig"))
    except (Unreadable, UnicodeDecodeError, OSError) as error:
        sys.stderr.write(f"{given.file}: {error}\n")
        return 2
    here = outside(BookingSettings.load())
    counts = {True: 0, False: 0}
    try:
        for line, reference, fate, well in import_rows(found, desk=here.desk, dry_run=given.dry_run):
            counts[well] += 1
            sys.stdout.write(f"{given.file}:{line}: {reference!r}: {fate}\n")
    finally:
        here.close()
    sys.stdout.write(f"{counts[True]} rows are well, {counts[False]} were refused.\n")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    raise SystemExit(main())
