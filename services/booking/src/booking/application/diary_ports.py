"""What a practitioner's calendar needs of the world."""

from collections.abc import Sequence
from typing import Protocol

from booking.domain.booking import Booking
from booking.domain.ids import PractitionerId
from booking.domain.ranges import Range


class Diaries(Protocol):
    """What stands in practitioners' diaries, and which addresses of them are good."""

    def booked(self, practitioner_id: PractitionerId, during: Range) -> Sequence[Booking]:
        """Return the bookings that claim the practitioner at any time within `during`, by start."""
        ...

    def generation(self, practitioner_id: PractitionerId) -> int:
        """Return which generation of the calendar's address is good."""
        ...

    def revoke(self, practitioner_id: PractitionerId) -> None:
        """Let the next generation be the good one."""
        ...
