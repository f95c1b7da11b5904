"""Displaced bookings in memory."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from booking.domain.booking import CHECKED_IN, CONFIRMED
from booking.domain.displacement import Displaced, Misfits, Standing
from booking.domain.ids import BookingId, ResourceId

if TYPE_CHECKING:
    from services.booking.tests.fakes import FakeBookings


@dataclass
class FakeDisplacements:
    """The port `Displacements`, over the fake bookings; a test lists what it likes."""

    bookings: "FakeBookings"
    since: datetime = field(default_factory=datetime.now)

    def standing(self, resource_ids: Collection[ResourceId], now: datetime) -> list[Standing]:
        found = [self._standing(each) for each in sorted(self.bookings.truth.bookings)]
        return [
            each
            for each in found
            if each.booking.state in {CONFIRMED, CHECKED_IN}
            and each.booking.start > now
            and not set(resource_ids).isdisjoint(each.resource_ids)
        ]

    def listed(self, now: datetime, *, limit: int, beyond: BookingId | None = None) -> list[Displaced]:
        found = [self._displaced(each, wrong) for each, wrong in self.bookings.truth.displaced.items()]
        found = [each for each in found if each.booking.start > now and each.booking.state in {CONFIRMED, CHECKED_IN}]
        found.sort(key=lambda each: (each.booking.start, each.booking.id))
        if beyond is not None:
            last = self.bookings.truth.bookings[beyond]
            found = [each for each in found if (each.booking.start, each.booking.id) > (last.start, last.id)]
        return found[:limit]

    def find(self, booking_id: BookingId) -> Displaced | None:
        wrong = self.bookings.truth.displaced.get(booking_id)
        return self._displaced(booking_id, wrong) if wrong is not None else None

    def among(self, booking_ids: Collection[BookingId]) -> list[Displaced]:
        return [found for each in booking_ids if (found := self.find(each)) is not None]

    def _displaced(self, booking_id: BookingId, wrong: Misfits) -> Displaced:
        return Displaced(standing=self._standing(booking_id), since=self.since, misfits=wrong)

    def _standing(self, booking_id: BookingId) -> Standing:
        claims = self.bookings.claims(booking_id)
        return Standing(
            booking=self.bookings.truth.bookings[booking_id], resource_ids=tuple(each.resource_id for each in claims)
        )
