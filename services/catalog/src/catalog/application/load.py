"""Make the catalog say what a document says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from messaging.envelope import Event

from catalog.application.errors import InvalidCatalog
from catalog.application.ports import Catalog
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


def load(command: Load, *, catalog: Catalog, now: datetime, correlation_id: str) -> Loaded:
    """Load the whole document, or raise `InvalidCatalog` and change nothing.

    What the document no longer has becomes a tombstone. An entity that is as it was keeps its version and
    emits nothing, so loading the same document again does nothing at all.
    """
    problems = [*command.unreadable, *problems_of(command.draft)]
    if problems:
        raise InvalidCatalog(problems)
    with catalog.write() as writing:
        current = {(entity.kind, entity.id): entity for entity in writing.entities()}
        changes = list(_changes(current, list(states_of(command.draft))))
        for entity in changes:
            writing.save(entity)
            writing.record(_event(entity, now=now, correlation_id=correlation_id))
    return _summary(current, changes)


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
