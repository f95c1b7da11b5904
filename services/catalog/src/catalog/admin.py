"""What an editor's calls ask for, entry by entry: reads the wire's words, runs the use cases, knows no rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from catalog.application.document import HOURS, Document
from catalog.application.edit import Edit, Edited, edit, replaced_by, withdrawn
from catalog.application.errors import InvalidEntry, Refused
from catalog.application.export import RESOURCE_SECTIONS
from catalog.application.ports import Catalog
from catalog.application.published import Kind, Published
from catalog.application.time_off import all_time_off, time_off_id, with_time_off, without_time_off
from catalog.domain.identity import derived_id
from catalog.domain.problem import Problem
from catalog.fields import is_key

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An entry of a kind: for the one with `id`, or a new one, whose id is `new_id` if it has no key."""

    kind: Kind
    entry: Any
    id: str | None = None
    new_id: str | None = None


def listed(kind: Kind, catalog: Catalog) -> list[tuple[Published, Json]]:
    """Every living entity of the kind with its entry."""
    entities = catalog.snapshot()
    document = Document(entities)
    found = [(entity, document.entry(kind, entity.id)) for entity in entities if entity.kind is kind]
    return [(entity, entry) for entity, entry in found if entry is not None and not entity.deleted]


def put(wanted: Wanted, *, if_version: int | None, dry_run: bool, **editing: Any) -> Edited:
    """Put the entry in its place. Raises `Refused`, also `already_exists` for a new entry with a key in use."""
    entry = _checked(wanted)
    if wanted.id is not None:
        change, id_ = replaced_by(entry), UUID(wanted.id)
    else:
        key = entry.get("key")
        id_ = derived_id(str(wanted.kind), key) if is_key(key) else UUID(wanted.new_id) if wanted.new_id else uuid4()

        def change(present: Json | None) -> Json:
            if present is not None:
                same = {name: present.get(name) for name in entry} == entry
                if not same:
                    raise Refused("already_exists", "An entry of this name is there already.", extra={"id": str(id_)})
            return replaced_by(entry, must_exist=False)(present)

    return edit(Edit(kind=wanted.kind, id=id_, change=change, if_version=if_version, dry_run=dry_run), **editing)


def withdraw(kind: Kind, id_: str, *, if_version: int | None, dry_run: bool = False, **editing: Any) -> Edited:
    """Withdraw the entry."""
    command = Edit(kind=kind, id=UUID(id_), change=withdrawn, if_version=if_version, dry_run=dry_run)
    return edit(command, **editing)


def time_off(catalog: Catalog) -> list[Json]:
    """Everybody's, in the order of the document."""
    return [_time_off(id_, person, off) for id_, person, off in all_time_off(catalog.snapshot())]


def add_time_off(practitioner_id: str, since: str, until: str, *, dry_run: bool, **editing: Any) -> tuple[Json, Edited]:
    """Add it; return it with its id, and what changed."""
    person, off = UUID(practitioner_id), {"from": _utc(since), "to": _utc(until)}
    if datetime.fromisoformat(until) <= datetime.fromisoformat(since):
        raise InvalidEntry([Problem(place=("to",), message="is not after `from`")])
    done = edit(Edit(kind=Kind.SCHEDULE, id=person, change=with_time_off(off), dry_run=dry_run), **editing)
    return _time_off(time_off_id(person, off), person, off), done


def remove_time_off(id_: str, **editing: Any) -> None:
    """Take it away; `unknown_entry` if there is none."""
    wanted = UUID(id_)
    found = [person for each, person, _ in all_time_off(editing["catalog"].snapshot()) if each == wanted]
    if not found:
        raise Refused("unknown_entry", "There is no such time off.")
    edit(Edit(kind=Kind.SCHEDULE, id=found[0], change=without_time_off(found[0], wanted)), **editing)


def _time_off(id_: UUID, person: UUID, off: Mapping[str, str]) -> Json:
    return {"id": str(id_), "practitioner_id": str(person), **off}


def _utc(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _checked(wanted: Wanted) -> Json:
    """The entry, if it is an object that says what an entry of its kind may say about its place."""
    if not isinstance(wanted.entry, Mapping):
        raise InvalidEntry([Problem(place=(), message="is not an object")])
    entry = dict(wanted.entry)
    problems = []
    if "id" in entry:
        problems.append(Problem(place=("id",), message="is not a known field"))
    if wanted.kind is Kind.RESOURCE and entry.get("kind") not in list(RESOURCE_SECTIONS):
        problems.append(Problem(place=("kind",), message=f"is not one of: {', '.join(RESOURCE_SECTIONS)}"))
    if wanted.kind is Kind.PRACTITIONER:
        problems += [
            Problem(place=(name,), message="belongs to the practitioner's schedule") for name in HOURS if name in entry
        ]
    if wanted.kind is Kind.SCHEDULE:
        problems += [Problem(place=(name,), message="is not a known field") for name in entry if name not in HOURS]
    if problems:
        raise InvalidEntry(problems)
    return entry
