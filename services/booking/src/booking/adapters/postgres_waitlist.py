"""The waitlist in PostgreSQL. A lease's allocations stand under the same exclusion constraint as those of bookings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import Range as Span
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.demand import count_entry
from booking.adapters.storage import Reader
from booking.adapters.tables import allocations, bookings, leases, waitlist_entries, waitlist_turn
from booking.adapters.waitlist_rows import entry_of, lease_row_of, row_of
from booking.application.ports import Taken
from booking.application.waitlist_ports import Which
from booking.domain.availability import Busy
from booking.domain.booking import CANCELLED
from booking.domain.ids import BookingId, EntryId, LeaseId, ResourceId
from booking.domain.ranges import Range
from booking.domain.waitlist import EXPIRED, OFFERED, WAITING, Entry, Lease
from booking.domain.zones import instant, utc

_ENTRIES, _LEASES = waitlist_entries.c, leases.c
_ONE_CONTACT = text("SELECT pg_advisory_xact_lock(hashtextextended(contact, 0)) FROM unnest(:contacts) AS contact")


class PostgresWaitlist:
    """The port `Waitlist`."""

    def __init__(self, engine: Engine) -> None:
        self._read = Reader(engine)

    def find(self, entry_id: EntryId) -> Entry | None:
        """See `Waitlist.find`."""
        found = self._entries(select(waitlist_entries).where(_ENTRIES.id == entry_id))
        return found[0] if found else None

    def known(self, entry_ids: Sequence[EntryId]) -> dict[EntryId, Entry]:
        """See `Waitlist.known`."""
        found = self._entries(select(waitlist_entries).where(_ENTRIES.id.in_(entry_ids)))
        return {entry.id: entry for entry in found}

    def leased(self, lease_ids: Sequence[LeaseId]) -> dict[LeaseId, Entry]:
        """See `Waitlist.leased`."""
        theirs = select(leases.c.entry_id).where(_LEASES.id.in_(lease_ids))
        found = self._entries(select(waitlist_entries).where(_ENTRIES.id.in_(theirs)))
        wanted = set(lease_ids)
        return {lease.id: entry for entry in found for lease in entry.leases if lease.id in wanted}

    def waiting(self, *, limit: int) -> list[Entry]:
        """See `Waitlist.waiting`."""
        return self._entries(
            select(waitlist_entries)
            .where(_ENTRIES.state == WAITING)
            .order_by(_ENTRIES.turn_at, _ENTRIES.id)
            .limit(limit)
        )

    def overdue(self, now: datetime, *, limit: int) -> list[EntryId]:
        """See `Waitlist.overdue`."""
        query = (
            select(_LEASES.entry_id)
            .where(_LEASES.state == OFFERED, _LEASES.deadline <= now)
            .order_by(_LEASES.deadline)
            .limit(limit)
        )
        return [EntryId(each) for each in self._read(lambda connection: connection.execute(query).scalars().all())]

    def undoable(self, *, cancelled_since: datetime) -> Busy:
        """See `Waitlist.undoable`."""
        query = (
            select(allocations.c.resource_id, allocations.c.during)
            .join(bookings, bookings.c.id == allocations.c.booking_id)
            .where(bookings.c.cancelled_at >= cancelled_since, bookings.c.state == CANCELLED, ~allocations.c.active)
        )
        busy: dict[ResourceId, list[Range]] = {}
        for resource_id, during in self._read(lambda connection: connection.execute(query).all()):
            busy.setdefault(ResourceId(resource_id), []).append((instant(during.lower), instant(during.upper)))
        return busy

    def take_turn(self, now: datetime, *, until: datetime) -> bool:
        """See `Waitlist.take_turn`."""
        taken = update(waitlist_turn).where(waitlist_turn.c.until <= now).values(until=until)
        return bool(self._read(lambda connection: connection.execute(taken).rowcount))

    def close(self, now: datetime) -> int:
        """See `Waitlist.close`."""
        over = update(waitlist_entries).where(_ENTRIES.state == WAITING, _ENTRIES.until <= now)
        ended = over.values(state=EXPIRED, ended_at=now)
        return int(self._read(lambda connection: connection.execute(ended).rowcount))

    def listed(self, which: Which) -> list[Entry]:
        """See `Waitlist.listed`."""
        query = select(waitlist_entries).order_by(_ENTRIES.made_at, _ENTRIES.id).limit(which.limit)
        if which.location_id is not None:
            query = query.where(_ENTRIES.location_id == which.location_id)
        if which.state is not None:
            query = query.where(_ENTRIES.state == which.state)
        if which.after is not None:
            seen = select(_ENTRIES.made_at, _ENTRIES.id).where(_ENTRIES.id == which.after)
            query = query.where(tuple_(_ENTRIES.made_at, _ENTRIES.id) > seen.scalar_subquery())
        return self._entries(query)

    def erase(self, *, ended_before: datetime) -> int:
        """See `Waitlist.erase`."""
        old = delete(waitlist_entries).where(_ENTRIES.ended_at < ended_before)
        return int(self._read(lambda connection: connection.execute(old).rowcount))

    def _entries(self, query: Select[Any]) -> list[Entry]:
        return self._read(lambda connection: _entries(connection, query))


class PostgresWaitlistUnit:
    """The port `WaitlistUnit`, on the connection of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_of(self, entry: Entry) -> int:
        """See `WaitlistUnit.open_of`."""
        theirs = {
            func.lower(_ENTRIES.guest_email): entry.guest.email and entry.guest.email.lower(),
            _ENTRIES.guest_phone: entry.guest.phone,
        }
        known = {column: contact for column, contact in theirs.items() if contact is not None}
        self._connection.execute(_ONE_CONTACT, {"contacts": sorted(known.values())})
        same = or_(*(column == contact for column, contact in known.items()))
        query = select(func.count()).select_from(waitlist_entries).where(_ENTRIES.ended_at.is_(None), same)
        return int(self._connection.execute(query).scalar_one())

    def add(self, entry: Entry) -> bool:
        """See `WaitlistUnit.add`."""
        row = insert(waitlist_entries).values(row_of(entry)).on_conflict_do_nothing(index_elements=["id"])
        if not self._connection.execute(row).rowcount:
            return False
        count_entry(self._connection, entry.location_id, entry.service_id, entry.made_at)
        return True

    def lock(self, entry_id: EntryId) -> Entry | None:
        """See `WaitlistUnit.lock`."""
        return self._locked(entry_id, skip_locked=False)

    def take(self, entry_id: EntryId) -> Entry | None:
        """See `WaitlistUnit.take`."""
        return self._locked(entry_id, skip_locked=True)

    def change(self, entry: Entry) -> None:
        """See `WaitlistUnit.change`."""
        self._connection.execute(
            update(waitlist_entries).where(_ENTRIES.id == entry.id).values(row_of(entry)),
        )
        if entry.lease is not None:
            self._connection.execute(
                update(leases).where(_LEASES.id == entry.lease.id).values(lease_row_of(entry.lease))
            )

    def claim(self, lease: Lease) -> None:
        """See `WaitlistUnit.claim`."""
        self._connection.execute(insert(leases).values(lease_row_of(lease)))
        rows = [
            {
                "lease_id": lease.id,
                "resource_id": each.resource_id,
                "during": Span(utc(each.during[0]), utc(each.during[1])),
                "active": True,
            }
            for each in sorted(lease.claims, key=lambda claim: claim.resource_id)
        ]
        # As booking does it: leaving out what conflicts never deadlocks two rivals who each have written a part.
        written = insert(allocations).values(rows).on_conflict_do_nothing().returning(allocations.c.id)
        if len(self._connection.execute(written).all()) < len(rows):
            raise Taken

    def give_up(self, lease: Lease) -> None:
        """See `WaitlistUnit.give_up`."""
        self._connection.execute(delete(allocations).where(allocations.c.lease_id == lease.id))

    def hand_over(self, lease: Lease, booking_id: BookingId) -> None:
        """See `WaitlistUnit.hand_over`."""
        theirs = update(allocations).where(allocations.c.lease_id == lease.id, allocations.c.active)
        moved = self._connection.execute(theirs.values(booking_id=booking_id, lease_id=None)).rowcount
        if moved != len(lease.resource_ids):
            raise AssertionError(f"lease {lease.id} stands without its allocations")

    def _locked(self, entry_id: EntryId, *, skip_locked: bool) -> Entry | None:
        query = select(waitlist_entries).where(_ENTRIES.id == entry_id).with_for_update(skip_locked=skip_locked)
        found = _entries(self._connection, query)
        return found[0] if found else None


def _entries(connection: Connection, query: Select[Any]) -> list[Entry]:
    rows = connection.execute(query).mappings().all()
    if not rows:
        return []
    theirs = select(leases).where(_LEASES.entry_id.in_([row["id"] for row in rows])).order_by(_LEASES.made_at)
    of_entry: dict[str, list[Any]] = {}
    for lease in connection.execute(theirs).mappings():
        of_entry.setdefault(lease["entry_id"], []).append(lease)
    return [entry_of(row, of_entry.get(row["id"], ())) for row in rows]
