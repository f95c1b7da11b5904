"""Displaced bookings: what a dry run would displace, the list, and what staff decide."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.bookings import Booking
from gateway_fakes import BOOKING, PARIS, UNKNOWN, FakeBus

ROOM = {"kind": "room", "location": "paris", "name": "Lavande", "room_kind": "treatment"}
CHANGES = [{"name": "catalog.resource_changed.v1", "data": {"resource_id": UNKNOWN, "deleted": True}}]
CASE = {
    "booking": ANSWERS[Booking],
    "since": "2026-11-25T09:00:00+01:00",
    "reasons": [{"reason": "resource_withdrawn", "resource_id": UNKNOWN, "name": "Lavande"}],
    "proposals": [
        {
            "kind": "room",
            "start": "2026-12-01T10:30:00+01:00",
            "end": "2026-12-01T11:30:00+01:00",
            "practitioners": [{"id": UNKNOWN, "name": "Ana"}],
            "change": {"room_id": PARIS},
        }
    ],
}
WOULD = {"count": 1, "items": [CASE]}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


@pytest.mark.parametrize(
    "edit",
    [
        ("put_entry", "PUT", f"resources/{UNKNOWN}", ROOM, {"id": UNKNOWN, "revision": 2, "entry": ROOM}),
        ("put_entry", "POST", "resources", ROOM, {"id": UNKNOWN, "revision": 1, "entry": ROOM}),
        ("withdraw_entry", "DELETE", f"resources/{UNKNOWN}", None, {}),
        (
            "add_time_off",
            "POST",
            "time-off",
            {"practitioner_id": UNKNOWN, "from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"},
            {"id": UNKNOWN, "practitioner_id": UNKNOWN, "from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"},
        ),
        ("load", "PUT", "clinic", {"language": "en"}, {"added": 0, "changed": 1, "withdrawn": 0, "unchanged": 3}),
    ],
)
async def test_a_dry_run_says_what_it_would_displace_and_the_real_thing_asks_nobody(
    staff: httpx.AsyncClient, bus: FakeBus, edit: tuple[str, str, str, Any, Any]
) -> None:
    rpc, method, path, body, answer = edit
    bus.answers[f"catalog.{rpc}"] = {"ok": {**answer, "changes": CHANGES}}
    bus.answers["booking.displacement_preview"] = {"ok": WOULD}
    tried = await staff.request(method, f"/v1/admin/{path}", json=body, params={"dry_run": "true"})
    assert tried.status_code == 200, tried.text
    assert tried.json() == {**answer, "displaced": WOULD}
    assert [(call.method, call.kwargs.get("dry_run")) for call in bus.calls] == [
        (rpc, True),
        ("displacement_preview", None),
    ]
    assert bus.calls[-1].kwargs == {"changes": CHANGES}
    bus.answers[f"catalog.{rpc}"] = {"ok": answer}
    await staff.request(method, f"/v1/admin/{path}", json=body)
    assert len(bus.calls) == 3


async def test_the_list_comes_in_pages(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.displaced"] = {"ok": {"items": [CASE], "following": BOOKING}}
    first = (await staff.get("/v1/admin/displaced", params={"limit": 1})).json()
    assert first["items"] == [CASE]
    bus.answers["booking.displaced"] = {"ok": {"items": [], "following": None}}
    rest = await staff.get("/v1/admin/displaced", params={"limit": 1, "cursor": first["next_cursor"]})
    assert rest.json() == {"items": [], "next_cursor": None}
    assert rest.headers["cache-control"] == "no-store"
    assert [call.kwargs for call in bus.calls] == [{"limit": 1}, {"limit": 1, "after": BOOKING}]
    wrong = await staff.get("/v1/admin/displaced", params={"cursor": "x" * 48})
    assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (422, "cursor")
    assert (await staff.get("/v1/admin/displaced", params={"limit": 51})).status_code == 422


async def test_staff_let_it_stand_with_a_reason(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.let_stand"] = {"ok": {"booking": {**ANSWERS[Booking], "revision": 2}}}
    at = f"/v1/admin/displaced/{BOOKING}/let-stand"
    stands = await staff.post(at, json={"reason": "She comes in"}, headers={"If-Match": '"2"'})
    assert (stands.status_code, stands.headers["etag"]) == (200, '"2"')
    asked = {"booking_id": BOOKING, "actor": "admin", "reason": "She comes in", "if_revision": 2}
    assert bus.calls[-1].kwargs == asked
    assert (await staff.post(at, json={})).status_code == 422
    bus.refuse("booking.let_stand", "not_displaced")
    assert (await staff.post(at, json={"reason": "Again"})).json()["code"] == "not_displaced"
