"""A branch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from zoneinfo import available_timezones

from catalog.domain.hours import WeeklyHours, inverted, overlaps
from catalog.domain.identity import LocationId
from catalog.domain.offer import BookingRules, problems_of_rules
from catalog.domain.problem import Place, Problem
from catalog.domain.wording import Wording

_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days, first and last included, on which the branch is closed."""

    first: date
    last: date
    reason: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideClinic:
    """Somebody else's practice, to send guests to for what is not done here. It can be reached somehow."""

    name: str
    phone: str | None
    website: str | None
    address: str | None
    note: Wording | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A branch: where it is, which clock and money it uses, when its door is open, how one may book there."""

    id: LocationId
    key: str | None = None
    language: str
    name: str
    zone: str
    region: str
    phone: str
    emergency_number: str
    address: Address
    currency: str
    opening_hours: tuple[WeeklyHours, ...]
    closures: tuple[Closure, ...]
    outside_clinics: tuple[OutsideClinic, ...]
    booking_rules: BookingRules


def problems_of_location(location: Location, place: Place) -> Iterator[Problem]:
    """Everything that is wrong with the branch by itself."""
    if location.zone not in available_timezones():
        yield Problem(
            place=(*place, "zone"), message=f"no time zone is called {location.zone!r}{_perhaps(location.zone)}"
        )
    yield from _problems_of_phone(location.phone, (*place, "phone"))
    yield from inverted(location.opening_hours, (*place, "opening_hours"))
    yield from overlaps(location.opening_hours, (*place, "opening_hours"))
    for index, closure in enumerate(location.closures):
        if closure.last < closure.first:
            yield Problem(
                place=(*place, "closures", index),
                message=f"ends on {closure.last}, before it begins on {closure.first}",
            )
    for index, clinic in enumerate(location.outside_clinics):
        where = (*place, "outside_clinics", index)
        if clinic.phone is None and clinic.website is None and clinic.address is None:
            yield Problem(place=where, message="needs a phone, a website or an address: how would a guest get there?")
        if clinic.phone is not None:
            yield from _problems_of_phone(clinic.phone, (*where, "phone"))
    yield from problems_of_rules(location.booking_rules, (*place, "booking_rules"), own=BookingRules.__slots__)


def _perhaps(zone: str) -> str:
    """The zone that was probably meant, as the end of a sentence; nothing if none is near."""
    names = {name.casefold(): name for name in available_timezones()}
    places = {name.rpartition("/")[2]: name for name in sorted(names)}  # `Paris` alone means Europe/Paris
    written = zone.casefold().strip().replace(" ", "_")
    near = get_close_matches(written, names, n=1, cutoff=0.8)
    place = get_close_matches(written.rpartition("/")[2], places, n=1, cutoff=0.8)
    meant = near[0] if near else places[place[0]] if place else None
    return f"; perhaps {names[meant]} is meant" if meant else ""


def _problems_of_phone(phone: str, place: Place) -> Iterator[Problem]:
    if not _INTERNATIONAL.fullmatch(phone):
        yield Problem(place=place, message=f"{phone!r} is not an international number such as +33 1 99 00 10 10")
