"""With a server away the platform says so, does what it still can, and recovers without hands.

Redis, RabbitMQ, and PostgreSQL: one service's database, and all of it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.checker.history import lost, unpublished
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, a_guest, away, ok
from tests.outside.messages import CONFIRMED, kinds, sent_about
from tests.outside.plain_page import book_on_the_page
from tests.outside.stack import StackPlatform
from tests.outside.until import until
from tests.outside.waiting import SERVED, SLACK, answered

Figures = Callable[[str], None]


@pytest.mark.parametrize("how", ["killed", "hanging"])
def test_with_redis_away_holds_are_not_exclusive_and_bookings_stand(
    stack: StackPlatform, figures: Figures, how: str
) -> None:
    api = stack.api
    slots = api.slots(after=timedelta(days=3))
    before = ok(api.hold(slots[0]), 201)
    gone, back = {
        "killed": (stack.redis.kill, stack.redis.start),
        "hanging": (stack.redis.pause, stack.redis.resume),
    }[how]
    gone()
    try:
        held = answered(lambda: api.hold(slots[-1]))
        during = ok(held.answer, 201)
        assert during["exclusive"] is False
        made = [ok(api.book(hold), 201)["id"] for hold in (before, during)]
        assert held.seconds < 1 + SLACK
        seen = api.http.get("/readyz")
        assert (seen.status_code, away(seen)) == (200, {"booking.redis"})
    finally:
        back()
    figures(f"Redis {how}: a hold took {held.seconds:.2f} s")
    _hold_is_exclusive_again(api)
    assert lost(stack.databases["booking"], made) == []
    assert overlaps(stack.databases["booking"]) == []


def test_with_rabbitmq_away_the_answer_is_503_within_a_second_and_what_was_committed_goes_out_on_return(
    stack: StackPlatform, figures: Figures
) -> None:
    api = stack.api
    slot = api.a_slot(after=timedelta(days=3))
    # Committed, and not published by the time the broker goes.
    stack.stop_process("booking-relay")
    committed = api.booked(api.a_slot(after=timedelta(days=4)))
    stack.rabbitmq.kill()
    stack.start_process("booking-relay")
    try:
        until(lambda: not api.serves(), within=10, expecting="/readyz to notice")
        assert "rabbitmq" in away(api.http.get("/readyz"))
        refusal = answered(lambda: api.hold(slot)).refused("unavailable")
        assert refusal.seconds < 1 + SLACK
        for path in ("/healthz", "/v1/locations", "/v1/services", "/v1/practitioners", "/"):
            assert api.http.get(path).status_code == 200, path
        assert unpublished(stack.databases["booking"]) == 1
    finally:
        stack.rabbitmq.start()
    figures(f"RabbitMQ away: a hold was refused in {refusal.seconds:.3f} s")
    until(api.is_ready, within=60, expecting="nothing to be missing")
    later = api.booked(slot)
    for booking in (committed, later):
        assert kinds(sent_about(api, booking, count=2, within=SERVED)) == CONFIRMED


@pytest.mark.parametrize(
    ("owner", "missing"),
    [
        ("catalog", {"catalog", "catalog.database"}),
        ("notifications", {"notifications", "notifications.database"}),
        ("gateway", {"gateway.database"}),
    ],
)
def test_with_the_database_of_a_service_away_that_only_prepares_or_tells_guests_book(
    stack: StackPlatform, owner: str, missing: set[str]
) -> None:
    api = stack.api
    slot = api.a_slot(after=timedelta(days=3))
    if owner == "gateway":
        # The demo's inbox is in the same database: what is sent into it meanwhile would wait to be repeated.
        stack.pause_process("notifications-sender")
    stack.shut_database(owner)
    try:
        until(lambda: missing <= away(api.http.get("/readyz")), within=SERVED, expecting=f"/readyz to name {missing}")
        assert api.serves()
        booking = api.booked(slot)
        book_on_the_page(stack.url, a_guest())
        if owner == "gateway":
            # It can even start: the catalog tells it what its own database would have.
            stack.stop_process("gateway")
            stack.start_process("gateway")
            until(api.serves, within=SERVED, expecting="the gateway to serve without its database")
            assert api.booking(booking).json()["state"] == "confirmed"
    finally:
        stack.open_database(owner)
        stack.resume_process("notifications-sender")
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")
    assert kinds(sent_about(api, booking, count=2, within=60)) == CONFIRMED


def test_with_bookings_database_away_the_offer_is_shown_and_what_would_book_is_503_and_nothing_in_doubt(
    stack: StackPlatform, figures: Figures
) -> None:
    api = stack.api
    first, second, third = api.slots(after=timedelta(days=3))[:12:4]
    made, held = api.booked(first), ok(api.hold(second), 201)
    stack.shut_database("booking")
    try:
        until(lambda: not api.serves(), within=SERVED, expecting="/readyz to notice")
        assert {"booking", "booking.database"} <= away(api.http.get("/readyz"))
        asked = (
            lambda: api.hold(third),
            lambda: api.book(held, a_guest()),
            lambda: api.booking(made),
            lambda: api.cancel(made),
        )
        took = [answered(ask).refused("unavailable").seconds for ask in asked]
        assert max(took) < 1 + SLACK
        for path in ("/healthz", "/v1/locations", "/v1/services", "/v1/practitioners", "/"):
            assert api.http.get(path).status_code == 200, path
    finally:
        stack.open_database("booking")
    figures(f"booking's PostgreSQL away: refused in {max(took):.3f} s at most")
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")
    # What was refused was not done, and is done now.
    assert ok(api.booking(made))["state"] == "confirmed"
    booking = ok(api.book(held, a_guest()), 201)
    ok(api.hold(third), 201)
    assert lost(stack.databases["booking"], [made["id"], booking["id"]]) == []
    for each in (made, booking):
        assert kinds(sent_about(api, each, count=2, within=60)) == CONFIRMED


def test_with_postgresql_killed_under_everyone_each_process_finds_back(stack: StackPlatform) -> None:
    api = stack.api
    slot = api.a_slot(after=timedelta(days=3))
    made = api.booked(api.a_slot(after=timedelta(days=4)))
    stack.postgres.kill()
    try:
        answered(lambda: api.hold(slot)).refused("unavailable")
        assert api.http.get("/v1/services").status_code == 200
        assert {"booking.database", "notifications.database", "catalog.database", "gateway.database"} <= away(
            api.http.get("/readyz")
        )
    finally:
        stack.postgres.start()
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")
    for booking in (made, api.booked(slot)):
        assert kinds(sent_about(api, booking, count=2, within=60)) == CONFIRMED
    assert lost(stack.databases["booking"], [made["id"]]) == []


def _hold_is_exclusive_again(api: Api) -> None:
    until(
        lambda: api.held(after=timedelta(days=5))["exclusive"],
        within=SERVED,
        expecting="holds to be exclusive again",
    )
