"""The waitlist over HTTP: one question to the booking service, and its answer for clients."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS, REQUESTS
from gateway.schemas.bookings import Booking
from gateway.schemas.waitlist import UnmetDemand, WaitlistEntry
from gateway_fakes import DEEP_TISSUE, PARIS, FakeBus

ENTRY = "c1f6a0b2-93d4-4d0e-9a67-0b7e5d2f8e43"
WANTED = REQUESTS["joinWaitlist"]["evenings"]["value"]
BEARER = {"Authorization": "Bearer a.token"}
STAFF = {"Authorization": "Bearer the-token-of-the-tests"}
SEEN = {**ANSWERS[WaitlistEntry], "an_inner_fact": "for the services alone"}
RANGE = {"from": "2026-12-01T00:00:00+01:00", "to": "2026-12-08T00:00:00+01:00"}


@pytest.fixture
def answering(bus: FakeBus) -> FakeBus:
    bus.answers |= {
        "booking.join_waitlist": {"ok": {"entry": SEEN, "token": "its.token", "replayed": False}},
        "booking.waitlist_entry": {"ok": {"entry": SEEN}},
        "booking.leave_waitlist": {"ok": {"entry": SEEN}},
        "booking.decline_offer": {"ok": {"entry": SEEN}},
        "booking.accept_offer": {
            "ok": {"booking": ANSWERS[Booking], "manage_token": "manage.token", "replayed": False}
        },
        "booking.waitlist": {"ok": {"items": [SEEN, {**SEEN, "id": DEEP_TISSUE}, {**SEEN, "id": PARIS}]}},
        "booking.unmet_demand": {"ok": ANSWERS[UnmetDemand]},
    }
    return bus


async def test_joining_asks_once_and_gives_the_token(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await api.post("/v1/waitlist", json=WANTED, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/waitlist/{ENTRY}"
    assert answer.json() == {**ANSWERS[WaitlistEntry], "token": "its.token"}
    [call] = answering.calls
    assert call.kwargs["since"] == WANTED["from"]
    assert call.kwargs["earliest"] == "17:00"
    assert call.kwargs["idempotency"]["key"] == "k"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "2026-12-01T00:00:00+01:00"}, "range_inverted"),
        ({"to": "2027-12-01T00:00:00+01:00"}, "range_too_wide"),
        ({"from": "2026-12-01"}, "invalid_request"),
        ({"weekdays": []}, "invalid_request"),
        ({"weekdays": [7]}, "invalid_request"),
        ({"earliest": "25:00"}, "invalid_request"),
        ({"guest": "Camille"}, "invalid_request"),
        ({"surprise": 1}, "invalid_request"),
    ],
)
async def test_what_can_not_be_waited_for_is_refused_before_anybody_is_asked(
    api: httpx.AsyncClient, answering: FakeBus, changes: dict[str, Any], code: str
) -> None:
    answer = await api.post("/v1/waitlist", json={**WANTED, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answering.calls == []


async def test_who_has_the_token_sees_answers_and_leaves(api: httpx.AsyncClient, answering: FakeBus) -> None:
    place = f"/v1/waitlist/{ENTRY}"
    seen = await api.get(place, headers=BEARER)
    assert seen.json() == ANSWERS[WaitlistEntry]
    assert seen.headers["cache-control"] == "no-store"
    screening = {"screening": {"version": 1, "all_clear": True}}
    taken = await api.post(f"{place}/accept", headers=BEARER, json=screening)
    assert taken.status_code == 201
    assert taken.json()["manage_token"] == "manage.token"
    assert (await api.post(f"{place}/decline", headers=BEARER)).status_code == 200
    assert (await api.delete(place, headers=BEARER)).status_code == 204
    assert [call.method for call in answering.calls] == [
        "waitlist_entry",
        "accept_offer",
        "decline_offer",
        "leave_waitlist",
    ]
    assert all(call.kwargs["token"] == "a.token" for call in answering.calls)


async def test_without_a_token_nobody_sees_an_entry(api: httpx.AsyncClient, answering: FakeBus) -> None:
    for answer in (
        await api.get(f"/v1/waitlist/{ENTRY}"),
        await api.delete(f"/v1/waitlist/{ENTRY}"),
        await api.post(f"/v1/waitlist/{ENTRY}/accept"),
        await api.post(f"/v1/waitlist/{ENTRY}/decline"),
    ):
        assert answer.json()["code"] == "token_required"
    answering.refuse("booking.waitlist_entry", "token_invalid")
    assert (await api.get(f"/v1/waitlist/{ENTRY}", headers=BEARER)).status_code == 403


async def test_an_offer_that_ended_says_what_is_free_instead(api: httpx.AsyncClient, answering: FakeBus) -> None:
    slot = {"start": "2026-12-01T10:30:00+01:00", "end": "2026-12-01T11:30:00+01:00", "practitioner_ids": []}
    answering.refuse("booking.accept_offer", "offer_expired", extra={"alternatives": [slot]})
    answer = await api.post(f"/v1/waitlist/{ENTRY}/accept", headers=BEARER)
    assert (answer.status_code, answer.json()["alternatives"]) == (409, [slot])


async def test_staff_page_through_the_list(api: httpx.AsyncClient, answering: FakeBus) -> None:
    first = await api.get("/v1/admin/waitlist", params={"limit": 2, "state": "waiting"}, headers=STAFF)
    assert [one["id"] for one in first.json()["items"]] == [ENTRY, DEEP_TISSUE]
    cursor = first.json()["next_cursor"]
    answering.answers["booking.waitlist"] = {"ok": {"items": [SEEN]}}
    last = await api.get("/v1/admin/waitlist", params={"limit": 2, "cursor": cursor}, headers=STAFF)
    assert last.json()["next_cursor"] is None
    assert [call.kwargs for call in answering.calls] == [
        {"limit": 3, "state": "waiting"},
        {"limit": 3, "after": DEEP_TISSUE},
    ]
    wrong = await api.get("/v1/admin/waitlist", params={"cursor": "A" * 48}, headers=STAFF)
    assert wrong.json()["code"] == "invalid_request"


async def test_unmet_demand_is_for_staff(api: httpx.AsyncClient, answering: FakeBus) -> None:
    path = "/v1/admin/reports/unmet-demand"
    assert (await api.get(path, params=RANGE, headers=STAFF)).json() == ANSWERS[UnmetDemand]
    assert (await api.get(path, params=RANGE)).json()["code"] == "token_required"
    assert (await api.get(path, params=RANGE, headers=BEARER)).json()["code"] == "admin_token_invalid"
    inverted = {"from": RANGE["to"], "to": RANGE["from"]}
    assert (await api.get(path, params=inverted, headers=STAFF)).json()["code"] == "range_inverted"
