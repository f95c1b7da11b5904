"""Practitioners' calendars to subscribe to."""

from typing import Any

from messaging.nameko_ext import rpc

from booking.application.days import days
from booking.application.feed import feed, feed_link, revoke_feed
from booking.calls.base import Calls, answered
from booking.domain.ids import PractitionerId
from booking.schemas import feeds as schemas
from booking.schemas.base import parsed
from booking.views import feeds as views


class Feeds(Calls):
    """Calls about practitioners' calendars."""

    @rpc
    def practitioner_calendar(self, **message: Any) -> dict[str, Any]:
        """What stands in a practitioner's calendar, for who has its token."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.FEED, message)
            return views.feed(feed(PractitionerId(asked["practitioner_id"]), asked["token"], desk=self.desk))

        return answered(work)

    @rpc
    def practitioner_calendar_link(self, **message: Any) -> dict[str, Any]:
        """The token of a practitioner's calendar; only staff asks."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.FEED_LINK, message)
            return {"token": feed_link(PractitionerId(asked["practitioner_id"]), desk=self.desk)}

        return answered(work)

    @rpc
    def revoke_practitioner_calendar(self, **message: Any) -> dict[str, Any]:
        """Make the addresses handed out so far useless; only staff asks."""

        def work() -> dict[str, Any]:
            asked = parsed(schemas.FEED_LINK, message)
            revoke_feed(PractitionerId(asked["practitioner_id"]), desk=self.desk)
            return {}

        return answered(work)

    @rpc
    def practitioner_days(self, **message: Any) -> dict[str, Any]:
        """What practitioners do on a day at a location; only notifications asks."""

        def work() -> dict[str, Any]:
            found = days(schemas.days(parsed(schemas.DAYS, message)), desk=self.desk)
            return {"days": {each: views.day(one) for each, one in found.items()}}

        return answered(work)
