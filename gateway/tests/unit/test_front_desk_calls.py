"""Booking and rearranging by staff: one question to the booking service each."""

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.bookings import Booking
from gateway_fakes import ANA, BOOKING, DEEP_TISSUE, PARIS, FakeBus

BOOKED = ANSWERS[Booking]
WANTED = {
    "location_id": PARIS,
    "service_id": DEEP_TISSUE,
    "guest": {"name": "Camille Durand", "phone": "01 99 00 12 34"},
}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_a_booking_by_staff_is_one_question_and_answers_where_it_is(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.book_as_staff"] = {"ok": {"booking": BOOKED, "replayed": True}}
    answer = await staff.post(
        "/v1/admin/bookings",
        json={**WANTED, "start": "2026-12-01T10:30:00+01:00", "set_up_minutes": 0, "reason": "A regular"},
        headers={"Idempotency-Key": "call-1"},
    )
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/admin/bookings/{BOOKING}")
    assert answer.headers["idempotency-replayed"] == "true"
    assert "manage_token" not in answer.json()
    asked = bus.calls[-1].kwargs
    assert asked.pop("idempotency")["key"] == "call-1"
    assert asked == {
        **WANTED,
        "actor": "admin",
        "start": "2026-12-01T10:30:00+01:00",
        "set_up_minutes": 0,
        "outside_hours": False,
        "reason": "A regular",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"guest": None},
        {"start": "2026-12-01T10:30:00"},
        {"set_up_minutes": -1},
        {"outside_hours": "yes"},
        {"reason": ""},
        {"notes": "bad back"},
        {"duration_minutes": 0},
    ],
)
async def test_what_cannot_be_meant_never_leaves_the_gateway(
    staff: httpx.AsyncClient, bus: FakeBus, wrong: dict[str, object]
) -> None:
    answer = await staff.post("/v1/admin/bookings", json={**WANTED, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert bus.calls == []


async def test_a_rearrangement_needs_a_reason_and_carries_the_revision_that_was_seen(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.rearrange"] = {"ok": {"booking": {**BOOKED, "revision": 2}}}
    at = f"/v1/admin/bookings/{BOOKING}/reschedule"
    assert (await staff.post(at, json={"practitioner_id": ANA})).status_code == 422
    answer = await staff.post(at, json={"practitioner_id": ANA, "reason": "Ill"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert bus.calls[-1].kwargs == {
        "booking_id": BOOKING,
        "actor": "admin",
        "practitioner_id": ANA,
        "outside_hours": False,
        "reason": "Ill",
        "if_revision": 1,
    }


async def test_what_is_in_the_way_and_which_rules_would_be_bent_is_told(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    there = {
        "kind": "hold",
        "id": None,
        "resource_id": ANA,
        "name": "Ana Moreau",
        "from": "2026-12-01T10:25:00+01:00",
        "to": "2026-12-01T11:40:00+01:00",
    }
    bus.refuse("booking.book_as_staff", "in_the_way", extra={"in_the_way": [there]})
    answer = await staff.post("/v1/admin/bookings", json=WANTED)
    assert (answer.status_code, answer.json()["in_the_way"]) == (409, [there])
    bus.refuse("booking.book_as_staff", "reason_required", extra={"bends": ["notice"]})
    answer = await staff.post("/v1/admin/bookings", json=WANTED)
    assert (answer.status_code, answer.json()["bends"]) == (422, ["notice"])
