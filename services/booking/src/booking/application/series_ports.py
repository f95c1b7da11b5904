"""What a series needs of the world: to be written with its sessions' bookings, and to be found again."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from booking.domain.ids import BookingId, SeriesId
from booking.domain.series import Series


class SeriesUnit(Protocol):
    """Series within one transaction."""

    def add(self, series: Series) -> None:
        """Write a series down; raise `AlreadyMade` if one of this identity is there already."""
        ...

    def lock(self, series_id: SeriesId) -> Series | None:
        """Return a series and let no one else change it meanwhile."""
        ...

    def fill(self, series_id: SeriesId, position: int, booking_id: BookingId) -> None:
        """Let a booking fill a place."""
        ...


class SeriesShelf(Protocol):
    """Series, for reading."""

    def find(self, series_id: SeriesId) -> Series | None:
        """Return a series if it exists."""
        ...

    def find_all(self, series_ids: Sequence[SeriesId]) -> Mapping[SeriesId, Series]:
        """Return those that exist, at the cost of two reads."""
        ...

    def following(self, booking_ids: Sequence[BookingId]) -> frozenset[BookingId]:
        """Return those of the bookings that are a later part of a visit of which an earlier one stands, that day."""
        ...
