"""With a part away the platform says so, does what it still can, and recovers without hands."""

import time
from datetime import timedelta

import httpx

from tests.checker.history import lost
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Slot, a_guest, ok, problem
from tests.outside.messages import sent_about
from tests.outside.stack import StackPlatform
from tests.outside.until import until

SERVED = 30  # seconds within which the platform must serve again after a part came back


def test_with_redis_away_holds_are_not_exclusive_and_bookings_stand(stack: StackPlatform) -> None:
    api = stack.api
    slots = api.slots(after=timedelta(days=3))
    before = ok(api.hold(slots[0]), 201)
    stack.redis.kill()
    try:
        during = ok(api.hold(slots[-1]), 201)
        assert during["exclusive"] is False
        made = [ok(api.book(hold), 201)["id"] for hold in (before, during)]
    finally:
        stack.redis.start()
    until(
        lambda: ok(api.hold(api.a_slot(after=timedelta(days=5))), 201)["exclusive"],
        within=SERVED,
        expecting="holds to be exclusive again",
    )
    assert lost(stack.databases["booking"], made) == []
    assert overlaps(stack.databases["booking"]) == []


def test_with_rabbitmq_away_the_answer_is_503_within_a_second_and_nothing_is_lost(
    stack: StackPlatform,
) -> None:
    api = stack.api
    slot = api.a_slot(after=timedelta(days=3))
    booking = api.booked(api.a_slot(after=timedelta(days=4)))
    stack.rabbitmq.kill()
    try:
        until(lambda: not api.is_ready(), within=10, expecting="/readyz to notice")
        begun = time.monotonic()
        refusal = api.hold(slot)
        took = time.monotonic() - begun
        problem(refusal, 503, "unavailable")
        assert int(refusal.headers["retry-after"]) >= 1
        assert took < 5, "the bound is a second; five times as much is a fault"
        parts = api.http.get("/readyz").json()["parts"]
        assert any(not part["ok"] and "rabbitmq" in part["name"] for part in parts), parts
        assert ok(api.http.get("/healthz")) is not None
        assert api.http.get("/v1/locations").status_code == 200
    finally:
        stack.rabbitmq.start()
    until(api.is_ready, within=60, expecting="the platform to be ready again by itself")
    later = api.booked(slot)
    sent_about(api, booking, count=2, within=SERVED)
    sent_about(api, later, count=2, within=SERVED)


def test_readyz_names_the_part_that_is_not_ready(stack: StackPlatform) -> None:
    api = stack.api
    assert all(part["ok"] for part in ok(api.http.get("/readyz"))["parts"] if part["needed"])
    stack.stop_process("notifications")
    try:
        until(lambda: not api.is_ready(), within=20, expecting="/readyz to notice")
        answer = api.http.get("/readyz")
        assert answer.status_code == 503
        missing = [part["name"] for part in answer.json()["parts"] if part["needed"] and not part["ok"]]
        assert {name.split(".")[0] for name in missing} == {"notifications"}
    finally:
        stack.start_process("notifications")
    until(api.is_ready, within=SERVED, expecting="the platform to be ready again")


def test_with_catalog_stopped_booking_and_gateway_restart_and_a_guest_still_books(
    stack: StackPlatform,
) -> None:
    api = stack.api
    stack.stop_process("catalog")
    try:
        for process in ("booking", "gateway"):
            stack.stop_process(process)
            stack.start_process(process)
        slots = until(lambda: _slots_or_nothing(api), within=SERVED, expecting="free times although catalog is down")
        ok(api.book(ok(api.hold(slots[0]), 201), a_guest()), 201)
        page = api.http.get("/")
        assert page.status_code == 200
        assert "La Belle" in page.text
    finally:
        stack.start_process("catalog")
    until(api.is_ready, within=SERVED, expecting="the platform to be ready again")


def _slots_or_nothing(api: Api) -> list[Slot]:
    try:
        return api.slots(after=timedelta(days=5))
    except (AssertionError, httpx.TransportError, StopIteration):
        return []
