"""Booking's answer to "how do these bookings stand, and whom do I write to": one RPC for a whole batch.

And one for what stands on practitioners' days, if any are asked about.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation
from runtime.logs import get_logger

from notifications.application.ports import Answer, BookingAway
from notifications.domain.agenda import Day
from notifications.domain.facts import Facts
from notifications.domain.values import BookingId
from notifications.schemas import ValidationError, dump_day, load_day, load_facts

log = get_logger(__name__)

_DEADLINE = 3.0


class RpcBookings:
    """The `Bookings` behind the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def facts(self, booking_ids: AbstractSet[BookingId], days: Collection[Day] = ()) -> Answer:
        of_bookings, of_days = await asyncio.gather(self._bookings(booking_ids), self._days(days))
        return Answer(
            facts={**of_bookings.facts, **of_days.facts}, unreadable={*of_bookings.unreadable, *of_days.unreadable}
        )

    async def _bookings(self, booking_ids: AbstractSet[BookingId]) -> Answer:
        if not booking_ids:
            return Answer(facts={})
        views = await self._asked("message_facts", {"booking_ids": sorted(booking_ids)}, "bookings")
        return _read(views, dict.fromkeys(booking_ids, load_facts))

    async def _days(self, days: Collection[Day]) -> Answer:
        if not days:
            return Answer(facts={})
        try:
            views = await self._asked("practitioner_days", {"days": [dump_day(day) for day in days]}, "days")
        except BookingAway as problem:
            # A booking of the release before does not know the question: guests' messages wait for no agenda.
            log.warning("days can't be learnt", days=len(days), problem=str(problem))
            return Answer(facts={}, unreadable={day.id for day in days})
        return _read(views, {day.id: partial(load_day, day) for day in days})

    async def _asked(self, method: str, question: dict[str, Any], place: str) -> Mapping[str, Any]:
        try:
            answer = await self._bus.call(
                "booking",
                method,
                question,
                timeout=_DEADLINE,
                correlation_id=correlation.current() or correlation.new_id(),
            )
            views = answer["ok"][place]
        except (BrokerAway, DeadlinePassed, RemoteFault, KeyError, TypeError) as problem:
            raise BookingAway(type(problem).__name__) from problem
        if not isinstance(views, dict):
            raise BookingAway("its answer can't be read")
        return views


def _read(views: Mapping[str, Any], readers: Mapping[BookingId, Callable[[Mapping[str, Any]], Facts]]) -> Answer:
    facts: dict[BookingId, Facts] = {}
    unreadable: set[BookingId] = set()
    for booking_id in readers.keys() & views.keys():
        try:
            facts[booking_id] = readers[booking_id](views[booking_id])
        except ValidationError as problem:
            # Which fields, never what stood in them.
            log.error("facts can't be read", booking_id=booking_id, fields=sorted(problem.messages_dict))
            unreadable.add(booking_id)
    return Answer(facts=facts, unreadable=unreadable)
