"""A change of the catalog and what it displaces, in one transaction.

The change first takes its turn and then writes its rows: it waits for every confirm that has locked them, and every
confirm that comes later waits for it and is judged by it. So a booking either was made before, and is seen here, or is
judged by the clinic as it became.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from messaging.envelope import Event
from messaging.outbox import record
from sqlalchemy import Connection, select

from booking.adapters import catalog_copy, postgres_displacements
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.event_wire import to_event
from booking.adapters.tables import catalog_copy_state, outbox
from booking.domain.booking import CANCELLED
from booking.domain.clinic import Clinic
from booking.domain.displacement import Displaced, Misfits, displaced, touched
from booking.domain.events import DISPLACED, DisplacedEvent
from booking.domain.ids import BookingId


class CatalogChanges:
    """Takes in what the catalog says, and lists the bookings that no longer fit. `now` is the clinic's clock.

    One change a transaction: what a change finds there is taken for committed, and remembered.
    """

    def __init__(self, memory: ClinicMemory, *, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._now = now

    def apply(self, connection: Connection, event: Event) -> None:
        """Take in an event, as `catalog_copy.apply` does, and list what it displaces."""
        self._change(connection, lambda: catalog_copy.apply(connection, event))

    def load(
        self,
        connection: Connection,
        entities: Iterable[Mapping[str, Any]],
        *,
        loaded_at: datetime,
        replace: bool = False,
    ) -> int:
        """Take in a snapshot, as `catalog_copy.load` does, and list what it displaces."""
        changed: list[int] = []
        self._change(
            connection,
            lambda: changed.append(catalog_copy.load(connection, entities, now=loaded_at, replace=replace)),
        )
        return changed[0]

    def _change(self, connection: Connection, write: Callable[[], object]) -> None:
        connection.execute(select(catalog_copy_state.c.version).with_for_update()).scalar_one()
        # Remembered, though nobody asked for it: with the turn taken nothing can change meanwhile, and a process that
        # takes in one change after another would else read all of them again at each.
        before = self._memory.caught_up(connection)
        write()
        _displace(connection, before, self._memory.within(connection), self._now())


def _displace(connection: Connection, before: Clinic, after: Clinic, now: datetime) -> None:
    known = postgres_displacements.known(connection)
    suspects = {
        each.booking.id
        for each in postgres_displacements.standing(connection, touched(before, after), now)
        if displaced(before, after, each)
    }
    # Locked and read again: one that is being moved or cancelled just now is judged as it will stand.
    found = {
        each.booking.id: Displaced(standing=each, since=now, misfits=wrong)
        for each in postgres_displacements.to_come(connection, suspects | set(known), now, lock=True)
        if (wrong := displaced(before, after, each, known=known.get(each.booking.id, frozenset())))
    }
    postgres_displacements.write(
        connection,
        (each for each in found.values() if each.misfits != known.get(each.booking.id)),
        clinic_version=after.version,
    )
    postgres_displacements.strike(connection, [each for each in known if each not in found])
    for told in _news(found, known):
        happened = DisplacedEvent(name=DISPLACED, occurred_at=now, displaced=told)
        record(connection, outbox, to_event(happened, after))


def _news(found: Mapping[BookingId, Displaced], known: Mapping[BookingId, Misfits]) -> Iterator[Displaced]:
    """Those with whom something is wrong that was not told yet; of a cancelled one that may be undone, nothing is."""
    for booking_id, each in found.items():
        if each.booking.state != CANCELLED and not each.misfits <= known.get(booking_id, frozenset()):
            yield each
