"""The catalog as its document, with a way to find and replace the entry of an entity."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from catalog.application.export import RESOURCE_SECTIONS, SECTIONS, entries
from catalog.application.published import Kind, Published
from catalog.domain.problem import Place

Entry = dict[str, Any]

SECTION_OF = {Kind.LOCATION: "locations", Kind.SERVICE: "services", Kind.PRACTITIONER: "practitioners"}
HOURS = ("weekly", "one_off", "time_off", "daily_hands_on_minutes")
_KINDS = {section: kind for kind, section in RESOURCE_SECTIONS.items()}


class Document:
    """What is offered now. A practitioner's entry and their schedule's are two views of one entry of the document."""

    def __init__(self, entities: Sequence[Published]) -> None:
        living = [entity for entity in entities if not entity.deleted]
        spoken = next((entity.state["language"] for entity in living if "language" in entity.state), "en")
        self.data: dict[str, Any] = {"language": spoken, **{section: [] for section in SECTIONS}}
        self._places: dict[tuple[Kind, UUID], tuple[str, int]] = {}
        for section, entity, entry in entries(living):
            self._places[entity.kind, entity.id] = (section, len(self.data[section]))
            self.data[section].append(entry)

    def entry(self, kind: Kind, id_: UUID) -> Entry | None:
        """The entry as its author wrote it; None if there is none."""
        place = self._place(kind, id_)
        if place is None:
            return None
        section, index = place
        whole: Entry = self.data[section][index]
        if kind is Kind.SCHEDULE:
            return {name: whole[name] for name in HOURS}
        entry = {name: value for name, value in whole.items() if name not in HOURS}
        return {"kind": _KINDS[section], **entry} if kind is Kind.RESOURCE else entry

    def put(self, kind: Kind, id_: UUID, entry: Entry | None) -> Place:
        """Put the entry in its place, or take it away, and return the place that problems with it will have."""
        place = self._place(kind, id_)
        if entry is None and place is not None:
            section, index = place
            del self.data[section][index]
            return ("nowhere",)
        given = dict(entry or {})
        if kind is Kind.SCHEDULE:
            section, index = place or ("practitioners", 0)
            person = {name: value for name, value in self.data[section][index].items() if name not in HOURS}
            self.data[section][index] = person | given
            return (section, index)
        if kind is Kind.PRACTITIONER:
            hours = self.data[place[0]][place[1]] if place else {}
            given |= {name: hours[name] for name in HOURS if name in hours}
        section = (
            RESOURCE_SECTIONS.get(given.pop("kind", "room"), "rooms") if kind is Kind.RESOURCE else SECTION_OF[kind]
        )
        if not given.get("key"):
            given = {**{name: value for name, value in given.items() if name != "key"}, "id": str(id_)}
        if place is not None and place[0] == section:
            self.data[section][place[1]] = given
            return place
        if place is not None:  # a room that becomes equipment stands elsewhere
            del self.data[place[0]][place[1]]
        self.data[section].append(given)
        return (section, len(self.data[section]) - 1)

    def _place(self, kind: Kind, id_: UUID) -> tuple[str, int] | None:
        return self._places.get((Kind.PRACTITIONER if kind is Kind.SCHEDULE else kind, id_))
