"""A branch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from catalog.domain.hours import WeeklyHours, overlaps
from catalog.domain.identity import LocationId
from catalog.domain.problem import Place, Problem


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
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A branch: where it is, which clock and money it uses, when its door is open."""

    id: LocationId
    name: str
    zone: str
    region: str
    phone: str
    emergency_number: str
    address: Address
    currency: str
    opening_hours: tuple[WeeklyHours, ...]
    closures: tuple[Closure, ...]


def problems_of_location(location: Location, place: Place) -> Iterator[Problem]:
    """Everything that is wrong with the branch by itself."""
    if location.zone not in available_timezones():
        yield Problem(place=(*place, "zone"), message=f"no time zone is called {location.zone!r}")
    if not re.fullmatch(r"\+[1-9]\d{6,14}", location.phone):
        yield Problem(
            place=(*place, "phone"),
            message=f"{location.phone!r} is not an international number such as +33 1 99 00 10 10",
        )
    yield from overlaps(location.opening_hours, (*place, "opening_hours"))
    for index, closure in enumerate(location.closures):
        if closure.last < closure.first:
            yield Problem(
                place=(*place, "closures", index),
                message=f"ends on {closure.last}, before it begins on {closure.first}",
            )
