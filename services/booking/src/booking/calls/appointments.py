"""Bookings, for guests who have the hold's or the booking's token."""

from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.reschedule import reschedule
from booking.application.show import facts, offer_facts, series_facts, show, wait_facts
from booking.calls.base import Calls, answered
from booking.domain.booking import manage_token
from booking.schemas import bookings as schemas
from booking.schemas.base import idempotency, parsed
from booking.views import bookings as views
from booking.views.series import facts as series_view
from booking.views.waitlist import facts as offer_view
from booking.views.waitlist import waits as wait_view

log = get_logger(__name__)


class Appointments(Calls):
    """Calls about bookings."""

    @rpc
    def book(self, **message: Any) -> dict[str, Any]:
        """Make the appointment."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.BOOK, message)
            command = Book(
                hold_id=asked["hold_id"],
                hold_token=asked["hold_token"],
                contact=schemas.contact(asked),
                screening=schemas.answers(asked),
                companions=tuple(schemas.companion(each) for each in asked["guests"]),
                papers=schemas.papers(asked),
                idempotency=idempotency(asked),
            )
            booked = book(command, desk=self.desk)
            made = booked.booking
            if not booked.replayed:
                log.info("booked", booking_id=made.id)
            token = manage_token(made.id, made.generation, self.desk.manage_key)
            return {**self.view(made), "manage_token": token, "replayed": booked.replayed}

        return answered(work)

    @rpc
    def booking(self, **message: Any) -> dict[str, Any]:
        """One booking, for who has its token."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.SHOW, message)
            return self.view(show(asked["booking_id"], asked["manage_token"], desk=self.desk))

        return answered(work)

    @rpc
    def cancel(self, **message: Any) -> dict[str, Any]:
        """Give the appointment up."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.CANCEL, message)
            return self.view(cancel(schemas.access(asked), accept_fee=asked["accept_fee"], desk=self.desk))

        return answered(work)

    @rpc
    def undo_cancel(self, **message: Any) -> dict[str, Any]:
        """Let it stand after all."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.UNDO_CANCEL, message)
            return self.view(undo_cancel(schemas.access(asked), desk=self.desk))

        return answered(work)

    @rpc
    def reschedule(self, **message: Any) -> dict[str, Any]:
        """Move the appointment."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.RESCHEDULE, message)
            return self.view(reschedule(schemas.access(asked), schemas.move(asked), desk=self.desk))

        return answered(work)

    @rpc
    def message_facts(self, **message: Any) -> dict[str, Any]:
        """What one needs to know to write to guests: of bookings, offers, waits and series. Only notifications asks."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.FACTS, message)
            clinic, found = self.desk.calendar.known(), facts(asked["booking_ids"], desk=self.desk)
            bookings = [made for made, _ in found.values()]
            lacking, ending = self.needs_of(bookings, clinic), self.ending_of(bookings, clinic)
            displaced = {each.booking.id for each in self.desk.displacements.among(list(found))}
            following = self.desk.series.following(list(found))
            known = {
                each: views.facts(
                    made,
                    token,
                    clinic,
                    lacking.get(each, ()),
                    ending=each in ending,
                    displaced=each in displaced,
                    follows=each in following,
                )
                for each, (made, token) in found.items()
            }
            others = [each for each in asked["booking_ids"] if each not in known]
            offers = offer_facts(others, desk=self.desk) if others else {}
            written = {each: offer_view(one.entry, one.lease, one.token, clinic) for each, one in offers.items()}
            others = [each for each in others if each not in offers]
            waiting = wait_facts(others, desk=self.desk) if others else {}
            waits = {each: wait_view(one.entry, one.token, clinic) for each, one in waiting.items()}
            others = [each for each in others if each not in waiting]
            told, now = series_facts(others, desk=self.desk) if others else {}, self.desk.clock.now()
            whole = {each: view for each, one in told.items() if (view := series_view(one, clinic, now)) is not None}
            return {"bookings": {**known, **written, **waits, **whole}}

        return answered(work)
