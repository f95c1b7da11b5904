"""Booking and rearranging, for staff."""

from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from booking.application.book_as_staff import book_as_staff
from booking.application.rearrange import rearrange
from booking.calls.base import Calls, answered
from booking.schemas import front_desk as schemas
from booking.schemas.attendance import staff_access
from booking.schemas.base import parsed

log = get_logger(__name__)


class FrontDesk(Calls):
    """Calls of staff about bookings that are to be, or to be otherwise."""

    @rpc
    def book_as_staff(self, **message: Any) -> dict[str, Any]:
        """Make the appointment for a guest."""

        def work() -> dict[str, Any]:
            booked = book_as_staff(schemas.book(parsed(schemas.BOOK, message)), desk=self.desk)
            if not booked.replayed:
                log.info("booked by staff", booking_id=booked.booking.id)
            return {**self.view(booked.booking), "replayed": booked.replayed}

        return answered(work)

    @rpc
    def rearrange(self, **message: Any) -> dict[str, Any]:
        """Move, shorten or extend it, or give it other hands or another room."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.REARRANGE, message)
            return self.view(rearrange(staff_access(asked), schemas.rearranged(asked), desk=self.desk))

        return answered(work)
