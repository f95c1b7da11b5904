"""Holds: keep a slot while the guest types."""

from typing import Any

from messaging.nameko_ext import rpc

from booking.application.hold import hold
from booking.application.keep_hold import describe_hold, extend_hold, release_hold
from booking.calls.base import Calls, answered
from booking.schemas import holds as schemas
from booking.schemas.base import idempotency, parsed
from booking.schemas.looking import sought
from booking.views import holds as views


class Holding(Calls):
    """Calls about holds."""

    @rpc
    def hold(self, **message: Any) -> dict[str, Any]:
        """Keep a slot for a while."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.HOLD, message)
            held = hold(sought(asked), start=asked["start"], idempotency=idempotency(asked), desk=self.desk)
            return views.hold(held, self.desk.calendar.known())

        return answered(work)

    @rpc
    def extend_hold(self, **message: Any) -> dict[str, Any]:
        """Keep it longer."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.HOLD_TOKEN, message)
            kept = extend_hold(asked["hold_id"], asked["token"], desk=self.desk)
            return views.hold(kept, self.desk.calendar.known())

        return answered(work)

    @rpc
    def describe_hold(self, **message: Any) -> dict[str, Any]:
        """What is held, and what became of it."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.HOLD_TOKEN, message)
            found = describe_hold(asked["hold_id"], asked["token"], desk=self.desk)
            return views.described(found, self.desk.calendar.known())

        return answered(work)

    @rpc
    def release_hold(self, **message: Any) -> dict[str, Any]:
        """Give it back."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.HOLD_TOKEN, message)
            release_hold(asked["hold_id"], asked["token"], desk=self.desk)
            return {}

        return answered(work)
