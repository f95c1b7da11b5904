"""A sheet of bookings that were made elsewhere, as CSV: read row by row, and written again so that it harms nobody.

A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula and runs it. What is
written here has an apostrophe before such a cell, as spreadsheets themselves note text; what is read loses it again.
Source: OWASP, "CSV Injection".
"""

import csv
import io
from collections.abc import Iterable, Mapping

NEEDED = ("reference", "location", "service", "start", "name")
OPTIONAL = ("minutes", "practitioner", "email", "phone", "locale")
PROBLEM = "problem"
"""The column that says why a row was refused, in what is written; it is read and not looked at."""
MOST_ROWS = 20_000
LONGEST = 500

Row = Mapping[str, str]

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Unreadable(Exception):
    """The file as a whole cannot be used; its message says why."""


def rows(text: str) -> list[tuple[int, Row]]:
    """Each row with the line where it begins; commas or semicolons between fields. Raises `Unreadable`."""
    lines = text.splitlines(keepends=True)
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    if "\x00" in text:
        raise Unreadable(f"line {text[: text.index(chr(0))].count(chr(10)) + 1} has a NUL character")
    try:
        names = _names(next(reader, []))
        found: list[tuple[int, Row]] = []
        line = reader.line_num + 1
        for values in reader:
            line, begins = reader.line_num + 1, line
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(names):
                raise Unreadable(f"line {begins} has {len(values)} fields; the first line names {len(names)}")
            if len(found) == MOST_ROWS:
                raise Unreadable(f"it has more than {MOST_ROWS} rows; split it")
            found.append((begins, {name: _read(value) for name, value in zip(names, values, strict=True)}))
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} is not CSV: {error}") from error
    return found


def written(refused: Iterable[tuple[Row, str]]) -> str:
    """The rows as CSV again, each with its problem; no cell of it is a formula."""
    into = io.StringIO(newline="")
    names = [*NEEDED, *OPTIONAL, PROBLEM]
    writer = csv.DictWriter(into, names, restval="", lineterminator="\n")
    writer.writeheader()
    for row, problem in refused:
        writer.writerow({name: safe(value) for name, value in {**row, PROBLEM: problem}.items()})
    return into.getvalue()


def safe(cell: str) -> str:
    """The cell as text for every spreadsheet."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def _read(cell: str) -> str:
    text = cell.strip()
    if text.startswith("'") and text[1:].startswith(_STARTS_A_FORMULA):
        text = text[1:].strip()
    return text[: LONGEST + 1]  # one more than may be, so that the row's own fate tells of it


def _names(first: list[str]) -> list[str]:
    names = [name.strip().lower() for name in first]
    wrong = [name for name in names if name not in (*NEEDED, *OPTIONAL, PROBLEM)]
    wrong += [name for name in NEEDED if name not in names]
    if wrong or len(set(names)) < len(names):
        at_fault = ", ".join(name[:40] or "one without a name" for name in wrong) or "one is named twice"
        raise Unreadable(
            f"line 1 must name the columns {', '.join(NEEDED)} and may name {', '.join(OPTIONAL)}, each once; "
            f"wrong or missing: {at_fault}"
        )
    return names
