"""Reads the one appointment of a calendar file."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar would show."""

    method: str
    uid: str
    sequence: int
    status: str
    begin: datetime
    end: datetime


def entry(text: str) -> Entry:
    """Return the appointment, or fail if the file is none or holds several."""
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    begin, end = event.start, event.end
    assert isinstance(begin, datetime)
    assert isinstance(end, datetime)
    return Entry(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(str(event["SEQUENCE"])),
        status=str(event["STATUS"]),
        begin=begin,
        end=end,
    )
