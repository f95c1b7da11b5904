"""What staff see and block: days, stories, blocks."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.bookings import Booking
from gateway_fakes import ANA, BOOKING, PARIS, UNKNOWN, FakeBus
from messaging.bus import DeadlinePassed

SHOWN = {**ANSWERS[Booking], "rooms": [{"id": UNKNOWN, "name": "Tilleul"}]}
PLACE = {"start": "2026-12-01T09:30:00+00:00", "id": BOOKING}
BLOCK = {
    "id": UNKNOWN,
    "location_id": PARIS,
    "resources": [{"id": ANA, "name": "Ana Moreau"}],
    "from": "2026-12-01T12:00:00+01:00",
    "to": "2026-12-01T13:00:00+01:00",
    "reason": "Supervision",
    "made_by": "admin",
    "made_at": "2026-11-23T11:15:00+01:00",
}
WANTED = {
    "location_id": PARIS,
    "resource_ids": [ANA],
    "from": BLOCK["from"],
    "to": BLOCK["to"],
    "reason": "Supervision",
}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_a_day_is_the_locations_own_and_read_page_by_page(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.agenda"] = {"ok": {"items": [SHOWN], "next": PLACE}}
    asked = {"location_id": PARIS, "date": "2026-12-01", "limit": "1"}
    page = (await staff.get("/v1/admin/bookings", params=asked)).json()
    assert page["items"][0]["rooms"] == SHOWN["rooms"]
    assert bus.calls[-1].kwargs == {
        "location_id": PARIS,
        "since": "2026-12-01T00:00:00+01:00",
        "until": "2026-12-02T00:00:00+01:00",
        "limit": 1,
    }
    bus.answers["booking.agenda"] = {"ok": {"items": [], "next": None}}
    rest = (await staff.get("/v1/admin/bookings", params={**asked, "cursor": page["next_cursor"]})).json()
    assert rest == {"items": [], "next_cursor": None}
    assert bus.calls[-1].kwargs["after"] == PLACE


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "date"),
        ({"date": "2026-12-01", "from": "2026-12-01T00:00:00Z"}, "date"),
        ({"from": "2026-12-01T00:00:00Z"}, "date"),
        ({"date": "2026-13-01"}, "date"),
        ({"date": "1.12.2026"}, "date"),
        ({"date": "2026-12-01", "cursor": "bm9uc2Vuc2U"}, "cursor"),
        ({"date": "2026-12-01", "cursor": "!"}, "cursor"),
        ({"date": "2026-12-01", "limit": "1000"}, "limit"),
    ],
)
async def test_what_cannot_be_listed_never_leaves_the_gateway(
    staff: httpx.AsyncClient, bus: FakeBus, asked: dict[str, str], field: str
) -> None:
    answer = await staff.get("/v1/admin/bookings", params={"location_id": PARIS, **asked})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert bus.calls == []


async def test_a_day_at_a_branch_that_is_not_there_is_refused(staff: httpx.AsyncClient) -> None:
    answer = await staff.get("/v1/admin/bookings", params={"location_id": UNKNOWN, "date": "2026-12-01"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_location")


async def test_a_story_tells_what_was_done_and_what_the_guest_was_told(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    deed = {"at": "2026-12-01T10:20:00+01:00", "actor": "admin", "action": "check_in", "reason": None, "detail": {}}
    bus.answers["booking.story"] = {"ok": {"booking": SHOWN, "timeline": [deed]}}
    bus.answers["notifications.messages"] = {"ok": {"items": [], "confirmed": []}}
    answer = await staff.get(f"/v1/admin/bookings/{BOOKING}")
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "no-store")
    assert (answer.json()["timeline"], answer.json()["messages"]) == ([deed], [])
    bus.answers["notifications.messages"] = DeadlinePassed("late")
    assert (await staff.get(f"/v1/admin/bookings/{BOOKING}")).json()["messages"] is None


async def test_a_block_is_made_listed_and_taken_away(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers |= {
        "booking.block": {"ok": {"block": BLOCK}},
        "booking.blocks": {"ok": {"items": [BLOCK]}},
        "booking.unblock": {"ok": {}},
    }
    ids = set()
    for _ in range(2):
        made = await staff.post("/v1/admin/blocks", json=WANTED, headers={"Idempotency-Key": "b"})
        assert (made.status_code, made.json(), made.headers["location"]) == (201, BLOCK, f"/v1/admin/blocks/{UNKNOWN}")
        asked: dict[str, Any] = bus.calls[-1].kwargs
        ids.add(asked.pop("block_id"))
    assert len(ids) == 1
    assert (asked["actor"], asked["resource_ids"], asked["since"]) == ("admin", [ANA], BLOCK["from"])
    listed = await staff.get("/v1/admin/blocks", params={"location_id": PARIS, "date": "2026-12-01"})
    assert listed.json()["items"] == [BLOCK]
    assert (await staff.delete(f"/v1/admin/blocks/{UNKNOWN}")).status_code == 204
    bus.refuse("booking.unblock", "unknown_block")
    assert (await staff.delete(f"/v1/admin/blocks/{UNKNOWN}")).status_code == 404


@pytest.mark.parametrize("wrong", [{"resource_ids": []}, {"resource_ids": "x"}, {"from": None}, {"to": "tomorrow"}])
async def test_a_block_of_nothing_is_refused(staff: httpx.AsyncClient, bus: FakeBus, wrong: dict[str, object]) -> None:
    assert (await staff.post("/v1/admin/blocks", json={**WANTED, **wrong})).status_code == 422
    assert bus.calls == []
