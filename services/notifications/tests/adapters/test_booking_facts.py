"""Asking booking, over a bus that does what a test tells it to."""

from typing import Any

import pytest
from messaging.bus import BrokerAway, DeadlinePassed, RemoteFault
from notifications.adapters.booking_facts import RpcBookings
from notifications.application.ports import BookingAway
from notifications.domain.values import BookingId

from services.notifications.tests.made import BOOKING, facts
from services.notifications.tests.wire import view

pytestmark = pytest.mark.anyio

OTHER = BookingId("f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")


class FakeBus:
    """Gives one answer, or raises it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    async def call(self, service: str, method: str, kwargs: Any, **options: Any) -> Any:
        self.calls.append((service, method, kwargs, options["timeout"]))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def ask(answer: Any) -> Any:
    return await RpcBookings(FakeBus(answer)).facts({BOOKING, OTHER})  # type: ignore[arg-type]  # a fake


async def test_one_question_for_all() -> None:
    bus = FakeBus({"ok": {"bookings": {BOOKING: view()}}})
    answer = await RpcBookings(bus).facts({OTHER, BOOKING})  # type: ignore[arg-type]  # a fake
    assert bus.calls == [("booking", "message_facts", {"booking_ids": [BOOKING, OTHER]}, 3.0)]
    assert answer.facts == {BOOKING: facts()}
    assert answer.unreadable == set()


async def test_one_that_cannot_be_read_does_not_spoil_the_others() -> None:
    answer = await ask({"ok": {"bookings": {BOOKING: view(), OTHER: {"id": OTHER}}}})
    assert set(answer.facts) == {BOOKING}
    assert answer.unreadable == {OTHER}


@pytest.mark.parametrize(
    "answer",
    [
        BrokerAway(),
        DeadlinePassed(),
        RemoteFault("KeyError"),
        {"refused": {"code": "not_ready", "detail": "still loading"}},
        {"ok": {}},
        {"ok": None},
        {"ok": {"bookings": []}},
        None,
        [],
    ],
)
async def test_anything_but_an_answer_is_a_booking_that_is_away(answer: Any) -> None:
    with pytest.raises(BookingAway):
        await ask(answer)
