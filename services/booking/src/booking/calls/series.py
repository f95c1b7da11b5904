"""Series of sessions, for guests who have the series' token."""

from collections.abc import Mapping
from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from booking.adapters.postgres_bookings import OutcomeUnknown
from booking.application.book_series import book_series
from booking.application.book_several import BookedSeries
from booking.application.book_visit import book_visit
from booking.application.plan_series import plan_series
from booking.application.plan_visit import find_visits
from booking.application.ports import StorageAway
from booking.application.repair_series import propose, repair
from booking.application.show_series import SeenSeries, cancel_series, see_series
from booking.calls.base import Calls, answered
from booking.domain.booking import Booking, manage_token
from booking.domain.clinic import Clinic
from booking.domain.ids import BookingId
from booking.schemas import series as schemas
from booking.schemas.base import parsed
from booking.views import series as views
from booking.views.bookings import booking
from booking.views.therapy import needs

log = get_logger(__name__)


class Serial(Calls):
    """Calls about series."""

    @rpc
    def plan_series(self, **message: Any) -> dict[str, Any]:
        """The times that a series would get; nothing is held or booked."""

        def work() -> dict[str, Any]:
            found = plan_series(schemas.wanted(parsed(schemas.PLAN, message)), desk=self.desk)
            return views.plan(found, self.desk.calendar.known())

        return answered(work)

    @rpc
    def book_series(self, **message: Any) -> dict[str, Any]:
        """Book a series."""

        def work() -> dict[str, Any]:
            return self._booked(book_series(schemas.book_series(parsed(schemas.BOOK, message)), desk=self.desk))

        return answered(work)

    @rpc
    def visits(self, **message: Any) -> dict[str, Any]:
        """The times at which several services can be had in one visit; nothing is held."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.FIND_VISITS, message)
            return views.visits(
                find_visits(schemas.visit(asked), since=asked["since"], until=asked["until"], desk=self.desk)
            )

        return answered(work)

    @rpc
    def book_visit(self, **message: Any) -> dict[str, Any]:
        """Book such a visit."""

        def work() -> dict[str, Any]:
            return self._booked(book_visit(schemas.book_visit(parsed(schemas.BOOK_VISIT, message)), desk=self.desk))

        return answered(work)

    @rpc
    def series(self, **message: Any) -> dict[str, Any]:
        """One series, for who has its token."""

        def work() -> dict[str, Any]:
            return self._series_view(see_series(schemas.access(parsed(schemas.SERIES_TOKEN, message)), desk=self.desk))

        return answered(work)

    @rpc
    def propose_repair(self, **message: Any) -> dict[str, Any]:
        """The times that would fill a place that fell out."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.PLACE, message)
            found = propose(schemas.access(asked), asked["session"], desk=self.desk)
            return views.proposals(found, self.desk.calendar.known())

        return answered(work)

    @rpc
    def repair_series(self, **message: Any) -> dict[str, Any]:
        """Fill that place."""

        def work() -> dict[str, Any]:
            return self._series_view(repair(schemas.repair(parsed(schemas.REPAIR, message)), desk=self.desk))

        return answered(work)

    @rpc
    def cancel_series(self, **message: Any) -> dict[str, Any]:
        """Cancel every session to come."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.CANCEL, message)
            return self._series_view(
                cancel_series(schemas.access(asked), accept_fee=asked["accept_fee"], desk=self.desk)
            )

        return answered(work)

    def _booked(self, booked: BookedSeries) -> dict[str, Any]:
        if not booked.replayed:
            log.info("booked a series", series_id=booked.series.id, booking_ids=list(booked.bookings))
        clinic = self.clinic_after()
        view = views.booked(booked, clinic, self._whole(booked.bookings, clinic))
        return {"series": view, "token": booked.token, "replayed": booked.replayed}

    def _series_view(self, found: SeenSeries) -> dict[str, Any]:
        clinic = self.clinic_after()
        return {"series": views.seen(found, clinic, self._whole(found.bookings, clinic))}

    def _whole(self, bookings: Mapping[BookingId, Booking], clinic: Clinic) -> views.Whole:
        try:
            lacking = self.needs_of(list(bookings.values()), clinic)
        except StorageAway as away:
            raise OutcomeUnknown("the database went away before the answer") from away

        def whole(made: Booking) -> dict[str, Any]:
            return {
                **booking(made, clinic),
                "needs": needs(lacking.get(made.id, ()), made, self.desk.rules),
                "manage_token": manage_token(made.id, made.generation, self.desk.manage_key),
            }

        return whole
