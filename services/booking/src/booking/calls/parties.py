"""One guest of a party cannot come."""

from collections.abc import Callable, Mapping
from typing import Any

from messaging.nameko_ext import rpc

from booking.application.withdraw import Withdraw, go_on_alone, keep_free, name_guest
from booking.calls.base import Calls, answered
from booking.domain.booking import Booking
from booking.schemas import bookings as schemas
from booking.schemas.base import parsed


class Parties(Calls):
    """Calls about single guests of a party."""

    @rpc
    def cancel_guest(self, **message: Any) -> dict[str, Any]:
        """One guest does not come, and what then."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.CANCEL_GUEST, message)
            return self.view(self._then()[asked["then"]](asked))

        return answered(work)

    @rpc
    def name_guest(self, **message: Any) -> dict[str, Any]:
        """Someone else takes the place that was kept free."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.NAME_GUEST, message)
            who = schemas.companion(asked["who"])
            return self.view(name_guest(schemas.access(asked), asked["guest"], who, desk=self.desk))

        return answered(work)

    def _then(self) -> Mapping[str, Callable[[Mapping[str, Any]], Booking]]:
        return {"keep_place": self._keep_free, "single": self._go_on_alone}

    def _keep_free(self, asked: Mapping[str, Any]) -> Booking:
        return keep_free(schemas.access(asked), asked["guest"], desk=self.desk)

    def _go_on_alone(self, asked: Mapping[str, Any]) -> Booking:
        command = Withdraw(place=asked["guest"], accept_fee=asked["accept_fee"], screening=schemas.answers(asked))
        return go_on_alone(schemas.access(asked), command, desk=self.desk)
