"""Bookings from elsewhere: each row has a fate, none is booked twice, and none shares what another has."""

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.import_sheet import Part, import_part, import_rows
from booking.application.ports import StorageAway
from booking.application.take_over import Fate, TakeOver, take_over
from booking.domain.audit import Actor
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.sheet import Unreadable, rows, written
from booking.domain.wish import Sought
from booking.import_csv import main, told
from booking.settings import BookingSettings

from services.booking.tests.clinic_data import ANA, PARIS, SWEDISH, THERAPY, clinic, offer, service
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
ADMIN = Actor("admin")
HEAD = "reference,location,service,start,minutes,practitioner,name,email,phone\n"


@pytest.fixture
def here() -> Office:
    return office(clinic(service(THERAPY, name="Phone massage", offers=[offer(channel="phone")])))


def a_row(reference: str, **changes: str) -> str:
    values = {
        "location": "La Belle Paris", "service": "Swedish massage", "start": TEN.isoformat(), "minutes": "60",
        "practitioner": "", "name": "Ana Moreau", "email": "ana@example.com", "phone": "", **changes,
    }  # fmt: skip
    return ",".join([reference, *values.values()]) + "\n"


def fates(here: Office, text: str, *, dry_run: bool = False) -> list[str]:
    return [told(each) for each in import_rows(rows(HEAD + text), desk=here.desk, actor=ADMIN, dry_run=dry_run)]


def made(here: Office) -> list[Any]:
    return list(here.bookings.truth.bookings.values())


def test_a_row_becomes_a_booking_with_its_allocations_and_its_event(here: Office) -> None:
    [fate] = fates(here, a_row("old-1", practitioner="Ana"))
    [booking] = made(here)
    assert fate == f"imported {booking.id}"
    assert (booking.start, booking.minutes, booking.practitioner_ids) == (TEN, 60, (ANA,))
    assert (booking.guest.email, booking.price.amount) == ("ana@example.com", 80)
    assert len(here.bookings.claims(booking.id)) == 2
    assert [event.name for event in here.bookings.told] == ["booking.booked.v1"]
    [note] = here.bookings.notes("booking", booking.id)
    assert (note.actor, note.action, note.detail) == ("admin", "book", {"imported": True})


def test_the_same_file_again_imports_nothing(here: Office) -> None:
    text = a_row("old-1") + a_row("old-2")
    fates(here, text)
    assert [fate.split(" ")[:2] for fate in fates(here, text)] == [["imported", "before"]] * 2
    assert len(made(here)) == len(here.bookings.told) == 2


def test_what_no_longer_fits_is_refused_and_the_others_are_imported(here: Office) -> None:
    told = fates(here, "".join(a_row(f"old-{number}") for number in range(4)))
    assert [fate.split(" ")[0] for fate in told] == [
        "imported",
        "imported",
        "refused",
        "refused",
    ]  # there are two rooms
    assert "nobody_is_free" in told[2]
    assert len(made(here)) == 2


def test_a_dry_run_tells_the_same_fates_and_changes_nothing(here: Office) -> None:
    text = "".join(a_row(f"old-{number}") for number in range(4)) + a_row("old-9", name="")
    tried = fates(here, text, dry_run=True)
    assert made(here) == here.bookings.told == []
    done = fates(here, text)
    assert [fate.startswith("would be imported") for fate in tried] == [fate.startswith("imported") for fate in done]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"location": "Lyon"}, "location: is not known"),
        ({"service": "Yoga"}, "service: is not known"),
        ({"practitioner": "Nobody"}, "practitioner: is not known"),
        ({"start": "2026-11-24T10:00:00"}, "start: is not a time with an offset"),
        ({"start": "tomorrow"}, "start: is not a time with an offset"),
        ({"minutes": "sixty"}, "minutes: is not a whole number"),
        ({"minutes": "45"}, "duration_not_offered"),
        ({"start": "2026-11-01T10:00:00+01:00"}, "in_the_past"),
        ({"start": "2026-11-24T10:07:00+01:00"}, "nobody_is_free"),
        ({"start": "2026-11-24T03:00:00+01:00"}, "nobody_is_free"),
        ({"name": ""}, "name: is empty"),
        ({"email": "ana"}, "email_invalid"),
        ({"email": ""}, "contact_required"),
        ({"phone": "12"}, "phone_invalid"),
    ],
)
def test_a_row_that_cannot_stand_says_why(here: Office, changes: dict[str, str], says: str) -> None:
    [fate] = fates(here, a_row("old-1", **changes))
    assert fate.startswith("refused")
    assert says in fate
    assert made(here) == []


