"""Asking twice is safe: the same key gives the same answer, and one hold makes one booking."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.checker.counts import counts
from tests.outside.client import Api, a_guest, ok, problem
from tests.outside.platform import Platform


def a_key() -> str:
    return f"test-{uuid.uuid4()}"


def test_the_same_key_and_body_give_the_same_hold(api: Api) -> None:
    slot, key = api.a_slot(), a_key()
    first, again = (api.hold(slot, key=key) for _ in range(2))
    assert ok(first, 201)["id"] == again.json()["id"]
    assert again.status_code in {200, 201}
    assert again.json()["start"] == first.json()["start"]
    ok(api.book(again.json()), 201)


def test_a_hold_key_with_another_body_is_refused(api: Api) -> None:
    slots, key = api.slots(), a_key()
    ok(api.hold(slots[0], key=key), 201)
    problem(api.hold(slots[-1], key=key), 422, "idempotency_key_reused")


def test_the_same_key_and_body_give_the_same_booking(platform: Platform, api: Api) -> None:
    hold, guest, key = api.held(), a_guest(), a_key()
    first = ok(api.book(hold, guest, key=key), 201)
    before = counts(platform.databases["booking"])
    again = api.book(hold, guest, key=key)
    assert again.status_code in {200, 201}
    assert again.json() == first
    assert counts(platform.databases["booking"]) == before


def test_a_booking_key_with_another_body_is_refused_and_changes_nothing(platform: Platform, api: Api) -> None:
    hold, key = api.held(), a_key()
    ok(api.book(hold, a_guest(), key=key), 201)
    before = counts(platform.databases["booking"])
    problem(api.book(hold, a_guest(), key=key), 422, "idempotency_key_reused")
    assert counts(platform.databases["booking"]) == before


@pytest.mark.parametrize("keyed", [True, False], ids=["with a key", "without a key"])
def test_confirming_many_times_at_once_makes_one_booking(platform: Platform, api: Api, keyed: bool) -> None:
    hold, guest, key = api.held(), a_guest(), a_key() if keyed else None
    before = counts(platform.databases["booking"])["bookings"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.book(hold, guest, key=key), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert counts(platform.databases["booking"])["bookings"] == before + 1
