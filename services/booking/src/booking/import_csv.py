"""Take over future bookings with their guests from a CSV file: `python -m booking.import_csv FILE [--dry-run]`.

The first line names the columns: reference, location, service, start, name, and if there are any minutes,
practitioner, email, phone, locale. Locations, services and practitioners go by id or by name; a start needs an offset
from UTC. Every row's fate is printed; one that is refused keeps no other from being imported, and a row that was
imported before is left alone. Guests come with their bookings and get the confirmation. `--refused FILE` writes the
rows that were refused as CSV, each with its problem, to be mended and imported in their turn.
Exit code 1: some row was refused; 2: nothing was tried.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from booking.application.import_sheet import RowFate, import_rows
from booking.domain.audit import Actor
from booking.domain.sheet import Unreadable, rows, written
from booking.settings import BookingSettings

_ACTOR = Actor("admin")  # who has the machine has the installation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    from booking.outside import outside

    parser = argparse.ArgumentParser(prog="python -m booking.import_csv", description="Take over bookings from a CSV.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="change nothing, tell every row's fate")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="write what was refused as CSV, to be mended")
    given = parser.parse_args(arguments)
    try:
        found = rows(given.file.read_text(encoding="utf-8-sig"))
    except (Unreadable, UnicodeDecodeError, OSError) as error:
        sys.stderr.write(f"{given.file}: {error}\n")
        return 2
    here = outside(BookingSettings.load())
    refused: list[RowFate] = []
    try:
        for each in import_rows(found, desk=here.desk, actor=_ACTOR, dry_run=given.dry_run):
            refused += [each] if each.refused else []
            sys.stdout.write(f"{given.file}:{each.line}: {each.reference!r}: {told(each)}\n")
    finally:
        here.close()
    if given.refused:
        given.refused.write_text(written((each.row, each.problem) for each in refused), encoding="utf-8")
    sys.stdout.write(f"{len(found) - len(refused)} rows are well, {len(refused)} were refused.\n")
    return 1 if refused else 0


def told(each: RowFate) -> str:
    """The row's fate in one line."""
    said = each.fate.replace("_", " ")
    return f"{said} ({each.problem})" if each.refused else " ".join(filter(None, (said, each.booking_id)))


if __name__ == "__main__":
    raise SystemExit(main())
