"""One visit's facts, the same on every page that shows them, in the branch's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web.languages import Language, _


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When, what, with whom, for how much, where."""

    start: str
    day: str
    clock: str
    clock_end: str
    zone_place: str
    service: str
    who: str
    minutes: int
    price: str
    place: str
    street: str
    city: str
    extras: str = ""
    """What is had with it."""
    party: Sequence[str] = ()
    """Of several guests: who comes, by whom each is treated and for how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How long a hold still lives. `seconds` lets the page count down whatever the guest's own clock says."""

    live: bool
    until: str
    seconds: int
    extendable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when something can still be done."""

    until: str
    seconds: int


_LINES = {
    "coming": _("%(name)s with %(who)s, %(minutes)d minutes"),
    "kept_free": _("A place for someone else, with %(who)s (%(name)s cannot come)"),
    "withdrawn": _("%(name)s is not coming"),
}


def visit_of_booking(booking: Mapping[str, Any], *, today: date, language: Language) -> Visit:
    """The facts of a booking's visit."""
    return visit_of(
        start=booking["start"],
        end=booking["end"],
        location=booking["location"],
        service=booking["service"]["name"],
        practitioners=booking["practitioners"],
        minutes=booking["duration_minutes"],
        price=booking["price"],
        party=party_of(booking, language),
        extras=extras_of_booking(booking),
        today=today,
        language=language,
    )


def extras_of_booking(booking: Mapping[str, Any]) -> Sequence[str]:
    """What a single guest has with the treatment; what each of several has stands in no list of one."""
    guests: Sequence[Mapping[str, Any]] = booking.get("guests") or ()
    return [one["name"] for one in guests[0].get("add_ons") or ()] if len(guests) == 1 else []


def party_of(booking: Mapping[str, Any], language: Language) -> Sequence[str]:
    """A line for each guest of a party; nothing of a single guest."""
    guests = booking.get("guests") or ()
    if len(guests) < 2:
        return []
    return [
        language.text(
            _line_of(guest),
            name=guest["name"],
            who=guest["practitioner"]["name"] if guest["practitioner"] else "",
            minutes=guest["duration_minutes"],
        )
        for guest in guests
    ]


def _line_of(guest: Mapping[str, Any]) -> str:
    return _LINES[guest["state"]]


def leaving_of(booking: Mapping[str, Any], language: Language) -> Sequence[tuple[str, str]]:
    """What can be done if one of two who come cannot: a value for the form, and what it says."""
    guests = booking.get("guests") or ()
    if len([guest for guest in guests if guest["state"] == "coming"]) != 2:
        return []
    options = []
    for place, guest in enumerate(guests, start=1):
        name = guest["name"]
        alone = language.text("%(name)s cannot come; the other comes alone", name=name)
        keep = language.text("%(name)s cannot come; keep the place for someone else", name=name)
        options += [(f"{place}-single", alone), (f"{place}-keep", keep)]
    return options


def places_kept(booking: Mapping[str, Any]) -> Sequence[tuple[int, str]]:
    """The places (from 1) that wait for someone else, each with the name of who cannot come."""
    guests = enumerate(booking.get("guests") or (), start=1)
    return [(place, guest["name"]) for place, guest in guests if guest["state"] == "kept_free"]


def visit_of(
    *,
    start: str,
    end: str,
    location: Mapping[str, Any],
    service: str,
    practitioners: Sequence[Mapping[str, Any]],
    minutes: int,
    price: Mapping[str, str] | None,
    party: Sequence[str] = (),
    extras: Sequence[str] = (),
    today: date,
    language: Language,
) -> Visit:
    """The facts of one visit; `location` is a catalog's or a booking's view of the branch."""
    zone = ZoneInfo(location["zone"])
    starts = datetime.fromisoformat(start).astimezone(zone)
    ends = datetime.fromisoformat(end).astimezone(zone)
    address = location["address"]
    return Visit(
        start=starts.isoformat(),
        day=language.full_day(starts.date(), near=today),
        clock=language.clock(starts),
        clock_end=language.clock(ends),
        zone_place=location["address"]["city"],
        service=service,
        who=language.all_of([person["name"] for person in practitioners]),
        minutes=minutes,
        price=language.price(price) if price else "",
        place=location["name"],
        street=address["street"],
        city=f"{address['postal_code']} {address['city']}",
        party=party,
        extras=language.all_of(extras),
    )


def held_of(hold: Mapping[str, Any], *, zone: str, now: datetime, language: Language) -> Held:
    """How long `hold` lives after `now`, which is real time: holds know no other."""
    expires = datetime.fromisoformat(hold["expires_at"])
    live = hold.get("state", "held") == "held" and expires > now
    return Held(
        live=live,
        until=language.clock(expires.astimezone(ZoneInfo(zone))),
        seconds=max(0, int((expires - now).total_seconds())),
        extendable=live and datetime.fromisoformat(hold["extendable_until"]) > expires,
    )


def deadline_of(at: str | None, *, zone: str, now: datetime, language: Language) -> Deadline | None:
    """The deadline `at`, or None if there is none or it has passed."""
    if at is None:
        return None
    until = datetime.fromisoformat(at)
    if until <= now:
        return None
    return Deadline(until=language.clock(until.astimezone(ZoneInfo(zone))), seconds=int((until - now).total_seconds()))
