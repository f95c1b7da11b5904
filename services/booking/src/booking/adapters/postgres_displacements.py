"""Displaced bookings in PostgreSQL, and the bookings that a change of the clinic might displace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.booking_rows import WHOLE_BOOKINGS, booking_of
from booking.adapters.storage import Reader
from booking.adapters.tables import allocations, bookings, displaced
from booking.domain.booking import CHECKED_IN, CONFIRMED, UNDO_FOR
from booking.domain.displacement import Displaced, Misfit, Misfits, Reason, Standing
from booking.domain.ids import BookingId, ResourceId

_TO_COME = (CONFIRMED, CHECKED_IN)


class PostgresDisplacements:
    """The port `Displacements`."""

    def __init__(self, engine: Engine) -> None:
        self._read = Reader(engine)

    def standing(self, resource_ids: Collection[ResourceId], now: datetime) -> list[Standing]:
        """See `Displacements.standing`."""
        return self._read(lambda connection: standing(connection, resource_ids, now))

    def listed(self, now: datetime, *, limit: int, beyond: BookingId | None = None) -> list[Displaced]:
        """See `Displacements.listed`."""
        query = (
            select(displaced)
            .join(bookings, bookings.c.id == displaced.c.booking_id)
            .where(bookings.c.state.in_(_TO_COME), bookings.c.starts_at > now)
            .order_by(bookings.c.starts_at, bookings.c.id)
            .limit(limit)
        )
        if beyond is not None:
            last = select(bookings.c.starts_at, bookings.c.id).where(bookings.c.id == beyond)
            query = query.where(tuple_(bookings.c.starts_at, bookings.c.id) > last.scalar_subquery())
        return self._read(lambda connection: _found(connection, query))

    def find(self, booking_id: BookingId) -> Displaced | None:
        """See `Displacements.find`."""
        return next(iter(self.among([booking_id])), None)

    def among(self, booking_ids: Collection[BookingId]) -> list[Displaced]:
        """See `Displacements.among`."""
        query = select(displaced).where(displaced.c.booking_id.in_(sorted(booking_ids)))
        return self._read(lambda connection: _found(connection, query))


def standing(connection: Connection, resource_ids: Collection[ResourceId], now: datetime) -> list[Standing]:
    """Return, by id, the bookings to come that claim any of the resources, or may yet do so again by an undo.

    The exclusion constraint's own index finds them: what is past costs nothing.
    """
    claiming = select(allocations.c.booking_id).where(
        allocations.c.active,
        allocations.c.resource_id.in_(sorted(resource_ids)),
        allocations.c.during.op("&&")(func.tstzrange(now, None)),
    )
    undoable = select(bookings.c.id).where(bookings.c.cancelled_at >= now - UNDO_FOR)
    found = connection.execute(
        select(bookings.c.id).where(
            or_(bookings.c.id.in_(claiming), bookings.c.id.in_(undoable)), bookings.c.starts_at > now
        )
    )
    asked = frozenset(resource_ids)
    return [each for each in to_come(connection, found.scalars().all(), now) if not asked.isdisjoint(each.resource_ids)]


def to_come(
    connection: Connection, booking_ids: Collection[BookingId], now: datetime, *, lock: bool = False
) -> list[Standing]:
    """Return, by id, those of the bookings that are to take place, or may again; locked, nobody changes them."""
    query = WHOLE_BOOKINGS.where(bookings.c.id.in_(booking_ids), bookings.c.starts_at > now).order_by(bookings.c.id)
    rows = connection.execute(query.with_for_update(of=bookings) if lock else query).mappings().all()
    due = [
        made
        for made in map(booking_of, rows)
        if made.state in _TO_COME or (made.undo_until is not None and now <= made.undo_until)
    ]
    claimed: dict[str, dict[bool, list[ResourceId]]] = {}
    query = select(allocations.c.booking_id, allocations.c.active, allocations.c.resource_id).where(
        allocations.c.booking_id.in_([made.id for made in due])
    )
    for booking_id, active, resource_id in connection.execute(query):
        claimed.setdefault(booking_id, {}).setdefault(active, []).append(ResourceId(resource_id))
    return [
        Standing(booking=made, resource_ids=tuple(sorted(claimed.get(made.id, {}).get(made.state in _TO_COME, ()))))
        for made in due
    ]


def known(connection: Connection) -> dict[BookingId, Misfits]:
    """Return everything that is known to be displaced, and what is wrong with it."""
    rows = connection.execute(select(displaced.c.booking_id, displaced.c.misfits))
    return {BookingId(booking_id): _misfits(told) for booking_id, told in rows}


def write(connection: Connection, found: Iterable[Displaced], *, clinic_version: int) -> None:
    """Write down what is displaced; of one that was displaced already, only what is wrong changes."""
    for each in found:
        row = insert(displaced).values(
            booking_id=each.booking.id,
            since=each.since,
            clinic_version=clinic_version,
            misfits=[{"reason": str(one.reason), "resource_id": one.resource_id} for one in sorted(each.misfits)],
        )
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["booking_id"],
                set_={"misfits": row.excluded.misfits, "clinic_version": row.excluded.clinic_version},
            )
        )


def strike(connection: Connection, booking_ids: Sequence[BookingId]) -> int:
    """Take bookings off the list; return how many stood there."""
    return int(connection.execute(delete(displaced).where(displaced.c.booking_id.in_(booking_ids))).rowcount)


def _found(connection: Connection, query: Select[Any]) -> list[Displaced]:
    rows: Sequence[Mapping[Any, Any]] = connection.execute(query).mappings().all()
    if not rows:
        return []
    ids = [row["booking_id"] for row in rows]
    of = {
        made["id"]: booking_of(made)
        for made in connection.execute(WHOLE_BOOKINGS.where(bookings.c.id.in_(ids))).mappings()
    }
    claimed: dict[str, list[ResourceId]] = {each: [] for each in ids}
    theirs = select(allocations.c.booking_id, allocations.c.resource_id).where(
        allocations.c.booking_id.in_(ids), allocations.c.active
    )
    for booking_id, resource_id in connection.execute(theirs.order_by(allocations.c.resource_id)):
        claimed[booking_id].append(ResourceId(resource_id))
    return [
        Displaced(
            standing=Standing(booking=of[row["booking_id"]], resource_ids=tuple(claimed[row["booking_id"]])),
            since=row["since"],
            misfits=_misfits(row["misfits"]),
        )
        for row in rows
    ]


def _misfits(told: Iterable[Mapping[str, str]]) -> Misfits:
    return frozenset(Misfit(reason=Reason(each["reason"]), resource_id=each["resource_id"]) for each in told)
