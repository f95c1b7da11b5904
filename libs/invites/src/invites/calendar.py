"""Appointments as iCalendar files (RFC 5545, RFC 5546): one as an invitation, many as a feed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration, vText, vUri

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

_ENTRY = b"\r\nBEGIN:VEVENT\r\n"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def build(
    *,
    uid: str,
    sequence: int,
    method: Method,
    summary: str,
    start: datetime,
    end: datetime,
    zone: str,
    location: str | None,
    description: str | None,
    url: str | None,
    organizer: str,
    stamp: datetime,
) -> bytes:
    """The file's bytes, CRLF and UTF-8, the same for the same arguments.

    `uid` never changes for an appointment and `sequence` grows with each change, so that a calendar
    updates or removes the entry it has. `start`, `end` and `stamp` are aware; `zone` is the IANA name of
    the place, written with its rules (VTIMEZONE). `organizer` is an e-mail address; RFC 5546 asks for one.
    Give a discreet `summary`: calendars are shared, and shown on locked screens.
    """
    entry = Entry(
        uid=uid,
        sequence=sequence,
        summary=summary,
        start=start,
        end=end,
        zone=zone,
        location=location or "",
        description=description or "",
        url=url or "",
    )
    return build_all([entry], method=method, organizer=organizer, stamp=stamp)


def build_all(entries: "Sequence[Entry]", *, method: Method, organizer: str, stamp: datetime) -> bytes:
    """The same for several appointments in one file, each under its own UID."""
    calendar = _calendar(method)
    for entry in entries:
        if entry.start.tzinfo is None or entry.end.tzinfo is None or stamp.tzinfo is None:
            raise ValueError("start, end and stamp must be aware")
        if entry.end <= entry.start:
            raise ValueError("an appointment ends after it starts")
        event = _entry(entry.uid, entry.sequence, stamp=stamp, start=entry.start, end=entry.end, zone=entry.zone)
        event.add("summary", vText(_text(entry.summary)))
        event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT" if method == "CANCEL" else "OPAQUE")
        event.add("organizer", f"mailto:{_text(organizer)}")
        if entry.location:
            event.add("location", vText(_text(entry.location)))
        if entry.description:
            event.add("description", vText(_text(entry.description)))
        if entry.url:
            event.add("url", vUri(_text(entry.url)))
        calendar.add_component(event)
    return _written(calendar, min(each.start for each in entries), max(each.end for each in entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appointment: `sequence` grows with each change, `zone` is the place's IANA name."""

    uid: str
    sequence: int
    summary: str
    start: datetime
    end: datetime
    zone: str
    location: str
    description: str = ""
    url: str = ""


def build_feed(*, name: str, entries: Sequence[Entry], stamp: datetime) -> bytes:
    """A calendar to subscribe to: all of its entries, every time. What is gone from it disappears from its readers.

    `name` is what programs show it as; they are asked to look again every quarter of an hour (RFC 7986).
    """
    calendar = _calendar("PUBLISH")
    calendar.add("name", vText(_text(name)))
    calendar.add("x-wr-calname", vText(_text(name)))
    calendar.add("refresh-interval", vDuration(timedelta(minutes=15)), parameters={"VALUE": "DURATION"})
    for entry in entries:
        event = _entry(entry.uid, entry.sequence, stamp=stamp, start=entry.start, end=entry.end, zone=entry.zone)
        event.add("summary", vText(_text(entry.summary)))
        event.add("status", "CONFIRMED")
        event.add("class", "PRIVATE")
        event.add("location", vText(_text(entry.location)))
        calendar.add_component(event)
    moments = [each.start for each in entries] or [stamp]
    return _written(calendar, min(moments), max(moments))


def content_type(method: Method) -> str:
    """The Content-Type of such a file; mail programs act on its `method`."""
    return f"text/calendar; charset=utf-8; method={method}"


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Slotwell//Slotwell//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _entry(uid: str, sequence: int, *, stamp: datetime, start: datetime, end: datetime, zone: str) -> Event:
    event = Event()
    event.add("uid", _text(uid))
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", sequence)
    event.add("dtstart", _wall_clock(start, zone))
    event.add("dtend", _wall_clock(end, zone))
    return event


def _written(calendar: Calendar, first: datetime, last: datetime) -> bytes:
    """The calendar's bytes, with the rules of every zone that its entries name before the first of them."""
    content: bytes = calendar.to_ical()
    named = {entry[each].params.get("TZID") for entry in calendar.subcomponents for each in ("dtstart", "dtend")}
    # From a year before to a year after: enough to place the entries, and a file of 2 kB instead of 20.
    rules = b"".join(_rules(zone, first.year - 1, last.year + 2) for zone in sorted(named - {None, "UTC"}))
    return content.replace(_ENTRY, b"\r\n" + rules + _ENTRY[2:], 1)


@lru_cache(maxsize=64)
def _rules(zone: str, since: int, until: int) -> bytes:
    """A zone's VTIMEZONE. Kept, for it is most of a file, and the same in thousands of them."""
    try:
        found = Timezone.from_tzid(zone, first_date=date(since, 1, 1), last_date=date(until, 1, 1))
    except ValueError:  # a zone that icalendar cannot describe
        return b""
    written: bytes = found.to_ical()
    return written


def _wall_clock(instant: datetime, zone: str) -> datetime:
    """The instant in its zone, or in UTC where the wall clock shows the same time twice.

    RFC 5545 3.3.5 reads a repeated local time as the first of the two, so the second needs UTC.
    """
    local = instant.astimezone(ZoneInfo(zone))
    return local if local.fold == 0 else instant.astimezone(UTC)


def _text(value: str) -> str:
    """Without control characters, which no property may hold; newlines stay and are escaped."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
