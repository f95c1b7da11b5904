"""The waitlist, for guests who have the entry's token, and what staff ask about it."""

from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from booking.application.accept_offer import Accept, accept
from booking.application.join_waitlist import join
from booking.application.unmet_demand import unmet_demand
from booking.application.waiting import Seen, decline, leave, see, seen
from booking.calls.base import Calls, answered
from booking.domain.booking import manage_token
from booking.domain.waitlist import open_lease
from booking.schemas import bookings as booking_schemas
from booking.schemas import waitlist as schemas
from booking.schemas.base import parsed
from booking.views import waitlist as views

log = get_logger(__name__)


class Waiting(Calls):
    """Calls about the waitlist and unmet demand."""

    @rpc
    def join_waitlist(self, **message: Any) -> dict[str, Any]:
        """Wait for a time that is not free."""

        def work() -> dict[str, Any]:
            joined = join(schemas.join(parsed(schemas.JOIN, message)), desk=self.desk)
            if not joined.replayed:
                log.info("waits", entry_id=joined.entry.id)
            found = self._seen(seen(joined.entry, desk=self.desk))
            return {**found, "token": joined.token, "replayed": joined.replayed}

        return answered(work)

    @rpc
    def waitlist_entry(self, **message: Any) -> dict[str, Any]:
        """One entry, and the offer that stands."""

        def work() -> dict[str, Any]:
            return self._seen(see(schemas.waiter(parsed(schemas.ENTRY_TOKEN, message)), desk=self.desk))

        return answered(work)

    @rpc
    def leave_waitlist(self, **message: Any) -> dict[str, Any]:
        """Wait no more."""

        def work() -> dict[str, Any]:
            return self._seen(leave(schemas.waiter(parsed(schemas.ENTRY_TOKEN, message)), desk=self.desk))

        return answered(work)

    @rpc
    def decline_offer(self, **message: Any) -> dict[str, Any]:
        """Let the next have it."""

        def work() -> dict[str, Any]:
            return self._seen(decline(schemas.waiter(parsed(schemas.ENTRY_TOKEN, message)), desk=self.desk))

        return answered(work)

    @rpc
    def accept_offer(self, **message: Any) -> dict[str, Any]:
        """Take the offered time: the booking, as `book` answers it."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.ACCEPT, message)
            wanted = Accept(
                waiter=schemas.waiter(asked),
                screening=booking_schemas.answers(asked),
                companions=tuple(booking_schemas.answers(each) for each in asked["guests"]),
                papers=booking_schemas.papers(asked),
            )
            booked = accept(wanted, desk=self.desk)
            made = booked.booking
            if not booked.replayed:
                log.info("booked", booking_id=made.id, entry_id=asked["entry_id"])
            token = manage_token(made.id, made.generation, self.desk.manage_key)
            return {**self.view(made), "manage_token": token, "replayed": booked.replayed}

        return answered(work)

    @rpc
    def waitlist(self, **message: Any) -> dict[str, Any]:
        """Who waits, and waited; only for staff."""

        def work() -> dict[str, Any]:
            found = self.desk.waitlist.listed(schemas.which(parsed(schemas.LIST, message)))
            clinic, now = self.desk.calendar.known(), self.desk.clock.now()
            return {"items": [views.entry(each, clinic, offer=open_lease(each, now)) for each in found]}

        return answered(work)

    @rpc
    def unmet_demand(self, **message: Any) -> dict[str, Any]:
        """What was looked for in vain, hour by hour; only for staff."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.UNMET, message)
            found = unmet_demand(asked["location_id"], since=asked["since"], until=asked["until"], desk=self.desk)
            return {"items": views.unmet(found)}

        return answered(work)

    def _seen(self, found: Seen) -> dict[str, Any]:
        return {"entry": views.seen(found, self.clinic_after())}
