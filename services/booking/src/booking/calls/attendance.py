"""An appointment's day, for staff."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema
from messaging.nameko_ext import rpc

from booking.application.attend import check_in, complete, miss, revert, waive_fee
from booking.application.cancel import cancel_as_staff, undo_cancel
from booking.calls.base import Calls, answered
from booking.domain.booking import Booking
from booking.schemas import attendance as schemas
from booking.schemas.base import parsed


class Attendance(Calls):
    """Calls about guests who come, or do not."""

    @rpc
    def check_in(self, **message: Any) -> dict[str, Any]:
        """The guest is there."""
        return self._step(check_in, schemas.STEP, message)

    @rpc
    def complete(self, **message: Any) -> dict[str, Any]:
        """The treatment is done."""
        return self._step(complete, schemas.STEP, message)

    @rpc
    def no_show(self, **message: Any) -> dict[str, Any]:
        """The guest did not come."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.MISS, message)
            return self.view(miss(schemas.staff_access(asked), waive=asked["waive_fee"], desk=self.desk))

        return answered(work)

    @rpc
    def revert(self, **message: Any) -> dict[str, Any]:
        """Take the last step back."""
        return self._step(revert, schemas.REASONED, message)

    @rpc
    def waive_fee(self, **message: Any) -> dict[str, Any]:
        """Let the guest off what they owe, or one guest of a party."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.WAIVE, message)
            return self.view(waive_fee(schemas.staff_access(asked), place=asked["guest"], desk=self.desk))

        return answered(work)

    @rpc
    def cancel_as_staff(self, **message: Any) -> dict[str, Any]:
        """Cancel, whenever it is."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.CANCEL, message)
            return self.view(cancel_as_staff(schemas.staff_access(asked), fee=asked["fee"], desk=self.desk))

        return answered(work)

    @rpc
    def undo_cancel_as_staff(self, **message: Any) -> dict[str, Any]:
        """Let it stand after all."""
        return self._step(undo_cancel, schemas.STEP, message)

    def _step(self, step: Callable[..., Booking], schema: Schema, message: dict[str, Any]) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            access = schemas.staff_access(parsed(schema, message))
            return self.view(step(access, desk=self.desk))

        return answered(work)
