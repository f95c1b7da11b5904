"""A whole catalog as its author wrote it, and everything that is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from catalog.domain.hours import longest_minutes
from catalog.domain.identity import LocationId
from catalog.domain.location import Location, problems_of_location
from catalog.domain.offer import BookingRules, problems_of_rules
from catalog.domain.practitioner import Practitioner, problems_of_practitioner
from catalog.domain.problem import Place, Problem, spell
from catalog.domain.requirement import PractitionersNeeded, Requirement, RoomNeeded
from catalog.domain.resource import Resource, ResourceKind
from catalog.domain.schedule import Schedule, problems_of_schedule
from catalog.domain.service import Service, problems_of_service

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[T]):
    """A value and where it stands in the document."""

    place: Place
    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An id that the document gives to something, whether or not the rest of the entry could be read."""

    kind: str
    id: UUID
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The entries that could be read; `readable` is false when some could not."""

    named: tuple[Named, ...]
    locations: tuple[Entry[Location], ...]
    services: tuple[Entry[Service], ...]
    practitioners: tuple[Entry[Practitioner], ...]
    schedules: tuple[Entry[Schedule], ...]
    resources: tuple[Entry[Resource], ...]
    readable: bool = True


def problems_of(draft: Draft) -> list[Problem]:
    """Every problem of the document, entry by entry; an empty list means that it can be loaded as it is."""
    return [*_named_twice(draft), *_by_themselves(draft), *_dangling(draft), *_nobody_could(draft)]


def _named_twice(draft: Draft) -> Iterator[Problem]:
    first: dict[tuple[str, UUID], Place] = {}
    for named in draft.named:
        earlier = first.setdefault((named.kind, named.id), named.place)
        if earlier != named.place:
            yield Problem(place=named.place, message=f"has the same key or id as {spell(earlier)}")


def _by_themselves(draft: Draft) -> Iterator[Problem]:
    locations = {entry.value.id: entry.value for entry in draft.locations}
    currencies = {id_: location.currency for id_, location in locations.items()}
    for location in draft.locations:
        yield from problems_of_location(location.value, location.place)
    for service in draft.services:
        yield from problems_of_service(service.value, service.place, currencies=currencies)
        yield from _rules_of_offers(service, locations)
    for practitioner in draft.practitioners:
        yield from problems_of_practitioner(practitioner.value, practitioner.place)
    for schedule in draft.schedules:
        yield from problems_of_schedule(schedule.value, schedule.place, locations=locations)


def _rules_of_offers(service: Entry[Service], locations: Mapping[LocationId, Location]) -> Iterator[Problem]:
    for index, offer in enumerate(service.value.offers):
        location = locations.get(offer.location_id)
        if location is not None:
            own = set(BookingRules.__slots__) - set(offer.inherited)
            place = (*service.place, "offers", index)
            longest = longest_minutes(location.opening_hours)
            for at, duration in enumerate(offer.durations):
                if duration.minutes > longest:
                    yield Problem(
                        place=(*place, "durations", at, "minutes"),
                        message=f"{location.name} is never open for {duration.minutes} minutes; {longest} is the most",
                    )
            yield from problems_of_rules(offer.rules(location.booking_rules), place, own=own)


def _dangling(draft: Draft) -> Iterator[Problem]:
    known = {named.id for named in draft.named if named.kind == "location"}
    for place, location_id in _references(draft):
        if location_id not in known:
            yield Problem(place=place, message="names a location that the document does not have")
    works_at = {entry.value.id: entry.value.location_ids for entry in draft.practitioners}
    for schedule in draft.schedules:
        at = works_at.get(schedule.value.practitioner_id)
        for section, index, location_id in [
            *(("weekly", index, shift.location_id) for index, shift in enumerate(schedule.value.weekly)),
            *(("one_off", index, one.location_id) for index, one in enumerate(schedule.value.one_off)),
        ]:
            if at is not None and location_id in known and location_id not in at:
                yield Problem(
                    place=(*schedule.place, section, index, "location"),
                    message="is not among the practitioner's locations",
                )


def _references(draft: Draft) -> Iterator[tuple[Place, UUID]]:
    for service in draft.services:
        for index, offer in enumerate(service.value.offers):
            yield (*service.place, "offers", index, "location"), offer.location_id
    for practitioner in draft.practitioners:
        for index, location_id in enumerate(practitioner.value.location_ids):
            yield (*practitioner.place, "locations", index), location_id
    for schedule in draft.schedules:
        for index, shift in enumerate(schedule.value.weekly):
            yield (*schedule.place, "weekly", index, "location"), shift.location_id
        for index, one in enumerate(schedule.value.one_off):
            yield (*schedule.place, "one_off", index, "location"), one.location_id
    for resource in draft.resources:
        yield (*resource.place, "location"), resource.value.location_id


def _nobody_could(draft: Draft) -> Iterator[Problem]:
    """Requirements that nothing in the document meets: a slip of the pen in a skill or a kind of room."""
    if not draft.readable:
        return
    skills = {skill for entry in draft.practitioners for skill in entry.value.skills}
    rooms, units = _largest_rooms(draft), _most_units(draft)
    for place, needed in _requirements(draft):
        if isinstance(needed, PractitionersNeeded):
            if needed.skill not in skills:
                yield Problem(place=(*place, "skill"), message=f"no practitioner has the skill {needed.skill!r}")
        elif isinstance(needed, RoomNeeded):
            if rooms.get(needed.room_kind, 0) < needed.capacity:
                yield Problem(place=place, message=f"no room of the kind {needed.room_kind!r} holds {needed.capacity}")
        elif units.get((needed.kind, needed.unit_kind), 0) < needed.count:
            yield Problem(
                place=place, message=f"no branch has {needed.count} of the {needed.kind} kind {needed.unit_kind!r}"
            )


def _requirements(draft: Draft) -> Iterator[tuple[Place, Requirement]]:
    for service in draft.services:
        for index, needed in enumerate(service.value.requirements):
            yield (*service.place, "requirements", index), needed
        for at, add_on in enumerate(service.value.add_ons):
            for index, needed in enumerate(add_on.requirements):
                yield (*service.place, "add_ons", at, "requirements", index), needed


def _most_units(draft: Draft) -> Mapping[tuple[ResourceKind, str], int]:
    at_each = Counter(
        (entry.value.location_id, entry.value.kind, entry.value.unit_kind)
        for entry in draft.resources
        if entry.value.unit_kind is not None
    )
    most: dict[tuple[ResourceKind, str], int] = {}
    for (_, kind, unit_kind), count in at_each.items():
        most[kind, str(unit_kind)] = max(count, most.get((kind, str(unit_kind)), 0))
    return most


def _largest_rooms(draft: Draft) -> Mapping[str, int]:
    largest: dict[str, int] = {}
    for entry in draft.resources:
        if entry.value.room_kind is not None:
            largest[entry.value.room_kind] = max(entry.value.capacity, largest.get(entry.value.room_kind, 0))
    return largest
