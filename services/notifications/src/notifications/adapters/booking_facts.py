"""Booking's answer to "how do these bookings stand, and whom do I write to": one RPC for a whole batch."""

from collections.abc import Set as AbstractSet

from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation
from runtime.logs import get_logger

from notifications.application.ports import Answer, BookingAway
from notifications.domain.facts import Facts
from notifications.domain.values import BookingId
from notifications.schemas import ValidationError, load_facts

log = get_logger(__name__)

_DEADLINE = 3.0


class RpcBookings:
    """The `Bookings` behind the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def facts(self, booking_ids: AbstractSet[BookingId]) -> Answer:
        try:
            answer = await self._bus.call(
                "booking",
                "message_facts",
                {"booking_ids": sorted(booking_ids)},
                timeout=_DEADLINE,
                correlation_id=correlation.current() or correlation.new_id(),
            )
            views = answer["ok"]["bookings"]
        except (BrokerAway, DeadlinePassed, RemoteFault, KeyError, TypeError) as problem:
            raise BookingAway(type(problem).__name__) from problem
        if not isinstance(views, dict):
            raise BookingAway("its answer can't be read")
        facts: dict[BookingId, Facts] = {}
        unreadable: set[BookingId] = set()
        for booking_id in booking_ids & views.keys():
            try:
                facts[booking_id] = load_facts(views[booking_id])
            except ValidationError as problem:
                # Which fields, never what stood in them.
                log.error("facts can't be read", booking_id=booking_id, fields=sorted(problem.messages_dict))
                unreadable.add(booking_id)
        return Answer(facts=facts, unreadable=unreadable)
