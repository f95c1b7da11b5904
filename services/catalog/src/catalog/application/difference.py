"""What a load would change, told entity by entity and field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from catalog.application.published import Kind, Published

MOST_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChanged:
    """One field, before and after; None where there was or will be nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityChanged:
    """One entity that was (or would be) added, changed or withdrawn, and which of its fields change."""

    kind: Kind
    id: UUID
    name: str
    what: str
    fields: tuple[FieldChanged, ...] = ()


def difference(current: Mapping[tuple[Kind, UUID], Published], changes: Sequence[Published]) -> Iterator[EntityChanged]:
    """What each change does to what there is. Texts are told with the fields that they stand in, not twice."""
    for entity in changes:
        before = current.get((entity.kind, entity.id))
        name = str(entity.state.get("name") or entity.state.get("key") or entity.id)
        if entity.kind is Kind.SCHEDULE:
            person = current.get((Kind.PRACTITIONER, entity.id))
            name = str(person.state["name"]) if person else name
        what = "withdrawn" if entity.deleted else "changed" if before and not before.deleted else "added"
        fields = tuple(_fields(before, entity)) if before and what == "changed" else ()
        yield EntityChanged(kind=entity.kind, id=entity.id, name=name, what=what, fields=fields)


def _fields(before: Published, after: Published) -> Iterator[FieldChanged]:
    for name in after.state:
        old, new = before.state.get(name), after.state[name]
        if old == new:
            continue
        if name == "texts":
            yield from _texts(old or [], new)
        else:
            yield FieldChanged(field=name, before=old, after=new)


def _texts(old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]) -> Iterator[FieldChanged]:
    was = {(row["path"], row["language"]): row["text"] for row in old}
    becomes = {(row["path"], row["language"]): row["text"] for row in new}
    for path, language in sorted(was.keys() | becomes.keys()):
        before, after = was.get((path, language)), becomes.get((path, language))
        if before != after:
            yield FieldChanged(field=f"{path} ({language})", before=before, after=after)
