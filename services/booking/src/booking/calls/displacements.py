"""Displaced bookings, for staff."""

from typing import Any

from messaging.nameko_ext import rpc

from booking.application.displacements import cases, let_stand, preview
from booking.calls.base import Calls, answered
from booking.domain.ids import BookingId
from booking.schemas import attendance
from booking.schemas import displacements as schemas
from booking.schemas.base import parsed
from booking.views import displacements as views


class Displacements(Calls):
    """Calls about bookings that the clinic's changes left without what they need."""

    @rpc
    def displaced(self, **message: Any) -> dict[str, Any]:
        """Those that still need something, with proposals."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.LIST, message)
            beyond = BookingId(asked["after"]) if asked["after"] else None
            found = cases(limit=asked["limit"], beyond=beyond, desk=self.desk)
            return views.page(found, self.desk.calendar.known())

        return answered(work)

    @rpc
    def displacement_preview(self, **message: Any) -> dict[str, Any]:
        """What changes of the catalog would displace; they are as its events would tell them."""
        return answered(
            lambda: views.preview(preview(schemas.changes(parsed(schemas.PREVIEW, message)), desk=self.desk))
        )

    @rpc
    def let_stand(self, **message: Any) -> dict[str, Any]:
        """It takes place as it is."""

        def work() -> dict[str, Any]:
            access = attendance.staff_access(parsed(attendance.REASONED, message))
            return self.view(let_stand(access, desk=self.desk))

        return answered(work)
