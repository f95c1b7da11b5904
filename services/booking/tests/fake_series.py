"""Series in memory, over the dictionaries of `FakeBookings`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from booking.application.ports import AlreadyMade
from booking.domain.ids import BookingId, SeriesId
from booking.domain.series import Series

if TYPE_CHECKING:
    from services.booking.tests.fakes import FakeBookings, Truth


class FakeSeriesUnit:
    def __init__(self, truth: "Truth") -> None:
        self.truth = truth

    def add(self, series: Series) -> None:
        if self.truth.series.setdefault(series.id, series) is not series:
            raise AlreadyMade

    def lock(self, series_id: SeriesId) -> Series | None:
        return self.truth.series.get(series_id)

    def fill(self, series_id: SeriesId, position: int, booking_id: BookingId) -> None:
        self.truth.series[series_id] = self.truth.series[series_id].filled(position, booking_id)


class FakeSeries:
    def __init__(self, bookings: "FakeBookings") -> None:
        self.bookings = bookings

    def find(self, series_id: SeriesId) -> Series | None:
        return self.bookings.truth.series.get(series_id)

    def following(self, booking_ids: Sequence[BookingId]) -> frozenset[BookingId]:
        made = self.bookings.truth.bookings
        found = set()
        for series in self.bookings.truth.series.values():
            if series.arrangement is None:
                continue
            parts = [
                (made[each.booking_id].start, each.position, each.booking_id)
                for each in series.sessions
                if each.booking_id
            ]
            standing = [each for each in parts if made[each[2]].state not in {"cancelled", "no_show"}]
            found |= {
                mine[2]
                for mine in parts
                if any(other[:2] < mine[:2] and other[0] > mine[0] - timedelta(hours=12) for other in standing)
            }
        return frozenset(found & set(booking_ids))

    def find_all(self, series_ids: Sequence[SeriesId]) -> dict[SeriesId, Series]:
        return {each: found for each in series_ids if (found := self.find(each)) is not None}
