"""From a catalog document to a draft, entry by entry: one that can't be read hides nothing in the others."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError

from catalog import fields as written
from catalog import schemas
from catalog.application.document import HOURS
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
    "places": ("resource", schemas.PlacesSchema),
}
OPTIONAL = {"equipment", "places"}
LANGUAGE = "language"
MOST_ENTRIES = 5_000

T = TypeVar("T")
Read = list[tuple[Place, UUID, dict[str, Any]]]
_MOST_UNITS = 50


def parse(document: Any) -> Load:
    """The command to load this document. It raises nothing: what can't be read is listed in the command."""
    if not isinstance(document, Mapping):
        return Load(draft=_draft({}, [], readable=False), unreadable=[Problem(place=(), message="is not an object")])
    problems = list(_wrong_sections(document))
    named: list[Named] = []
    read: dict[str, Read] = {}
    with written.language_of_the_document(_language(document)):
        for section, (kind, schema) in SECTIONS.items():
            entries = document.get(section)
            for index, entry in enumerate(entries[:MOST_ENTRIES] if isinstance(entries, list) else []):
                place: Place = (section, index)
                id_ = _own_id(kind, entry)
                if id_ is not None:
                    named += [Named(kind=kind, id=unit, place=place) for unit in _units(id_, entry)]
                try:
                    values = schema().load(entry)
                except ValidationError as error:
                    problems.extend(_flat(error.messages, place))
                    continue
                if id_ is not None:
                    read.setdefault(section, []).append((place, id_, values))
        return Load(draft=_draft(read, named, readable=not problems), unreadable=problems)


def _language(document: Mapping[Any, Any]) -> str:
    language = document.get(LANGUAGE)
    return language if isinstance(language, str) else "en"


def _wrong_sections(document: Mapping[Any, Any]) -> Iterator[Problem]:
    for section in document:
        if section != LANGUAGE and section not in SECTIONS:
            yield Problem(place=(str(section),), message=f"is not one of: {', '.join(SECTIONS)}, {LANGUAGE}")
    language = document.get(LANGUAGE, "en")
    if not isinstance(language, str) or not written.LANGUAGE.fullmatch(language):
        yield Problem(place=(LANGUAGE,), message="is not a language like en")
    for section in SECTIONS:
        if section not in document:
            if section not in OPTIONAL:
                yield Problem(place=(section,), message="is missing; an empty list would withdraw all of them")
        elif not isinstance(document[section], list):
            yield Problem(place=(section,), message="is not a list")
        elif len(document[section]) > MOST_ENTRIES:
            entries = len(document[section])
            yield Problem(place=(section,), message=f"has {entries} entries; {MOST_ENTRIES} is the most")


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
    language = written.current_language()
    for place, id_, values in read.get("practitioners", []):
        hours = {name: values.pop(name) for name in HOURS}
        person = PractitionerId(id_)
        practitioners.append(Entry(place=place, value=Practitioner(id=person, language=language, **values)))
        schedules.append(Entry(place=place, value=Schedule(practitioner_id=person, **hours)))
    return Draft(
        named=tuple(named),
        locations=tuple(
            Entry(place=place, value=Location(id=LocationId(id_), language=language, **values))
            for place, id_, values in read.get("locations", [])
        ),
        services=tuple(
            Entry(place=place, value=Service(id=ServiceId(id_), language=language, **values))
            for place, id_, values in read.get("services", [])
        ),
        practitioners=tuple(practitioners),
        schedules=tuple(schedules),
        resources=(
            *_resources(read, "rooms", ResourceKind.ROOM),
            *_resources(read, "equipment", ResourceKind.EQUIPMENT),
            *_resources(read, "places", ResourceKind.PLACE),
        ),
        readable=readable,
    )


def _resources(read: Mapping[str, Read], section: str, kind: ResourceKind) -> Iterator[Entry[Resource]]:
    for place, id_, values in read.get(section, []):
        count, key, name = values.pop("count", 1), values.pop("key"), values.pop("name")
        for number, unit in enumerate(_units(id_, {"key": key, "count": count}), start=1):
            values["name"] = f"{name} {number}" if count > 1 else name
            resource = Resource(id=ResourceId(unit), key=_numbered(key, number), kind=kind, **values)
            yield Entry(place=place, value=resource)


def _units(id_: UUID, entry: Any) -> Iterator[UUID]:
    """The ids of all the units that an entry stands for: the first has its own, the others number on."""
    yield id_
    count = entry.get("count") if isinstance(entry, Mapping) else None
    for number in range(2, count + 1 if isinstance(count, int) and 1 < count <= _MOST_UNITS else 0):
        yield derived_id("resource", _numbered(entry.get("key"), number) or f"{id_}/{number}")


def _numbered(key: str | None, number: int) -> str | None:
    return key if key is None or number == 1 else f"{key}-{number}"
