"""Asking booking, over a bus that does what a test tells it to."""

from typing import Any

import pytest
from messaging.bus import BrokerAway, DeadlinePassed, RemoteFault
from notifications.adapters.booking_facts import RpcBookings
from notifications.application.ports import BookingAway
from notifications.domain.agenda import day_of
from notifications.domain.values import BookingId, LocationId

from services.notifications.tests.made import ANA, BOOKING, LOCATION, START, agenda_facts, facts
from services.notifications.tests.wire import view

pytestmark = pytest.mark.anyio

TODAY = day_of(ANA, LocationId(LOCATION), START, "Europe/Paris")
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


def a_day(**differences: Any) -> dict[str, Any]:
    entry = {
        "booking_id": BOOKING,
        "revision": 1,
        "start": "2026-12-01T10:30:00+01:00",
        "service": "Appointment at La Belle",
        "guest": "C. R.",
        "duration_minutes": 60,
        "rooms": ["Tilleul"],
    }
    whole = {"practitioner": view()["practitioners"][0], "location": view()["location"], "entries": [entry]}
    return {**whole, **differences}


async def test_days_are_another_question_and_bookings_none_where_there_is_none() -> None:
    bus = FakeBus({"ok": {"days": {TODAY.id: a_day()}}})
    answer = await RpcBookings(bus).facts(frozenset(), [TODAY])  # type: ignore[arg-type]  # a fake
    since, until = "2026-11-30T23:00:00Z", "2026-12-01T23:00:00Z"
    asked = {"id": TODAY.id, "practitioner_id": ANA, "location_id": LOCATION, "since": since, "until": until}
    assert bus.calls == [("booking", "practitioner_days", {"days": [asked]}, 3.0)]
    assert (answer.facts, answer.unreadable) == ({TODAY.id: agenda_facts(START)}, set())


async def test_an_empty_day_is_read_as_one() -> None:
    bus = FakeBus({"ok": {"days": {TODAY.id: a_day(entries=[])}}})
    answer = await RpcBookings(bus).facts(frozenset(), [TODAY])  # type: ignore[arg-type]  # a fake
    assert answer.facts == {TODAY.id: agenda_facts()}


@pytest.mark.parametrize("answer", [RemoteFault("MethodNotFound"), {"ok": {"days": {TODAY.id: {"entries": 1}}}}])
async def test_days_that_a_booking_of_before_does_not_know_are_unreadable_and_no_booking_is(answer: Any) -> None:
    found = await RpcBookings(FakeBus(answer)).facts(frozenset(), [TODAY])  # type: ignore[arg-type]  # a fake
    assert (found.facts, found.unreadable) == ({}, {TODAY.id})


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
