"""Time off, one by one: each is a part of its practitioner's schedule and has an id of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from catalog.application.errors import Refused
from catalog.application.published import Kind, Published

Entry = dict[str, Any]


def time_off_id(practitioner_id: UUID, off: Mapping[str, str]) -> UUID:
    """The same for the same practitioner and the same instants, however they are written in the document."""
    return uuid5(practitioner_id, f"{off['from']}/{off['to']}")


def all_time_off(entities: Iterable[Published]) -> Iterator[tuple[UUID, UUID, Mapping[str, str]]]:
    """Id, practitioner and span of everybody's time off."""
    for entity in entities:
        if entity.kind is Kind.SCHEDULE and not entity.deleted:
            for off in entity.state["time_off"]:
                yield time_off_id(entity.id, off), entity.id, off


def with_time_off(off: Mapping[str, Any]) -> Callable[[Entry | None], Entry]:
    """A change to a schedule that adds time off; what is there already is not added twice."""

    def change(present: Entry | None) -> Entry:
        if present is None:
            raise Refused("unknown_practitioner", "There is no such practitioner.")
        kept = present["time_off"]
        return {**present, "time_off": kept if off in kept else [*kept, dict(off)]}

    return change


def without_time_off(practitioner_id: UUID, id_: UUID) -> Callable[[Entry | None], Entry]:
    """A change to a schedule that takes one time off away."""

    def change(present: Entry | None) -> Entry:
        kept = [off for off in (present or {"time_off": []})["time_off"] if time_off_id(practitioner_id, off) != id_]
        if present is None or len(kept) == len(present["time_off"]):
            raise Refused("unknown_entry", "There is no such time off.")
        return {**present, "time_off": kept}

    return change