def test_a_reference_stands_once_in_a_file(here: Office) -> None:
    assert "stands in line 2 already" in fates(here, a_row("old-1") + a_row("old-1"))[1]


def test_what_is_booked_by_phone_can_be_taken_over(here: Office) -> None:
    [fate] = fates(here, a_row("old-1", service="Phone massage"))
    assert fate.startswith("imported")


def test_whoever_is_faster_gets_the_time_and_the_row_the_next_room_or_a_refusal(here: Office) -> None:
    command = TakeOver(
        reference="old-1",
        sought=Sought(location_id=PARIS, service_id=SWEDISH),  # type: ignore[arg-type]
        start=TEN,
        contact=Contact(name="Ana", email="ana@example.com"),
    )
    rival = iter(range(10))

    def somebody_is_faster() -> None:
        here.calendar.after_looking = lambda: None
        fates(here, a_row(f"rival-{next(rival)}"))

    here.calendar.after_looking = somebody_is_faster
    assert take_over(command, desk=here.desk, actor=ADMIN).fate is Fate.IMPORTED
    assert len(made(here)) == 2
    with pytest.raises(Refused):
        take_over(
            TakeOver(reference="old-2", sought=command.sought, start=TEN, contact=command.contact),
            desk=here.desk,
            actor=ADMIN,
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1 must name"),
        ("reference,name\n", "line 1 must name"),
        (HEAD.replace("email", "e-mail"), "e-mail"),
        (HEAD.replace("email", "name"), "twice"),
        (HEAD + "a,b\n", "line 2 has 2 fields"),
        (HEAD + '"unfinished', "is not CSV"),
        (HEAD + "a\x00,,,,,,,,\n", "line 2 has a NUL"),
        (HEAD + "x,,,,,,,,\n" * 20_001, "more than 20000 rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        rows(text)


def test_semicolons_do_as_well(tmp_path: Path) -> None:
    assert rows((HEAD + a_row("old-1")).replace(",", ";"))[0][1]["reference"] == "old-1"


def test_dates_are_elapsed_time(here: Office) -> None:
    fates(here, a_row("old-1"))
    assert made(here)[0].end - made(here)[0].start == timedelta(hours=1)


def a_part(here: Office, text: str, *, from_line: int = 1, rows_at_once: int = 99_999, dry_run: bool = False) -> Part:
    left = iter(range(rows_at_once - 1))
    return import_part(
        rows(HEAD + text), desk=here.desk, actor=ADMIN, dry_run=dry_run, from_line=from_line,
        enough=lambda: next(left, None) is None,
    )  # fmt: skip


def test_ten_thousand_errors_are_counted_and_the_first_of_them_told_and_nothing_is_written(here: Office) -> None:
    wrong = "".join(a_row(f"old-{number}", service="Yoga") for number in range(10_000))
    done = a_part(here, wrong)
    assert (done.rows, done.counts, done.next_line) == (10_000, {Fate.REFUSED: 10_000}, None)
    assert [each.line for each in done.told] == list(range(2, 202))
    assert made(here) == here.bookings.told == []


def test_an_import_in_parts_is_the_import_in_one(here: Office) -> None:
    text = a_row("old-1") + a_row("old-2", name="") + a_row("old-1") + a_row("old-3") + a_row("old-4")
    told, line, calls = [], 1, 0
    while line:
        part = a_part(here, text, from_line=line, rows_at_once=2)
        told += [(each.line, each.reference, str(each.fate)) for each in part.told]
        line, calls = part.next_line or 0, calls + 1
    assert calls == 3
    assert told == [
        (2, "old-1", "imported"), (3, "old-2", "refused"), (4, "old-1", "refused"), (5, "old-3", "imported"),
        (6, "old-4", "refused"),
    ]  # fmt: skip


def test_a_database_that_goes_away_ends_the_part_where_it_stood(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_row("old-1") + a_row("old-2")
    look, left = here.calendar.look, iter(range(1))

    def away(*asked: Any) -> Any:
        if next(left, None) is None:
            raise StorageAway("the database")
        return look(*asked)

    monkeypatch.setattr(here.calendar, "look", away)
    part = a_part(here, text)
    assert ([str(each.fate) for each in part.told], part.next_line) == (["imported"], 3)
    with pytest.raises(StorageAway):
        a_part(here, text, from_line=3)
    assert len(made(here)) == 1


def test_a_guest_without_a_booking_is_refused_and_nothing_of_them_is_kept(here: Office) -> None:
    [fate] = fates(here, a_row("old-1", location="", service="", start="", minutes=""))
    assert "guest_without_booking" in fate
    assert made(here) == []


@pytest.mark.parametrize("begins", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "'=1+1"])
def test_what_is_written_again_is_no_formula_and_is_read_as_it_was(here: Office, begins: str) -> None:
    quoted = '"' + begins + '"'
    found = rows(HEAD + a_row("old-1", name=quoted, phone="+33 1 99 00 12 34", service="Yoga"))
    [fate] = import_rows(found, desk=here.desk, actor=ADMIN, dry_run=False)
    text = written([(fate.row, fate.problem)])
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    [(line, row)] = rows(text)
    assert (line, row["name"], row["phone"]) == (2, found[0][1]["name"], "+33 1 99 00 12 34")
    assert [each.problem for each in import_rows(rows(text), desk=here.desk, actor=ADMIN, dry_run=True)] == [
        fate.problem
    ]


def test_a_cell_is_not_cut_in_silence(here: Office) -> None:
    [fate] = fates(here, a_row("x" * 501))
    assert "reference: has more than 500 characters" in fate


def test_a_row_is_told_by_the_line_where_it_begins(here: Office) -> None:
    text = HEAD + a_row("old-1", name='"Ana\nMoreau"') + "\n" + a_row("old-2")
    lines = [each.line for each in import_rows(rows(text), desk=here.desk, actor=ADMIN, dry_run=True)]
    assert lines == [2, 5]


def test_the_command_prints_every_fate_and_writes_what_was_refused_to_be_mended(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(BookingSettings, "load", lambda: None)
    monkeypatch.setattr("booking.outside.outside", lambda _: SimpleNamespace(desk=here.desk, close=lambda: None))
    sheet, refused = tmp_path / "bookings.csv", tmp_path / "mend.csv"
    sheet.write_text("\ufeff" + HEAD + a_row("old-1") + a_row("old-2", service="Yoga"), encoding="utf-8")
    assert main([str(sheet), "--dry-run"]) == 1
    assert made(here) == []
    assert main([str(sheet), "--refused", str(refused)]) == 1
    said = capsys.readouterr().out
    assert f"{sheet}:2: 'old-1': would be imported\n" in said
    assert f"{sheet}:2: 'old-1': imported {made(here)[0].id}\n" in said
    assert f"{sheet}:3: 'old-2': refused (invalid_row: The row needs mending. service: is not known" in said
    refused.write_text(refused.read_text(encoding="utf-8").replace("Yoga", "Phone massage"), encoding="utf-8")
    assert main([str(refused)]) == 0
    assert len(made(here)) == 2
    refused.write_text("name\n", encoding="utf-8")
    assert main([str(refused)]) == 2
    assert "line 1 must name the columns" in capsys.readouterr().err
