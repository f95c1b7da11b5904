"""Bookings from elsewhere: each row has a fate, none is booked twice, and none shares what another has."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.take_over import Fate, TakeOver, take_over
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.wish import Sought
from booking.import_csv import Unreadable, import_rows, rows

from services.booking.tests.clinic_data import ANA, PARIS, SWEDISH, THERAPY, clinic, offer, service
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
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
    return [fate for _, _, fate, _ in import_rows(rows(HEAD + text), desk=here.desk, dry_run=dry_run)]


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
    assert take_over(command, desk=here.desk).fate is Fate.IMPORTED
    assert len(made(here)) == 2
    with pytest.raises(Refused):
        take_over(
            TakeOver(reference="old-2", sought=command.sought, start=TEN, contact=command.contact), desk=here.desk
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
