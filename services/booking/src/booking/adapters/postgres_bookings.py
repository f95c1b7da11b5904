"""Bookings in PostgreSQL: the exclusion constraint over allocations decides who gets a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from messaging import deadline
from messaging.outbox import record
from psycopg2 import errorcodes
from runtime import failpoints
from sqlalchemy import CTE, Connection, Engine, column, delete, func, literal, select, true, update, values
from sqlalchemy.dialects.postgresql import Range as SqlRange
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from booking.adapters.booking_rows import booking_of, row_of
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.event_wire import to_event
from booking.adapters.tables import allocations, bookings, catalog_copy, idempotency, outbox
from booking.application.ports import AlreadyMade, Earlier, Idempotency, Taken, Transaction
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import Clinic
from booking.domain.events import BookingEvent
from booking.domain.ids import BookingId, HoldId
from booking.domain.zones import instant, utc

T = TypeVar("T")

_SACRIFICED = {errorcodes.DEADLOCK_DETECTED, errorcodes.SERIALIZATION_FAILURE}
_ATTEMPTS = 5


class OutcomeUnknown(Exception):
    """The connection was lost during COMMIT. A fault: repeating the same request finds out, and is safe."""


class PostgresBookings:
    """The port `Bookings`. `wake` is called after a commit that left an event, and must not block."""

    def __init__(self, engine: Engine, memory: ClinicMemory, *, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._memory = memory
        self._wake = wake

    def find(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, Booking]:
        """See `Bookings.find`."""
        query = select(bookings).where(bookings.c.id.in_(booking_ids))
        found = self._read(lambda connection: connection.execute(query).mappings().all())
        return {BookingId(row["id"]): booking_of(row) for row in found}

    def claims(self, booking_id: BookingId) -> list[Claim]:
        """See `Bookings.claims`."""
        query = (
            select(allocations.c.resource_id, allocations.c.during)
            .where(allocations.c.booking_id == booking_id)
            .order_by(allocations.c.resource_id)
        )
        found = self._read(lambda connection: connection.execute(query).all())
        return [
            Claim(resource_id=resource_id, during=(instant(during.lower), instant(during.upper)))
            for resource_id, during in found
        ]

    def earlier(self, hold_id: HoldId, idempotency: Idempotency | None = None) -> Earlier:
        """See `Bookings.earlier`."""
        rows = self._read(lambda connection: _earlier(connection, hold_id, idempotency))
        row = rows[0]
        if idempotency is not None and row["body_hash"] is not None and row["body_hash"] != idempotency.body_hash:
            return Earlier(key_reused=True)
        return Earlier(booking=booking_of(row) if row["id"] is not None else None)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """See `Bookings.transact`."""
        for attempt in range(1, _ATTEMPTS + 1):
            deadline.check()
            try:
                return self._once(work)
            except DBAPIError as error:
                sacrificed = getattr(error.orig, "pgcode", None) in _SACRIFICED
                stale = error.connection_invalidated and attempt == 1
                if attempt == _ATTEMPTS or not (sacrificed or stale):
                    raise
        raise AssertionError("unreachable")

    def sweep(self, *, before: datetime) -> int:
        """See `Bookings.sweep`."""
        old = delete(idempotency).where(idempotency.c.made_at < before)
        return int(self._read(lambda connection: connection.execute(old).rowcount))

    def _once(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            transaction = connection.begin()
            unit = PostgresTransaction(connection, self._memory)
            try:
                result = work(unit)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise OutcomeUnknown("the connection was lost during COMMIT") from error
                raise
        if unit.told:
            failpoints.hit("booking.after_commit_before_wake")
            self._wake()
        return result

    def _read(self, work: Callable[[Connection], T]) -> T:
        """Do what may be done twice; once more on a fresh connection if the pooled one had died."""
        try:
            with self._reading.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self._reading.connect() as connection:
            return work(connection)


class PostgresTransaction:
    """The port `Transaction`."""

    def __init__(self, connection: Connection, memory: ClinicMemory) -> None:
        self._connection = connection
        self._memory = memory
        self.told = False

    def lock_catalog(self, ids: Iterable[str]) -> Clinic:
        """See `Transaction.lock_catalog`."""
        rows = (
            select(catalog_copy.c.changed_in)
            .where(catalog_copy.c.id.in_(sorted(ids)))
            .order_by(catalog_copy.c.id, catalog_copy.c.kind)
            .with_for_update(read=True)
        )
        newest = max(self._connection.execute(rows).scalars(), default=0)
        clinic = self._memory.clinic
        if clinic is None or clinic.version < newest:
            clinic = self._memory.refreshed(self._connection)
        if clinic is None:
            raise AssertionError("a hold was given out before the catalog was loaded")
        return clinic

    def add(self, booking: Booking, claims: Sequence[Claim], idempotency: Idempotency | None) -> None:
        """See `Transaction.add`. One statement: each insert leaves out what conflicts, and their counts tell."""
        row = insert(bookings).values(row_of(booking)).on_conflict_do_nothing(index_elements=["hold_id"])
        made = row.returning(bookings.c.id, bookings.c.made_at).cte("made")
        parts = [made, _allocate(made, claims).cte("taken")]
        if idempotency is not None:
            parts.append(_remember(made, idempotency).cte("remembered"))
        counts = self._connection.execute(
            select(*(select(func.count()).select_from(part).scalar_subquery() for part in parts))
        ).one()
        if counts[0] == 0 or (idempotency is not None and counts[2] == 0):
            raise AlreadyMade
        if counts[1] < len(claims):
            raise Taken

    def lock(self, booking_id: BookingId) -> Booking | None:
        """See `Transaction.lock`."""
        query = select(bookings).where(bookings.c.id == booking_id).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return booking_of(row) if row is not None else None

    def change(self, booking: Booking) -> None:
        """See `Transaction.change`."""
        self._connection.execute(update(bookings).where(bookings.c.id == booking.id).values(row_of(booking)))

    def free(self, booking_id: BookingId) -> None:
        """See `Transaction.free`."""
        given_up = update(allocations).where(allocations.c.booking_id == booking_id).values(active=False)
        self._connection.execute(given_up)

    def allocate_again(self, booking_id: BookingId) -> None:
        """See `Transaction.allocate_again`."""
        theirs = (
            select(allocations.c.id).where(allocations.c.booking_id == booking_id).order_by(allocations.c.resource_id)
        )
        try:
            for allocation_id in self._connection.execute(theirs).scalars().all():
                again = update(allocations).where(allocations.c.id == allocation_id).values(active=True)
                self._connection.execute(again)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) == errorcodes.EXCLUSION_VIOLATION:
                raise Taken from error
            raise

    def tell(self, event: BookingEvent) -> None:
        """See `Transaction.tell`."""
        record(self._connection, outbox, to_event(event))
        self.told = True


def _allocate(made: CTE, claims: Sequence[Claim]) -> Any:
    during = [SqlRange(utc(claim.during[0]), utc(claim.during[1]), bounds="[)") for claim in claims]
    names = column("resource_id", allocations.c.resource_id.type), column("during", allocations.c.during.type)
    wanted = values(*names, name="wanted").data(
        [(claim.resource_id, span) for claim, span in zip(claims, during, strict=True)]
    )
    rows = (
        select(made.c.id, wanted.c.resource_id, wanted.c.during, true())
        .select_from(made.join(wanted, true()))
        .order_by(wanted.c.resource_id)
    )
    # ON CONFLICT DO NOTHING covers the exclusion constraint; unlike a plain insert it never deadlocks two rivals
    # who each have written and wait for the other (they would stand still for deadlock_timeout).
    return (
        insert(allocations)
        .from_select(["booking_id", "resource_id", "during", "active"], rows)
        .on_conflict_do_nothing()
        .returning(allocations.c.id)
    )


def _remember(made: CTE, key: Idempotency) -> Any:
    row = select(literal(key.scope), literal(key.key), literal(key.body_hash), made.c.id, made.c.made_at)
    return (
        insert(idempotency)
        .from_select(["scope", "key", "body_hash", "booking_id", "made_at"], row)
        .on_conflict_do_nothing()
        .returning(idempotency.c.booking_id)
    )


def _earlier(connection: Connection, hold_id: HoldId, key: Idempotency | None) -> Sequence[Any]:
    remembered = (
        select(idempotency.c.body_hash, idempotency.c.booking_id)
        .where(idempotency.c.scope == (key.scope if key else None), idempotency.c.key == (key.key if key else None))
        .subquery()
    )
    one = select(true().label("row")).subquery()
    of_hold = select(bookings.c.id).where(bookings.c.hold_id == hold_id).scalar_subquery()
    query = select(remembered.c.body_hash, bookings).select_from(
        one.outerjoin(remembered, one.c.row).outerjoin(
            bookings, bookings.c.id == func.coalesce(remembered.c.booking_id, of_hold)
        )
    )
    return connection.execute(query).mappings().all()
