"""Bookings in PostgreSQL: the exclusion constraint over allocations decides who gets a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar, cast

import psycopg2
from messaging import deadline
from messaging.outbox import record
from messaging.prepared import line
from psycopg2 import errorcodes
from runtime import failpoints
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.exc import DBAPIError

from booking.adapters import block_rows
from booking.adapters.booking_rows import WHOLE, WHOLE_BOOKINGS, booking_of, claim_of, row_of
from booking.adapters.booking_statement import (
    ADD,
    ALLOCATE,
    OFTEN_MISSED,
    Gathered,
    NotInOneStatement,
    check_written,
    claimed,
    often_missed,
    written,
)
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.event_wire import to_event
from booking.adapters.party_rows import party_rows
from booking.adapters.postgres_displacements import strike
from booking.adapters.postgres_series import PostgresSeriesUnit
from booking.adapters.postgres_therapy import PostgresTherapyUnit
from booking.adapters.postgres_waitlist import PostgresWaitlistUnit
from booking.adapters.sealing import Sealing
from booking.adapters.storage import Reader, storage
from booking.adapters.tables import (
    allocations,
    audit,
    bookings,
    catalog_copy,
    fees,
    idempotency,
    no_shows,
    outbox,
    party_guests,
)
from booking.application.ports import Earlier, Idempotency, Occupied, OftenMissed, Taken, Transaction
from booking.domain.audit import Note
from booking.domain.block import Block
from booking.domain.booking import NO_SHOW, Booking, Claim
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import Happened
from booking.domain.guest import Guest
from booking.domain.ids import BlockId, BookingId, HoldId
from booking.domain.patience import Patience

T = TypeVar("T")


def _earlier() -> Select[Any]:
    """What the idempotency key has made, or else the hold: always one row."""
    remembered = (
        select(idempotency.c.body_hash, idempotency.c.booking_id)
        .where(idempotency.c.scope == bindparam("scope", type_=Text), idempotency.c.key == bindparam("key", type_=Text))
        .subquery()
    )
    one = select(true().label("row")).subquery()
    of_hold = select(bookings.c.id).where(bookings.c.hold_id == bindparam("hold_id")).scalar_subquery()
    return select(remembered.c.body_hash, *WHOLE).select_from(
        one.outerjoin(remembered, one.c.row)
        .outerjoin(bookings, bookings.c.id == func.coalesce(remembered.c.booking_id, of_hold))
        .outerjoin(fees, fees.c.booking_id == bookings.c.id)
    )


_EARLIER = _earlier()
_SACRIFICED = {errorcodes.DEADLOCK_DETECTED, errorcodes.SERIALIZATION_FAILURE}
_ATTEMPTS = 5


_OVERLAPPING = """
    SELECT CASE WHEN booking_id IS NOT NULL THEN 'booking' WHEN block_id IS NOT NULL THEN 'block' ELSE 'lease' END,
           coalesce(booking_id, block_id, lease_id)::text, resource_id::text, during
    FROM unnest(%(resources)s::uuid[], %(since)s::bigint[], %(until)s::bigint[]) AS wanted (id, since, until)
    JOIN allocations ON resource_id = wanted.id AND active
     AND during && tstzrange(to_timestamp(wanted.since), to_timestamp(wanted.until))
    WHERE %(but)s::uuid IS NULL OR booking_id IS DISTINCT FROM %(but)s::uuid
    ORDER BY lower(during), resource_id
