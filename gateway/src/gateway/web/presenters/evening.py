"""An evening at a branch: its times, what can be had at the one that is chosen, and what else where there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.people import Person
from gateway.web.presenters.together import AT_ONCE, Together, of_a_part

_MOST_ELSEWHERE = 6
"""How many times of another branch are shown; its own page has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where, how many, which evening and which time of it: all of it stands in the address."""

    location: str | None = None
    guests: int = 1
    day: date | None = None
    at: str | None = None

    def address(self, fragment: str = "", **changes: Any) -> str:
        """The page's address with `changes` made."""
        changed = replace(self, **changes)
        query = {field.name: str(value) for field in fields(changed) if (value := getattr(changed, field.name))}
        return f"/tonight?{urlencode(query)}" + (f"#{fragment}" if fragment else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What services and branches are called, by id."""

    services: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningTime:
    """A time to choose, and how many treatments can be had then."""

    value: str
    clock: str
    several: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningOffer:
    """A treatment at the chosen time. `slot` goes back to us; `address` shows its other lengths, people and times."""

    service: str
    slot: str
    name: str
    summary: str
    modality: str
    minutes: int
    until: str
    price: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another branch, and its first times."""

    name: str
    street: str
    city: str
    zone_place: str
    address: str
    times: Sequence[EveningTime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """A treatment for one that two can have at the same time, and when."""

    name: str
    price: str
    times: Sequence[EveningTime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What can be waited for."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What the page shows."""

    day_name: str
    days: Sequence[Person]
    company: Sequence[Person]
    times: Sequence[EveningTime]
    chosen: str
    offers: Sequence[EveningOffer]
    elsewhere: Sequence[Elsewhere]
    rooms: Sequence[Rooms]
    waits: Sequence[Wait]


def evening_of(found: Mapping[str, Any], wanted: Wanted, *, today: date, names: Names, language: Language) -> Evening:
    """The evening as it was found; without a chosen time its first is."""
    day, instead = wanted.day or today, found["instead"] or {}
    starts = [one["start"] for one in found["times"]]
    at = wanted.at if wanted.at in starts else next(iter(starts), None)
    chosen = next((one for one in found["times"] if one["start"] == at), None)
    return Evening(
        day_name=language.full_day(day, near=today),
        days=[
            Person(id=str(place), name=name, address=wanted.address(day=each, at=None), chosen=each == day)
            for place, (each, name) in enumerate(
                ((today, language.text("Tonight")), (today + timedelta(days=1), language.text("Tomorrow evening")))
            )
        ],
        company=[
            Person(
                id=str(count),
                name=name,
                address=wanted.address(guests=count, at=None),
                chosen=count == wanted.guests,
            )
            for count, name in ((1, language.text("One person")), (2, language.text("Two of us")))
        ],
        times=_times(found["times"], found["zone"], wanted, chosen=at, language=language),
        chosen=language.clock(_local(at, found["zone"])) if at else "",
        offers=_offers(chosen, found["zone"], wanted, names, language) if chosen else [],
        elsewhere=[_elsewhere(one, wanted, names, language) for one in instead.get("elsewhere", ())],
        rooms=[_rooms(one, wanted, names, language) for one in instead.get("at_once", ())],
        waits=_waits(instead.get("waitlist_service_ids", ()), wanted, names),
    )


def _local(at: str, zone: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone))


def _times(
    times: Sequence[Mapping[str, Any]], zone: str, wanted: Wanted, *, chosen: str | None, language: Language
) -> list[EveningTime]:
    return [
        EveningTime(
            value=one["start"],
            clock=language.clock(_local(one["start"], zone)),
            several=language.several("%(count)d treatment", "%(count)d treatments", len(one["offers"])),
            address=wanted.address("what", at=one["start"]),
            chosen=one["start"] == chosen,
        )
        for one in times
    ]


def _offers(
    chosen: Mapping[str, Any], zone: str, wanted: Wanted, names: Names, language: Language
) -> list[EveningOffer]:
    day = _local(chosen["start"], zone).date()
    found = [
        EveningOffer(
            service=one["service_id"],
            slot=chosen["start"],
            name=service["name"],
            summary=service["summary"],
            modality=service["modality"],
            minutes=one["duration_minutes"],
            until=language.clock(_local(one["end"], zone)),
            price=language.price(one["price"]),
            address=Choice(
                location=wanted.location, service=one["service_id"], minutes=one["duration_minutes"], day=day
            ).address("when"),
        )
        for one in chosen["offers"]
        if (service := names.services.get(one["service_id"])) is not None
    ]
    return sorted(found, key=lambda each: (each.modality, each.name))


def _elsewhere(found: Mapping[str, Any], wanted: Wanted, names: Names, language: Language) -> Elsewhere:
    location, there = names.locations[found["location_id"]], replace(wanted, location=found["location_id"], at=None)
    return Elsewhere(
        name=location["name"],
        street=location["address"]["street"],
        city=f"{location['address']['postal_code']} {location['address']['city']}",
        zone_place=location["address"]["city"],
        address=there.address(),
        times=_times(found["times"][:_MOST_ELSEWHERE], found["zone"], there, chosen=None, language=language),
    )


def _rooms(found: Mapping[str, Any], wanted: Wanted, names: Names, language: Language) -> Rooms:
    service_id = found["parts"][0]["service_id"]
    return Rooms(
        name=names.services[service_id]["name"] if service_id in names.services else "",
        price=language.price(found["price"]),
        times=[
            EveningTime(
                value=one["start"],
                clock=language.clock(_local(one["start"], found["zone"])),
                several="",
                address=rooms_address(wanted, found["parts"], one["start"]),
                chosen=False,
            )
            for one in found["visits"]
        ],
    )


def rooms_address(wanted: Wanted, parts: Sequence[Mapping[str, Any]], start: str) -> str:
    """Where two book these treatments, one each, in rooms of their own at that start."""
    one, other = (Choice(service=part["service_id"], minutes=part["duration_minutes"]) for part in parts)
    rooms = Together(location=wanted.location, arrangement=AT_ONCE, slot=start, others=(other,), **of_a_part(one))
    return rooms.address()


def _waits(service_ids: Sequence[str], wanted: Wanted, names: Names) -> list[Wait]:
    return [
        Wait(
            name=names.services[each]["name"],
            address=replace(Choice(location=wanted.location, service=each, day=wanted.day), page="/waitlist").address(),
        )
        for each in service_ids
        if each in names.services
    ]
