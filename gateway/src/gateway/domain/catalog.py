"""The public catalog: branches, services and people as guests may see them, and how they are found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NewType, Self

Kind = Literal["location", "service", "practitioner"]
View = Mapping[str, Any]
Key = NewType("Key", tuple[Kind, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One version of a branch, a service or a practitioner.

    `view` is what everyone may read. `skills` are a practitioner's own, or those that a service asks for.
    """

    kind: Kind
    id: str
    version: int
    deleted: bool
    view: View
    skills: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return Key((self.kind, self.id))


@dataclass(frozen=True, slots=True)
class Catalog:
    """A consistent set of entities. Never changes; a change makes another one."""

    entities: Mapping[Key, Entity] = field(default_factory=dict)

    def with_newer(self, entities: Iterable[Entity]) -> Self:
        """This catalog with those of `entities` that are newer than what it has; itself if none is."""
        newer = {
            one.key: one
            for one in entities
            if one.key not in self.entities or one.version > self.entities[one.key].version
        }
        return type(self)({**self.entities, **newer}) if newer else self

    def one(self, kind: Kind, entity_id: str) -> View | None:
        """The view of one entity, or None if there is none."""
        entity = self.entities.get(Key((kind, entity_id)))
        return entity.view if entity and not entity.deleted else None

    def locations(self, *, modality: str | None = None) -> Sequence[View]:
        """The branches, or those that offer services of `modality`, by name."""
        offering = {
            offer["location_id"]
            for service in self._all("service")
            if modality in {None, service.view["modality"]}
            for offer in service.view["offers"]
        }
        found = (one.view for one in self._all("location") if modality is None or one.id in offering)
        return sorted(found, key=_by_name)

    def services(self, *, modality: str | None = None, location_id: str | None = None) -> Sequence[View]:
        """The services: what is booked most easily first, by phone last, by name among equals."""
        found = (
            one.view
            for one in self._all("service")
            if modality in {None, one.view["modality"]} and (location_id is None or _offer(one.view, location_id))
        )
        return sorted(found, key=lambda view: (_effort(view, location_id), *_by_name(view)))

    def practitioners(
        self,
        *,
        location_id: str | None = None,
        service_id: str | None = None,
        modality: str | None = None,
    ) -> Sequence[View]:
        """The practitioners who work at the branch and can give the service, or any service of the modality."""
        services = [
            one
            for one in self._all("service")
            if modality in {None, one.view["modality"]} and service_id in {None, one.id}
        ]
        found = (
            one.view
            for one in self._all("practitioner")
            if (location_id is None or location_id in one.view["location_ids"])
            and (
                (service_id is None and modality is None)
                or any(_can_give(one, service, location_id) for service in services)
            )
        )
        return sorted(found, key=_by_name)

    def _all(self, kind: Kind) -> Iterable[Entity]:
        return (one for one in self.entities.values() if one.kind == kind and not one.deleted)


def _can_give(practitioner: Entity, service: Entity, location_id: str | None) -> bool:
    places = practitioner.view["location_ids"] if location_id is None else [location_id]
    return not practitioner.skills.isdisjoint(service.skills) and any(_offer(service.view, place) for place in places)


def _offer(service: View, location_id: str) -> View | None:
    return next((offer for offer in service["offers"] if offer["location_id"] == location_id), None)


def _effort(service: View, location_id: str | None) -> tuple[bool, int]:
    """Whether one has to call for it, and how many safety questions it asks."""
    online = any(
        offer["channel"] == "online" for offer in service["offers"] if location_id in {None, offer["location_id"]}
    )
    return not online, len(service["screening"]["questions"]) if service["screening"] else 0


def _by_name(view: View) -> tuple[str, str]:
    return view["name"].casefold(), view["id"]
