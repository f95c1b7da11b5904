"""What every call stands on: the outside, and one way to answer."""

from collections.abc import Callable, Sequence
from typing import Any

from runtime.logs import get_logger

from booking.adapters.postgres_bookings import OutcomeUnknown
from booking.application.ports import Desk, StorageAway
from booking.domain.booking import Booking
from booking.domain.clinic import PHYSICAL_THERAPY, Clinic
from booking.domain.errors import Refused
from booking.domain.ids import BookingId
from booking.domain.needs import Need
from booking.outside import Outside
from booking.views.bookings import booking
from booking.views.refusals import refusal
from booking.views.therapy import needs

log = get_logger(__name__)


class Calls:
    """A part of the service's calls. nameko finds them on whatever class inherits them."""

    outside: Outside

    @property
    def desk(self) -> Desk:
        """Everything a use case works with."""
        return self.outside.desk

    def view(self, made: Booking) -> dict[str, Any]:
        """Return the booking as the answer to a call that may have written it."""
        clinic = self.clinic_after()
        try:
            lacking = self.needs_of([made], clinic).get(made.id, ())
        except StorageAway as away:
            raise OutcomeUnknown("the database went away before the answer") from away
        return {"booking": {**booking(made, clinic), "needs": needs(lacking, made, self.desk.rules)}}

    def needs_of(self, made: Sequence[Booking], clinic: Clinic) -> dict[BookingId, list[Need]]:
        """Return what those of the bookings need that are physical therapy; nothing is read if none is."""
        therapy = _therapy_of(made, clinic)
        return self.desk.therapy.needs(therapy) if therapy else {}

    def ending_of(self, made: Sequence[Booking], clinic: Clinic) -> set[BookingId]:
        """Return those that rely on a document that runs out; nothing is read if none is physical therapy."""
        therapy, desk = _therapy_of(made, clinic), self.desk
        return (
            desk.therapy.ending(therapy, now=desk.clock.now(), thresholds=desk.rules.running_out) if therapy else set()
        )

    def clinic_after(self) -> Clinic:
        """Return the clinic for the answer to a call that may have written something."""
        try:
            return self.desk.calendar.known()
        except StorageAway as away:
            # What was asked for may be done by now: `StorageAway` would deny it.
            raise OutcomeUnknown("the database went away before the answer") from away


def _therapy_of(made: Sequence[Booking], clinic: Clinic) -> list[BookingId]:
    return [each.id for each in made if clinic.services[each.service_id].modality == PHYSICAL_THERAPY]


def answered(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the work returns, or its refusal; anything else that it raises is a fault."""
    try:
        return {"ok": work()}
    except Refused as refused:
        return {"refused": refusal(refused)}
    except StorageAway as away:
        # As good as a refusal: nothing was changed, and the caller may say so instead of guessing.
        log.warning("the database is away", reason=str(away))
        return {"refused": refusal(Refused("unavailable", "Our calendar cannot be reached just now."))}
