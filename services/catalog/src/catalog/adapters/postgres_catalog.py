"""The catalog in PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from messaging import outbox
from messaging.envelope import Event
from sqlalchemy import Connection, Engine, RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert

from catalog.adapters.tables import TABLES
from catalog.adapters.tables import outbox as outbox_table
from catalog.application.ports import Writing
from catalog.application.published import Kind, Published

_WRITER_LOCK = 0x5107_CA7A
"""One writer at a time, for the length of its transaction: a number among the database's advisory locks."""


class PostgresCatalog:
    """Implements `catalog.application.ports.Catalog`; calls `wake` after a commit that recorded events."""

    def __init__(self, engine: Engine, *, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._wake = wake

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_WRITER_LOCK)))
            writing = _PostgresWriting(connection)
            yield writing
        if writing.owes_events:
            self._wake()

    def snapshot(self) -> Sequence[Published]:
        # All tables as of one instant: a resource never comes without its location.
        frozen = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with frozen.connect() as connection:
            return _everything(connection)


class _PostgresWriting:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.owes_events = False

    def entities(self) -> Sequence[Published]:
        return _everything(self._connection)

    def save(self, entity: Published) -> None:
        table = TABLES[entity.kind]
        upsert = insert(table).values(**entity.data)
        changed = {name: upsert.excluded[name] for name in entity.data if name != entity.kind.id_field}
        self._connection.execute(upsert.on_conflict_do_update(index_elements=[entity.kind.id_field], set_=changed))

    def record(self, event: Event) -> None:
        outbox.record(self._connection, outbox_table, event)
        self.owes_events = True


def _everything(connection: Connection) -> list[Published]:
    return [
        _published(kind, row)
        for kind, table in TABLES.items()
        for row in connection.execute(select(table).order_by(table.c[kind.id_field])).mappings()
    ]


def _published(kind: Kind, row: RowMapping) -> Published:
    state: dict[str, Any] = {str(name): str(value) if isinstance(value, UUID) else value for name, value in row.items()}
    version, deleted = state.pop("version"), state.pop("deleted")
    return Published(kind=kind, id=row[kind.id_field], version=version, deleted=deleted, state=state)
