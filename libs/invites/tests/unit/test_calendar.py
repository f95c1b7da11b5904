"""Every file is read back by the parser that a calendar program would use."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from invites import build, content_type

START = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def file(**changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "uid": "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10@slotwell",
        "sequence": 1,
        "method": "PUBLISH",
        "summary": "Appointment at La Belle Paris",
        "start": START,
        "end": START + timedelta(minutes=60),
        "zone": "Europe/Paris",
        "location": "La Belle Paris, 12 rue de l’Abbaye, 75006 Paris",
        "description": "With Ana.\nPlease come ten minutes early; bring nothing.",
        "url": "https://book.example/m/1",
        "organizer": "hello@labelle.example",
        "stamp": datetime(2026, 11, 23, 10, 15, tzinfo=UTC),
    }
    return build(**(facts | changes))


def event(content: bytes) -> Any:  # icalendar types a property as any of thirty kinds
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    assert found.errors == []
    return found


def test_it_is_read_back_as_it_was_meant() -> None:
    entry = event(file())
    assert entry["uid"] == "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10@slotwell"
    assert entry["sequence"] == 1
    assert entry["summary"] == "Appointment at La Belle Paris"
    assert entry["location"] == "La Belle Paris, 12 rue de l’Abbaye, 75006 Paris"
    assert entry["description"] == "With Ana.\nPlease come ten minutes early; bring nothing."
    assert entry["url"] == "https://book.example/m/1"
    assert entry["organizer"] == "mailto:hello@labelle.example"
    assert entry["status"] == "CONFIRMED"
    assert entry["class"] == "PRIVATE"
    assert entry["dtstart"].dt == START
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(minutes=60)


def test_the_time_stands_on_the_wall_clock_of_the_place_with_its_rules() -> None:
    content = file().decode()
    assert "DTSTART;TZID=Europe/Paris:20261201T103000" in content
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in content
    assert Calendar.from_ical(content).get_missing_tzids() == set()


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Toronto", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("month", range(1, 13))
def test_its_own_timezone_rules_give_the_instant_in_every_month(zone: str, month: int) -> None:
    start = datetime(2027, month, 15, 12, tzinfo=ZoneInfo(zone))
    calendar = Calendar.from_ical(file(start=start, end=start + timedelta(hours=1), zone=zone))
    rules: Any = calendar.walk("VTIMEZONE")[0]
    wall = event(calendar.to_ical())["dtstart"].dt.replace(tzinfo=None)
    assert wall.replace(tzinfo=rules.to_tz(lookup_tzid=False)).utcoffset() == start.utcoffset()


@pytest.mark.parametrize("hours", [0, 1])
def test_both_halves_of_the_night_when_the_clock_goes_back_keep_their_instant(hours: int) -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(hours=hours)  # 02:30 in Paris, twice
    entry = event(file(start=start, end=start + timedelta(minutes=60)))
    # Compared in UTC: Python calls no repeated wall time equal to anything in another zone.
    assert entry["dtstart"].dt.astimezone(UTC) == start
    assert entry["dtend"].dt.astimezone(UTC) == start + timedelta(minutes=60)


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    before, after = event(file()), event(file(sequence=2, start=START + timedelta(minutes=30)))
    assert before["uid"] == after["uid"]
    assert after["sequence"] > before["sequence"]


def test_a_cancellation_says_so_in_method_and_status() -> None:
    content = file(method="CANCEL", sequence=2)
    assert Calendar.from_ical(content)["method"] == "CANCEL"
    assert event(content)["status"] == "CANCELLED"
    assert event(content)["uid"] == event(file())["uid"]
    assert content_type("CANCEL") == "text/calendar; charset=utf-8; method=CANCEL"


def test_the_same_facts_give_the_same_bytes() -> None:
    assert file() == file()


def test_what_is_not_known_is_left_out() -> None:
    entry = event(file(location=None, description=None, url=None))
    assert not {"location", "description", "url"} & {key.lower() for key in entry}


@pytest.mark.parametrize("field", ["start", "end", "stamp"])
def test_a_time_without_a_zone_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="aware"):
        file(**{field: datetime(2026, 12, 1, 9, 30)})  # noqa: DTZ001  (the point of the test)


def test_an_appointment_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        file(end=START)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_no_text_can_add_a_property_or_break_the_file(text: str) -> None:
    hostile = f"{text}\r\nATTENDEE:mailto:eve@example.com\nEND:VEVENT"
    content = file(summary=hostile, location=hostile, description=hostile)
    entry = event(content)
    assert "attendee" not in {key.lower() for key in entry}
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert "eve@example.com" in entry["summary"]
