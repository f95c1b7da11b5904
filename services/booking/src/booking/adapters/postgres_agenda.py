"""What stands at a location, for staff, in PostgreSQL.

Bookings that claim their time are found by the index of the exclusion constraint, those that gave it up by one of their
own, so that booking pays for no index that only staff need.
"""

from collections.abc import Sequence

from sqlalchemy import Engine, and_, func, select, tuple_, union

from booking.adapters.block_rows import block_of, with_resources
from booking.adapters.booking_rows import WHOLE_BOOKINGS, booking_of, claim_of
from booking.adapters.storage import Reader
from booking.adapters.tables import allocations, blocks, bookings
from booking.application.ports import Place
from booking.domain.block import Block
from booking.domain.booking import Booking, Claim
from booking.domain.ids import BlockId, BookingId, LocationId, ResourceId
from booking.domain.ranges import Range


class PostgresAgenda:
    """The port `Agenda`."""

    def __init__(self, engine: Engine) -> None:
        self._read = Reader(engine)

    def bookings(
        self,
        location_id: LocationId,
        resource_ids: Sequence[ResourceId],
        during: Range,
        *,
        after: Place | None,
        limit: int,
    ) -> list[Booking]:
        """See `Agenda.bookings`."""
        since, until = (func.to_timestamp(each) for each in during)
        starting = and_(
            bookings.c.location_id == location_id, bookings.c.starts_at >= since, bookings.c.starts_at < until
        )
        standing = select(allocations.c.booking_id).where(
            allocations.c.resource_id.in_(resource_ids),
            allocations.c.active,
            allocations.c.during.op("&&")(func.tstzrange(since, until)),
            allocations.c.booking_id.is_not(None),
        )
        given_up = select(bookings.c.id).where(bookings.c.state.in_(["cancelled", "no_show"]), starting)
        query = WHOLE_BOOKINGS.where(bookings.c.id.in_(union(standing, given_up).scalar_subquery()), starting)
        if after is not None:
            query = query.where(tuple_(bookings.c.starts_at, bookings.c.id) > (after.start, after.id))
        query = query.order_by(bookings.c.starts_at, bookings.c.id).limit(limit)
        rows = self._read(lambda connection: connection.execute(query).mappings().all())
        return [booking_of(row) for row in rows]

    def claims(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Claim]]:
        """See `Agenda.claims`."""
        query = (
            select(allocations.c.booking_id, allocations.c.active, allocations.c.resource_id, allocations.c.during)
            .where(allocations.c.booking_id.in_(booking_ids))
            .order_by(allocations.c.resource_id)
        )
        standing: dict[BookingId, list[Claim]] = {}
        given_up: dict[BookingId, list[Claim]] = {}
        for booking_id, active, resource_id, during in self._read(lambda connection: connection.execute(query).all()):
            (standing if active else given_up).setdefault(booking_id, []).append(claim_of(resource_id, during))
        return {**given_up, **standing}

    def block(self, block_id: BlockId) -> Block | None:
        """See `Agenda.block`."""
        query = with_resources().where(blocks.c.id == block_id)
        row = self._read(lambda connection: connection.execute(query).mappings().one_or_none())
        return block_of(row) if row is not None else None

    def blocks(self, location_id: LocationId, during: Range) -> list[Block]:
        """See `Agenda.blocks`."""
        since, until = (func.to_timestamp(each) for each in during)
        query = (
            with_resources()
            .where(blocks.c.location_id == location_id, blocks.c.starts_at < until, blocks.c.ends_at > since)
            .order_by(blocks.c.starts_at, blocks.c.id)
        )
        rows = self._read(lambda connection: connection.execute(query).mappings().all())
        return [block_of(row) for row in rows]
