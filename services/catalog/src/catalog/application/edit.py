"""Change one entry of the catalog, by the same rules as a whole document.

The catalog is turned into its document, the one entry is put in, and the document is judged as if it had been loaded:
an entry that breaks another one's requirement is refused as it would be in a file. Only what differs is saved and told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.application.document import Document
from catalog.application.errors import InvalidEntry, Refused
from catalog.application.load import Load, by_key, changes_to, save
from catalog.application.ports import Catalog
from catalog.application.published import Kind, Published
from catalog.domain.draft import problems_of
from catalog.domain.problem import Place, Problem, spell

Entry = dict[str, Any]
Read = Callable[[Any], Load]
"""How a document becomes a draft: `catalog.documents.parse`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to do to the entry of this kind and id: `change` is given it (None: there is none) and gives the new one.

    The new one is None to withdraw it. `if_version` refuses when the entry is no longer at that version.
    """

    kind: Kind
    id: UUID
    change: Callable[[Entry | None], Entry | None]
    if_version: int | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The entity as it is now (after a dry run: as it would be), and everything else that changed with it."""

    entity: Published
    changes: tuple[Published, ...]
    entry: Entry


def edit(command: Edit, *, catalog: Catalog, read: Read, now: datetime, correlation_id: str) -> Edited:
    """Make the change, or raise `Refused` and change nothing."""
    with catalog.write() as writing:
        current = by_key(writing.entities())
        before = current.get((command.kind, command.id))
        if command.if_version is not None and (before is None or before.version != command.if_version):
            version = before.version if before else 0
            raise Refused("revision_mismatch", f"It is at revision {version} now.", extra={"revision": version})
        document = Document(list(current.values()))
        place = document.put(command.kind, command.id, command.change(document.entry(command.kind, command.id)))
        loaded = read(document.data)
        problems = [*loaded.unreadable, *problems_of(loaded.draft)]
        if problems:
            raise InvalidEntry(_as_seen_from(place, problems))
        changes = list(changes_to(current, loaded.draft))
        if not command.dry_run:
            save(changes, writing=writing, now=now, correlation_id=correlation_id)
    after = current | by_key(changes)
    entity = after[command.kind, command.id]
    entry = Document(list(after.values())).entry(command.kind, command.id) or {}
    return Edited(entity=entity, changes=tuple(changes), entry=entry)


def _as_seen_from(place: Place, problems: Sequence[Problem]) -> list[Problem]:
    """Places within the entry as its author knows them; of others, what is wrong with them and where."""
    seen = []
    for problem in problems:
        if problem.place[: len(place)] == place:
            seen.append(Problem(place=problem.place[len(place) :], message=problem.message))
        else:
            seen.append(Problem(place=(), message=f"breaks {spell(problem.place)}: {problem.message}"))
    return seen


def replaced_by(entry: Mapping[str, Any], *, must_exist: bool = True) -> Callable[[Entry | None], Entry]:
    """A change that puts `entry` in the place of what there is; the key stays, for the id is derived from it."""

    def change(present: Entry | None) -> Entry:
        if present is None and must_exist:
            raise Refused("unknown_entry", "There is no such entry.")
        own: Entry = {name: present[name] for name in ("key", "id") if name in present} if present else {}
        if own.get("key") and entry.get("key") not in (None, own["key"]):
            raise InvalidEntry([Problem(place=("key",), message=f"cannot be changed: it is {own['key']!r}")])
        return {**entry, **own}

    return change


def withdrawn(present: Entry | None) -> None:
    """A change that withdraws the entry."""
    if present is None:
        raise Refused("unknown_entry", "There is no such entry.")
