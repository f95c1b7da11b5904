"""From a catalog document to a draft, entry by entry: one that can't be read hides nothing in the others."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError

from catalog import schemas
from catalog.application.load import Load
from catalog.domain.draft import Draft, Entry, Named
from catalog.domain.identity import LocationId, PractitionerId, ResourceId, ServiceId, derived_id
from catalog.domain.location import Location
from catalog.domain.practitioner import Practitioner
from catalog.domain.problem import Place, Problem
from catalog.domain.resource import Resource, ResourceKind
from catalog.domain.schedule import Schedule
from catalog.domain.service import Service
from catalog.fields import is_key

SECTIONS: dict[str, tuple[str, type[Schema]]] = {
    "locations": ("location", schemas.LocationSchema),
    "services": ("service", schemas.ServiceSchema),
    "practitioners": ("practitioner", schemas.PractitionerSchema),
    "rooms": ("resource", schemas.RoomSchema),
    "equipment": ("resource", schemas.EquipmentSchema),
}
OPTIONAL = {"equipment"}

T = TypeVar("T")
Read = list[tuple[Place, UUID, dict[str, Any]]]


def parse(document: Any) -> Load:
    """The command to load this document. It raises nothing: what can't be read is listed in the command."""
    if not isinstance(document, Mapping):
        return Load(draft=_draft({}, [], readable=False), unreadable=[Problem(place=(), message="is not an object")])
    problems = list(_wrong_sections(document))
    named: list[Named] = []
    read: dict[str, Read] = {}
    for section, (kind, schema) in SECTIONS.items():
        entries = document.get(section)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            place: Place = (section, index)
            id_ = _own_id(kind, entry)
            if id_ is not None:
                named.append(Named(kind=kind, id=id_, place=place))
            try:
                values = schema().load(entry)
            except ValidationError as error:
                problems.extend(_flat(error.messages, place))
                continue
            if id_ is not None:
                read.setdefault(section, []).append((place, id_, values))
    return Load(draft=_draft(read, named, readable=not problems), unreadable=problems)


def _wrong_sections(document: Mapping[Any, Any]) -> Iterator[Problem]:
    for section in document:
        if section not in SECTIONS:
            yield Problem(place=(str(section),), message=f"is not one of: {', '.join(SECTIONS)}")
    for section in SECTIONS:
        if section not in document:
            if section not in OPTIONAL:
                yield Problem(place=(section,), message="is missing; an empty list would withdraw all of them")
        elif not isinstance(document[section], list):
            yield Problem(place=(section,), message="is not a list")


def _own_id(kind: str, entry: Any) -> UUID | None:
    own = (entry.get("key"), entry.get("id")) if isinstance(entry, Mapping) else (None, None)
    return next((derived_id(kind, value) for value in own if is_key(value)), None)


def _flat(messages: Any, place: Place) -> Iterator[Problem]:
    """Marshmallow's tree of messages as problems."""
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            yield from _flat(inner, place if step == "_schema" else (*place, step))
    else:
        for message in messages:
            yield Problem(place=place, message=str(message))


def _draft(read: Mapping[str, Read], named: list[Named], *, readable: bool) -> Draft:
    practitioners: list[Entry[Practitioner]] = []
    schedules: list[Entry[Schedule]] = []
    for place, id_, values in read.get("practitioners", []):
        weekly, time_off = values.pop("weekly"), values.pop("time_off")
        person = PractitionerId(id_)
        practitioners.append(Entry(place=place, value=Practitioner(id=person, **values)))
        schedules.append(Entry(place=place, value=Schedule(practitioner_id=person, weekly=weekly, time_off=time_off)))
    return Draft(
        named=tuple(named),
        locations=tuple(
            Entry(place=place, value=Location(id=LocationId(id_), **values))
            for place, id_, values in read.get("locations", [])
        ),
        services=tuple(
            Entry(place=place, value=Service(id=ServiceId(id_), **values))
            for place, id_, values in read.get("services", [])
        ),
        practitioners=tuple(practitioners),
        schedules=tuple(schedules),
        resources=(
            *_resources(read, "rooms", ResourceKind.ROOM),
            *_resources(read, "equipment", ResourceKind.EQUIPMENT),
        ),
        readable=readable,
    )


def _resources(read: Mapping[str, Read], section: str, kind: ResourceKind) -> Iterator[Entry[Resource]]:
    for place, id_, values in read.get(section, []):
        fields = {"room_kind": None, "capacity": 1, **values}
        yield Entry(place=place, value=Resource(id=ResourceId(id_), kind=kind, **fields))
