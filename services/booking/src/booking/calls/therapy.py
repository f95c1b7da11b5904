"""What physical therapy needs, for staff: open needs, referrals, authorizations, clearances."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema
from messaging.nameko_ext import rpc

from booking.application.documents import Paper, add_document, list_documents, list_running_out, reduce, revoke, verify
from booking.application.resolve_need import resolve
from booking.application.therapy_ports import Listed
from booking.calls.base import Calls, answered
from booking.domain.audit import Actor
from booking.domain.documents import Document
from booking.schemas import therapy as schemas
from booking.schemas.attendance import staff_access
from booking.schemas.base import parsed
from booking.views import therapy as views


class Therapy(Calls):
    """Calls about needs and documents."""

    @rpc
    def open_needs(self, **message: Any) -> dict[str, Any]:
        """What bookings lack, the soonest due first; what is overdue waits for staff."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.OPEN_NEEDS, message)
            desk = self.desk
            found = desk.therapy.open_needs(after=asked["after"], limit=asked["limit"])
            made, now = desk.bookings.find([each.booking_id for each in found]), desk.clock.now()
            items = [views.at_the_desk(each, made[each.booking_id], desk.rules, now=now) for each in found]
            return {"items": items}

        return answered(work)

    @rpc
    def running_out(self, **message: Any) -> dict[str, Any]:
        """Documents that run out while appointments rely on them. That they were read is written down."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.RUNNING_OUT, message)
            found = list_running_out(asked["after"], asked["limit"], actor=Actor(asked["actor"]), desk=self.desk)
            return {"items": [views.running_out(each) for each in found]}

        return answered(work)

    @rpc
    def resolve_need(self, **message: Any) -> dict[str, Any]:
        """Staff have seen it, the guest pays, or the time is given up."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.RESOLVE, message)
            return self.view(resolve(staff_access(asked), asked["need_id"], asked["how"], desk=self.desk))

        return answered(work)

    @rpc
    def documents(self, **message: Any) -> dict[str, Any]:
        """Documents of a kind, all or of a booking's patient. That they were read is written down."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.DOCUMENT_LIST, message)
            which = Listed(kind=asked["kind"], after=asked["after"], limit=asked["limit"])
            found = list_documents(which, booking_id=asked["booking_id"], actor=Actor(asked["actor"]), desk=self.desk)
            return {"items": [views.document(each) for each in found]}

        return answered(work)

    @rpc
    def add_document(self, **message: Any) -> dict[str, Any]:
        """A document was handed in."""

        def work() -> dict[str, Any]:
            added = add_document(schemas.adding(parsed(schemas.ADD, message)), desk=self.desk)
            return {"document": views.document(added)}

        return answered(work)

    @rpc
    def verify_document(self, **message: Any) -> dict[str, Any]:
        """It was checked."""
        return self._said(verify, schemas.PAPER, message)

    @rpc
    def revoke_document(self, **message: Any) -> dict[str, Any]:
        """It is good no longer."""
        return self._said(revoke, schemas.PAPER, message)

    @rpc
    def reduce_document(self, **message: Any) -> dict[str, Any]:
        """It is for fewer visits or units."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.REDUCE, message)
            return {"document": views.document(reduce(schemas.paper(asked), asked["to"], desk=self.desk))}

        return answered(work)

    def _said(self, say: Callable[..., Document], schema: Schema, message: dict[str, Any]) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            paper: Paper = schemas.paper(parsed(schema, message))
            return {"document": views.document(say(paper, desk=self.desk))}

        return answered(work)
