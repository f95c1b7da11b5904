"""Free times."""

from typing import Any

from messaging.nameko_ext import rpc

from booking.application.availability import availability
from booking.application.by_time import find_by_time
from booking.application.explain import explain_start
from booking.calls.base import Calls, answered
from booking.schemas import looking as schemas
from booking.schemas.base import parsed
from booking.views import explaining
from booking.views import looking as views


class Looking(Calls):
    """Calls that look for free times."""

    @rpc
    def availability(self, **message: Any) -> dict[str, Any]:
        """The free times of a service at a location."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.AVAILABILITY, message)
            sought, own, moving = schemas.sought(asked), schemas.own_hold(asked), schemas.own_booking(asked)
            since, until = asked["since"], asked["until"]
            found = availability(sought, since=since, until=until, own=own, moving=moving, desk=self.desk)
            return views.availability(found)

        return answered(work)

    @rpc
    def search(self, **message: Any) -> dict[str, Any]:
        """The times at which several guests, or a guest with add-ons, can be served, and by whom each."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.SEARCH, message)
            found = availability(
                schemas.sought(asked),
                since=asked["since"],
                until=asked["until"],
                own=schemas.own_hold(asked),
                by_guest=True,
                desk=self.desk,
            )
            return views.combinations(found)

        return answered(work)

    @rpc
    def by_time(self, **message: Any) -> dict[str, Any]:
        """Everything that can be had within a few hours, and what else where nothing can."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.BY_TIME, message)
            found = find_by_time(schemas.by_time(asked), since=asked["since"], until=asked["until"], desk=self.desk)
            return views.by_time(found)

        return answered(work)

    @rpc
    def explain(self, **message: Any) -> dict[str, Any]:
        """Why a start is not offered, in a word."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.EXPLAIN, message)
            moving = schemas.own_booking(asked)
            found = explain_start(schemas.sought(asked), start=asked["start"], moving=moving, desk=self.desk)
            return explaining.explained(found)

        return answered(work)

    @rpc
    def explain_to_staff(self, **message: Any) -> dict[str, Any]:
        """Why a start is not offered, resource by resource."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.EXPLAIN_TO_STAFF, message)
            moving = schemas.moved_booking(asked)
            found = explain_start(
                schemas.sought(asked), start=asked["start"], moving=moving, by_staff=True, desk=self.desk
            )
            return explaining.explained_to_staff(found)

        return answered(work)
