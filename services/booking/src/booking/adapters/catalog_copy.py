"""Booking's own copy of the catalog: filled by events, rebuilt from a snapshot, read into one `Clinic` a version.

Each change raises the copy's version by one in its own transaction, so a reader who knows a version asks only for
what has changed since, and any query can tell in passing whether the version in memory is still the newest.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from messaging.envelope import Event, MalformedEvent
from sqlalchemy import Connection, cast, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from booking.adapters.catalog_events import Told, read, told
from booking.adapters.tables import catalog_copy, catalog_copy_state
from booking.domain.clinic import Clinic

_SINCE = """
    SELECT state.version, state.loaded_at, copy.kind, copy.id::text, copy.data
    FROM catalog_copy_state AS state LEFT JOIN catalog_copy AS copy ON copy.changed_in > %(version)s
"""


def apply(connection: Connection, event: Event) -> None:
    """Take in what an event tells, if it is newer than what is known. Order and repetition do not matter."""
    try:
        entity = told(event.name, event.data)
    except ValidationError as error:
        raise MalformedEvent(str(error)) from error
    if entity is not None:
        _write(connection, [entity], _raised(connection))


def load(connection: Connection, entities: Iterable[Mapping[str, Any]], *, now: datetime, replace: bool = False) -> int:
    """Take in a whole snapshot (`name` and `data` of each entity), be ready from then on; return how much changed.

    With `replace` the snapshot is the truth: what it lacks is marked deleted, and what it says stands even where
    something newer was known.
    """
    everything = [entity for each in entities if (entity := told(each["name"], each["data"])) is not None]
    version = _raised(connection)
    changed = 0
    if replace:
        known = tuple_(catalog_copy.c.kind, catalog_copy.c.id)
        gone = update(catalog_copy).where(known.not_in([(each.kind, each.id) for each in everything]))
        buried = catalog_copy.c.data.op("||")(cast({"deleted": True}, JSONB))
        changed += connection.execute(gone.values(data=buried, changed_in=version)).rowcount
    changed += _write(connection, everything, version, whatever_is_known=replace)
    connection.execute(update(catalog_copy_state).values(loaded_at=func.coalesce(catalog_copy_state.c.loaded_at, now)))
    return changed


def is_loaded(connection: Connection) -> bool:
    """Say whether a whole snapshot was ever loaded."""
    return connection.execute(select(catalog_copy_state.c.loaded_at)).scalar_one() is not None


def _raised(connection: Connection) -> int:
    """Raise the copy's version; the row lock lets one change at a time through, so versions commit in order."""
    raised = update(catalog_copy_state).values(version=catalog_copy_state.c.version + 1)
    return int(connection.execute(raised.returning(catalog_copy_state.c.version)).scalar_one())


def _write(connection: Connection, entities: Iterable[Told], version: int, *, whatever_is_known: bool = False) -> int:
    changed = 0
    for entity in sorted(entities, key=lambda each: (each.id, each.kind)):  # the order in which confirms lock
        row = insert(catalog_copy).values(
            kind=entity.kind, id=entity.id, version=entity.version, changed_in=version, data=dict(entity.data)
        )
        newer = row.on_conflict_do_update(
            index_elements=["kind", "id"],
            set_={name: row.excluded[name] for name in ("version", "changed_in", "data")},
            where=None if whatever_is_known else catalog_copy.c.version < row.excluded.version,
        )
        changed += connection.execute(newer).rowcount
    return changed


class ClinicMemory:
    """The newest clinic this process has seen."""

    def __init__(self) -> None:
        self._clinic = Clinic(version=-1)
        self._loaded = False

    @property
    def clinic(self) -> Clinic | None:
        """The clinic, or None while no snapshot was loaded."""
        return self._clinic if self._loaded else None

    def refreshed(self, connection: Connection) -> Clinic | None:
        """Read what has changed since, in one query; return the newest clinic, or None if there is none yet."""
        self.caught_up(connection)
        return self.clinic

    def caught_up(self, connection: Connection) -> Clinic:
        """Read what has changed since, remember and return it, loaded or not.

        Only for a transaction that has changed nothing of the copy: what it reads must be committed.
        """
        newest, loaded = self._read(connection)
        if newest.version > self._clinic.version:  # another greenlet may have been faster
            self._clinic = newest
        self._loaded = self._loaded or loaded
        return newest

    def within(self, connection: Connection) -> Clinic:
        """Return the clinic as this transaction sees it, its own changes included. It is not remembered."""
        return self._read(connection)[0]

    def _read(self, connection: Connection) -> tuple[Clinic, bool]:
        before = self._clinic
        rows = connection.exec_driver_sql(_SINCE, {"version": before.version}).all()
        version, loaded_at = rows[0][0], rows[0][1]
        if version <= before.version:
            return before, loaded_at is not None
        changed = [(entity, read(kind, data)) for _, _, kind, entity, data in rows if kind is not None]
        return before.changed(version, changed), loaded_at is not None
