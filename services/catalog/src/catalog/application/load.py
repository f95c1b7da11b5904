"""Make the catalog say what a document says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from messaging.envelope import Event

from catalog.application.difference import EntityChanged, difference
from catalog.application.errors import InvalidCatalog, Refused
from catalog.application.ports import Catalog, Writing
from catalog.application.published import Kind, Published, State
from catalog.application.states import states_of
from catalog.domain.draft import Draft, problems_of
from catalog.domain.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A document as far as it could be read, and what could not be."""

    draft: Draft
    unreadable: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many entities came, changed, went and stayed as they were."""

    added: int
    changed: int
    withdrawn: int
    unchanged: int


def load(
    command: Load, *, catalog: Catalog, now: datetime, correlation_id: str, if_revision: int | None = None
) -> Loaded:
    """Load the whole document, or raise `InvalidCatalog` (or `Refused` if it changed since) and change nothing.

    What the document no longer has becomes a tombstone. An entity that is as it was keeps its version and
    emits nothing, so loading the same document again does nothing at all.
    """
    _refuse_unsound(command)
    with catalog.write() as writing:
        current = by_key(writing.entities())
        if if_revision is not None and if_revision != revision_of(current.values()):
            now_at = revision_of(current.values())
            raise Refused("revision_mismatch", f"The clinic is at revision {now_at} now.", extra={"revision": now_at})
        changes = list(changes_to(current, command.draft))
        save(changes, writing=writing, now=now, correlation_id=correlation_id)
    return _summary(current, changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a load would do: in numbers, field by field, and entity by entity."""

    summary: Loaded
    difference: Sequence[EntityChanged]
    changes: Sequence[Published]


def preview(command: Load, *, catalog: Catalog) -> Preview:
    """What `load` would do to the catalog as it is now, or `InvalidCatalog`; nothing is changed."""
    _refuse_unsound(command)
    current = by_key(catalog.snapshot())
    changes = list(changes_to(current, command.draft))
    told = list(difference(current, changes))
    return Preview(summary=_summary(current, changes), difference=told, changes=changes)


def revision_of(entities: Iterable[Published]) -> int:
    """A number that every change of the catalog raises."""
    return sum(entity.version for entity in entities)


def by_key(entities: Iterable[Published]) -> dict[tuple[Kind, UUID], Published]:
    """The entities by kind and id, which together are unique."""
    return {(entity.kind, entity.id): entity for entity in entities}


def changes_to(current: Mapping[tuple[Kind, UUID], Published], draft: Draft) -> Iterator[Published]:
    """The next version of everything that a sound draft changes, tombstones included."""
    yield from _changes(current, list(states_of(draft)))


def save(changes: Iterable[Published], *, writing: Writing, now: datetime, correlation_id: str) -> None:
    """Put each change in its place and owe its event."""
    for entity in changes:
        writing.save(entity)
        writing.record(_event(entity, now=now, correlation_id=correlation_id))


def _refuse_unsound(command: Load) -> None:
    problems = [*command.unreadable, *problems_of(command.draft)]
    if problems:
        raise InvalidCatalog(problems)


def _changes(
    current: Mapping[tuple[Kind, UUID], Published], wanted: Sequence[tuple[Kind, UUID, State]]
) -> Iterator[Published]:
    for kind, id_, state in wanted:
        before = current.get((kind, id_))
        if before is None or before.deleted or before.state != state:
            version = before.version + 1 if before else 1
            yield Published(kind=kind, id=id_, version=version, deleted=False, state=state)
    kept = {(kind, id_) for kind, id_, _ in wanted}
    for key, entity in current.items():
        if key not in kept and not entity.deleted:
            yield replace(entity, version=entity.version + 1, deleted=True)


def _event(entity: Published, *, now: datetime, correlation_id: str) -> Event:
    return Event(
        id=uuid4(),
        name=entity.kind.event,
        occurred_at=now,
        correlation_id=correlation_id,
        causation_id=None,
        aggregate_id=entity.id,
        version=entity.version,
        data=entity.data,
    )


def _summary(current: Mapping[tuple[Kind, UUID], Published], changes: Sequence[Published]) -> Loaded:
    withdrawn = sum(entity.deleted for entity in changes)
    before = {key for key, entity in current.items() if not entity.deleted}
    added = sum(not entity.deleted and (entity.kind, entity.id) not in before for entity in changes)
    changed = len(changes) - withdrawn - added
    return Loaded(added=added, changed=changed, withdrawn=withdrawn, unchanged=len(before) - changed - withdrawn)
