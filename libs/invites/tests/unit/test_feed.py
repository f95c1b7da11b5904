"""A feed is read back by the parser that a calendar program would use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from invites import Entry, build_feed

STAMP = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
START = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ENTRY = Entry(
    uid="1@slotwell",
    sequence=2,
    summary="A. M., Appointment",
    start=START,
    end=START + timedelta(minutes=60),
    zone="Europe/Paris",
    location="La Belle Paris",
)
LATER = START + timedelta(hours=5)
ELSEWHERE = replace(ENTRY, uid="2@slotwell", start=LATER, end=LATER + timedelta(hours=1), zone="America/Toronto")


def test_every_entry_is_read_back_as_it_was_meant_with_its_place_s_clock() -> None:
    calendar = Calendar.from_ical(build_feed(name="Ana", entries=[ENTRY, ELSEWHERE], stamp=STAMP))
    first, second = calendar.walk("VEVENT")
    assert (first["uid"], first["sequence"], first["summary"]) == ("1@slotwell", 2, "A. M., Appointment")
    assert (first["dtstart"].dt, first["dtend"].dt) == (START, START + timedelta(minutes=60))
    assert second["dtstart"].params["TZID"] == "America/Toronto"
    assert second["dtstart"].dt == LATER
    assert calendar.get_missing_tzids() == set()
    assert not first.errors
    assert not second.errors


def test_a_calendar_program_learns_its_name_and_how_often_to_look() -> None:
    calendar = Calendar.from_ical(build_feed(name="Ana\x07 Moreau", entries=[ENTRY], stamp=STAMP))
    assert calendar["name"] == calendar["x-wr-calname"] == "Ana Moreau"
    assert calendar["refresh-interval"].dt == timedelta(minutes=15)
    assert calendar["method"] == "PUBLISH"


def test_an_empty_feed_is_a_calendar_too() -> None:
    assert Calendar.from_ical(build_feed(name="Ana", entries=[], stamp=STAMP)).walk("VEVENT") == []


def test_the_same_feed_has_the_same_bytes() -> None:
    assert build_feed(name="Ana", entries=[ENTRY], stamp=STAMP) == build_feed(name="Ana", entries=[ENTRY], stamp=STAMP)
