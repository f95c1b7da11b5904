"""What stands at a location, over the fake bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking.application.ports import Place
from booking.domain.block import Block
from booking.domain.booking import Booking, Claim
from booking.domain.ids import BlockId, BookingId, LocationId, ResourceId
from booking.domain.ranges import Range, overlaps
from booking.domain.zones import instant

if TYPE_CHECKING:
    from services.booking.tests.fakes import FakeBookings


class FakeAgenda:
    """The port `Agenda`."""

    def __init__(self, bookings: FakeBookings) -> None:
        self.fake = bookings

    def bookings(
        self,
        location_id: LocationId,
        resource_ids: Sequence[ResourceId],
        during: Range,
        *,
        after: Place | None,
        limit: int,
    ) -> list[Booking]:
        found = [
            made
            for made in self.fake.truth.bookings.values()
            if made.location_id == location_id
            and during[0] <= instant(made.start) < during[1]
            and (after is None or (made.start, made.id) > (after.start, after.id))
        ]
        return sorted(found, key=lambda made: (made.start, made.id))[:limit]

    def claims(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Claim]]:
        found = {}
        for booking_id in booking_ids:
            theirs = [each for each in self.fake.truth.allocations if each.booking_id == booking_id]
            standing = [each for each in theirs if each.active] or theirs
            found[booking_id] = sorted((each.claim for each in standing), key=lambda claim: claim.resource_id)
        return found

    def block(self, block_id: BlockId) -> Block | None:
        return self.fake.truth.blocks.get(block_id)

    def blocks(self, location_id: LocationId, during: Range) -> list[Block]:
        found = [
            each
            for each in self.fake.truth.blocks.values()
            if each.location_id == location_id and overlaps([(instant(each.start), instant(each.end))], during)
        ]
        return sorted(found, key=lambda each: (each.start, each.id))
