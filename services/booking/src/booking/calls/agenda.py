"""What stands at a location, and blocks: for staff."""

from typing import Any

from messaging.nameko_ext import rpc

from booking.application.agenda import agenda, story
from booking.application.block import block, blocks, unblock
from booking.calls.base import Calls, answered
from booking.domain.audit import Actor
from booking.domain.ids import BlockId, BookingId, LocationId
from booking.schemas import agenda as schemas
from booking.schemas.base import parsed
from booking.views import agenda as views


class Overview(Calls):
    """Calls of staff who look, and who keep time from guests."""

    @rpc
    def agenda(self, **message: Any) -> dict[str, Any]:
        """The bookings of a span at a location."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.AGENDA, message)
            page = agenda(
                LocationId(asked["location_id"]),
                since=asked["since"],
                until=asked["until"],
                after=schemas.place(asked),
                limit=asked["limit"],
                desk=self.desk,
            )
            return views.agenda(page, self.desk.calendar.known())

        return answered(work)

    @rpc
    def story(self, **message: Any) -> dict[str, Any]:
        """One booking, and what was done to it."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.STORY, message)
            return views.story(story(BookingId(asked["booking_id"]), desk=self.desk), self.desk.calendar.known())

        return answered(work)

    @rpc
    def block(self, **message: Any) -> dict[str, Any]:
        """Keep time from guests."""

        def work() -> dict[str, Any]:
            wanted = schemas.block(parsed(schemas.BLOCK, message), now=self.desk.clock.now())
            return {"block": views.block(block(wanted, desk=self.desk), self.desk.calendar.known())}

        return answered(work)

    @rpc
    def unblock(self, **message: Any) -> dict[str, Any]:
        """Give it back."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.UNBLOCK, message)
            unblock(BlockId(asked["block_id"]), actor=Actor(asked["actor"]), desk=self.desk)
            return {}

        return answered(work)

    @rpc
    def blocks(self, **message: Any) -> dict[str, Any]:
        """The blocks of a span at a location."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.BLOCKS, message)
            location_id, clinic = LocationId(asked["location_id"]), self.desk.calendar.known()
            found = blocks(location_id, since=asked["since"], until=asked["until"], desk=self.desk)
            return {"items": [views.block(each, clinic) for each in found]}

        return answered(work)