"""


class OutcomeUnknown(Exception):
    """The connection was lost during COMMIT. A fault: repeating the same request finds out, and is safe."""


class PostgresBookings:
    """The port `Bookings`. `wake` is called after a commit that left an event, and must not block.

    Documents can be kept only with a `sealing`.
    """

    def __init__(
        self, engine: Engine, memory: ClinicMemory, *, wake: Callable[[], None], sealing: Sealing | None = None
    ) -> None:
        self._engine = engine
        self._read = Reader(engine)
        self._memory = memory
        self._wake = wake
        self._sealing = sealing

    def find(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, Booking]:
        """See `Bookings.find`."""
        query = WHOLE_BOOKINGS.where(bookings.c.id.in_(booking_ids))
        found = self._read(lambda connection: connection.execute(query).mappings().all())
        return {BookingId(row["id"]): booking_of(row) for row in found}

    def claims(self, booking_id: BookingId) -> list[Claim]:
        """See `Bookings.claims`."""
        return self._read(lambda connection: _claims(connection, booking_id))

    def overlapping(self, wanted: Sequence[Claim], *, but: BookingId | None = None) -> list[Occupied]:
        """See `Bookings.overlapping`."""
        asked = {**claimed(wanted), "but": but}
        found = self._read(lambda connection: connection.exec_driver_sql(_OVERLAPPING, asked).all())
        return [
            Occupied(kind=kind, id=owner, claim=claim_of(resource_id, during))
            for kind, owner, resource_id, during in found
        ]

    def notes(self, subject_kind: str, subject_id: str) -> list[Note]:
        """See `Bookings.notes`."""
        query = (
            select(audit)
            .where(audit.c.subject_id == subject_id, audit.c.subject_kind == subject_kind)
            .order_by(audit.c.id)
        )
        found = self._read(lambda connection: connection.execute(query).mappings().all())
        return [Note(**{name: value for name, value in row.items() if name != "id"}) for row in found]

    def earlier(self, hold_id: HoldId, idempotency: Idempotency | None = None) -> Earlier:
        """See `Bookings.earlier`."""
        scope, key = (idempotency.scope, idempotency.key) if idempotency else (None, None)
        asked = {"scope": scope, "key": key, "hold_id": hold_id}
        row = self._read(lambda connection: connection.execute(_EARLIER, asked).mappings().one())
        if idempotency is not None and row["body_hash"] is not None and row["body_hash"] != idempotency.body_hash:
            return Earlier(key_reused=True)
        return Earlier(booking=booking_of(row) if row["id"] is not None else None)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """See `Bookings.transact`. What only books goes as one statement, anything else call by call."""
        with storage():
            return self._repeatedly(work)

    def sweep(self, *, before: datetime) -> int:
        """See `Bookings.sweep`."""
        old = delete(idempotency).where(idempotency.c.made_at < before)
        return int(self._read(lambda connection: connection.execute(old).rowcount))

    def _repeatedly(self, work: Callable[[Transaction], T]) -> T:
        attempt, run = 1, self._in_one_statement
        while True:
            deadline.check()
            try:
                return run(work)
            except NotInOneStatement:
                run = self._call_by_call
            except DBAPIError as error:
                sacrificed = getattr(error.orig, "pgcode", None) in _SACRIFICED
                stale = error.connection_invalidated and attempt == 1
                if attempt == _ATTEMPTS or not (sacrificed or stale):
                    raise
                attempt += 1

    def _in_one_statement(self, work: Callable[[Transaction], T]) -> T:
        gathered = Gathered(self._memory)
        try:
            result = work(cast("Transaction", gathered))
        except (Refused, Taken):
            if gathered.judged:  # perhaps by rules that have changed since
                raise NotInOneStatement from None
            raise
        with line(self._engine) as open_line:
            gathered.write(open_line)
            failpoints.hit("booking.before_commit")
            try:
                open_line.commit()
            except psycopg2.Error as error:
                if open_line.lost:
                    raise OutcomeUnknown("the connection was lost during COMMIT") from error
                raise
        self._wake_relay()
        return result

    def _call_by_call(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            transaction = connection.begin()
            unit = PostgresTransaction(connection, self._memory, self._sealing)
            try:
                result = work(unit)
            except BaseException:
                transaction.rollback()
                raise
            failpoints.hit("booking.before_commit")
            try:
                transaction.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise OutcomeUnknown("the connection was lost during COMMIT") from error
                raise
        if unit.told:
            self._wake_relay()
        return result

    def _wake_relay(self) -> None:
        failpoints.hit("booking.after_commit_before_wake")
        self._wake()


class PostgresTransaction:
    """The port `Transaction`."""

    def __init__(self, connection: Connection, memory: ClinicMemory, sealing: Sealing | None = None) -> None:
        self._connection = connection
        self._memory = memory
        self.waitlist = PostgresWaitlistUnit(connection)
        self.series = PostgresSeriesUnit(connection)
        self.therapy = PostgresTherapyUnit(connection, sealing)
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

    def check_came(self, guest: Guest, patience: Patience, *, now: datetime) -> None:
        """See `Transaction.check_came`."""
        if self._connection.exec_driver_sql(OFTEN_MISSED, often_missed(guest, patience, now=now)).scalar_one():
            raise OftenMissed

    def add(self, booking: Booking, claims: Sequence[Claim], idempotency: Idempotency | None) -> None:
        """See `Transaction.add`. One statement: each insert leaves out what conflicts, and their counts tell."""
        asked = written(booking, claims, idempotency)
        made, remembered, taken = self._connection.exec_driver_sql(ADD.text, asked).one()
        check_written(asked, made=made, remembered=remembered, taken=taken)
        if booking.guests:
            self._connection.execute(insert(party_guests), party_rows(booking))

    def lock(self, booking_id: BookingId) -> Booking | None:
        """See `Transaction.lock`."""
        query = WHOLE_BOOKINGS.where(bookings.c.id == booking_id)
        row = self._connection.execute(query.with_for_update(of=bookings)).mappings().one_or_none()
        if row is not None and row["party"]:  # which may have changed while the lock was waited for
            row = self._connection.execute(query).mappings().one()
        return booking_of(row) if row is not None else None

    def change(self, booking: Booking) -> None:
        """See `Transaction.change`."""
        self._connection.execute(update(bookings).where(bookings.c.id == booking.id).values(row_of(booking)))
        for row in party_rows(booking):
            one = (party_guests.c.booking_id == booking.id) & (party_guests.c.place == row["place"])
            self._connection.execute(update(party_guests).where(one).values(row))

    def settle(self, booking: Booking) -> None:
        """See `Transaction.settle`."""
        for table in (fees, no_shows):
            self._connection.execute(delete(table).where(table.c.booking_id == booking.id))
        if booking.owed is not None:
            fee = booking.owed
            owed = {"cause": fee.cause, "amount": fee.amount.amount, "owed_at": fee.owed_at, "waived_at": fee.waived_at}
            self._connection.execute(insert(fees).values(booking_id=booking.id, **owed))
        if booking.state == NO_SHOW:
            who = {name: row_of(booking)[name] for name in ("guest_phone", "starts_at")}
            email = (booking.guest.email or "").lower() or None
            self._connection.execute(insert(no_shows).values(booking_id=booking.id, guest_email=email, **who))

    def move(self, booking: Booking, claims: Sequence[Claim]) -> None:
        """See `Transaction.move`. The old ones are deleted: what an undone cancellation takes again is the new ones."""
        self.no_longer_displaced(booking.id)
        self._connection.execute(delete(allocations).where(allocations.c.booking_id == booking.id))
        asked = {"booking_id": booking.id, **claimed(claims)}
        if len(self._connection.exec_driver_sql(ALLOCATE.text, asked).all()) < len(claims):
            raise Taken
        self.change(booking)

    def claims(self, booking_id: BookingId) -> list[Claim]:
        """See `Transaction.claims`."""
        return _claims(self._connection, booking_id, allocations.c.active)

    def free(self, booking_id: BookingId) -> None:
        """See `Transaction.free`."""
        given_up = update(allocations).where(allocations.c.booking_id == booking_id).values(active=False)
        self._connection.execute(given_up)

    def keep_only(self, booking_id: BookingId, claims: Sequence[Claim]) -> None:
        """See `Transaction.keep_only`. What is given up stays, inactive, to be taken again."""
        self.free(booking_id)
        self._connection.exec_driver_sql(ALLOCATE.text, {"booking_id": booking_id, **claimed(claims)})

    def allocate_again(self, booking_id: BookingId) -> None:
        """See `Transaction.allocate_again`."""
        of_booking = allocations.c.booking_id == booking_id
        theirs = select(allocations.c.id).where(of_booking, ~allocations.c.active).order_by(allocations.c.resource_id)
        given_up = self._connection.execute(theirs).scalars().all()
        if given_up:
            self._connection.execute(delete(allocations).where(of_booking, allocations.c.active))
        try:
            for allocation_id in given_up:
                again = update(allocations).where(allocations.c.id == allocation_id).values(active=True)
                self._connection.execute(again)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) == errorcodes.EXCLUSION_VIOLATION:
                raise Taken from error
            raise

    def block(self, block: Block) -> None:
        """See `Transaction.block`."""
        block_rows.add(self._connection, block)

    def unblock(self, block_id: BlockId) -> Block | None:
        """See `Transaction.unblock`."""
        return block_rows.remove(self._connection, block_id)

    def no_longer_displaced(self, booking_id: BookingId) -> bool:
        """See `Transaction.no_longer_displaced`."""
        return strike(self._connection, [booking_id]) > 0

    def note(self, note: Note) -> None:
        """See `Transaction.note`."""
        self._connection.execute(insert(audit).values(asdict(note)))

    def tell(self, event: Happened) -> None:
        """See `Transaction.tell`."""
        record(self._connection, outbox, to_event(event, self._memory.clinic or self._memory.within(self._connection)))
        self.told = True


def _claims(connection: Connection, booking_id: BookingId, *which: ColumnElement[bool]) -> list[Claim]:
    query = (
        select(allocations.c.resource_id, allocations.c.during)
        .where(allocations.c.booking_id == booking_id, *which)
        .order_by(allocations.c.resource_id)
    )
    return [claim_of(resource_id, during) for resource_id, during in connection.execute(query)]
