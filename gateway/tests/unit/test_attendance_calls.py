"""Check-in, completion, no-show and the way back: one question to the booking service each."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.bookings import Booking
from gateway_fakes import BOOKING, FakeBus

STEPS = {"check-in": "check_in", "complete": "complete", "no-show": "no_show", "revert": "revert"}
STEPS_SAY = {"no-show": {"waive_fee": False}}
WHY = {"reason": "Pressed the wrong one"}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


@pytest.mark.parametrize("prefix", ["/v1/bookings", "/v1/admin/bookings"])
@pytest.mark.parametrize("verb", STEPS)
async def test_a_step_is_one_question_that_names_who_asks(
    staff: httpx.AsyncClient, bus: FakeBus, prefix: str, verb: str
) -> None:
    bus.answers[f"booking.{STEPS[verb]}"] = {"ok": {"booking": {**ANSWERS[Booking], "revision": 2}}}
    answer = await staff.post(f"{prefix}/{BOOKING}/{verb}", json=WHY, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert [(call.method, call.kwargs) for call in bus.calls] == [
        (STEPS[verb], {"booking_id": BOOKING, "actor": "admin", "if_revision": 1, **WHY, **STEPS_SAY.get(verb, {})})
    ]


async def test_staff_cancel_with_a_reason_and_take_that_back_and_waive_a_fee(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    for method in ("cancel_as_staff", "undo_cancel_as_staff", "waive_fee"):
        bus.answers[f"booking.{method}"] = {"ok": {"booking": ANSWERS[Booking]}}
    at = f"/v1/admin/bookings/{BOOKING}"
    assert (await staff.post(f"{at}/cancel", json={**WHY, "fee": "owed"})).status_code == 200
    assert (await staff.post(f"{at}/undo-cancel")).status_code == 200
    assert (await staff.post(f"{at}/waive-fee", json=WHY)).status_code == 200
    about = {"booking_id": BOOKING, "actor": "admin"}
    assert [(call.method, call.kwargs) for call in bus.calls] == [
        ("cancel_as_staff", {**about, **WHY, "fee": "owed"}),
        ("undo_cancel_as_staff", about),
        ("waive_fee", {**about, **WHY}),
    ]
    for body in ({}, {**WHY, "fee": "perhaps"}):
        assert (await staff.post(f"{at}/cancel", json=body)).status_code == 422
    assert (await staff.post(f"{at}/waive-fee", json={**WHY, "guest": 2})).status_code == 200
    assert bus.calls[-1].kwargs == {**about, **WHY, "guest": 2}
    bus.refuse("booking.waive_fee", "no_fee")
    assert (await staff.post(f"{at}/waive-fee", json=WHY)).json()["code"] == "no_fee"


async def test_only_taking_back_needs_a_reason(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.no_show"] = {"ok": {"booking": ANSWERS[Booking]}}
    assert (await staff.post(f"/v1/admin/bookings/{BOOKING}/no-show")).status_code == 200
    assert bus.calls[-1].kwargs == {"booking_id": BOOKING, "actor": "admin", "waive_fee": False}
    for body in ({}, {"reason": " "}, {"reason": None}, {"reason": "x" * 301}, {**WHY, "actor": "someone else"}):
        answer = await staff.post(f"/v1/admin/bookings/{BOOKING}/revert", json=body)
        assert answer.status_code == 422, body
    assert len(bus.calls) == 1


@pytest.mark.parametrize(
    ("code", "status", "extra"),
    [
        ("unknown_booking", 404, {}),
        ("wrong_state", 409, {"state": "cancelled"}),
        ("not_yet", 409, {"earliest": "2026-12-01T06:30:00+01:00"}),
        ("revision_mismatch", 412, {"revision": 3}),
    ],
)
async def test_a_refusal_says_what_helps_to_go_on(
    staff: httpx.AsyncClient, bus: FakeBus, code: str, status: int, extra: dict[str, Any]
) -> None:
    bus.refuse("booking.check_in", code, extra=extra)
    answer = await staff.post(f"/v1/admin/bookings/{BOOKING}/check-in")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert extra.items() <= answer.json().items()


async def test_an_id_that_cannot_be_is_an_unknown_booking(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await staff.post("/v1/admin/bookings/the-one-at-ten/check-in")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_booking")
    assert bus.calls == []
