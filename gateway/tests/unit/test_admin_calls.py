"""The administration: never open, and what it asks of the catalog service."""

import re
from typing import Any

import httpx
import pytest
from gateway.api.routes import OPERATIONS
from gateway.settings import GatewaySettings
from gateway_fakes import PARIS, UNKNOWN, FakeBus
from messaging.bus import BrokerAway, DeadlinePassed

TOKEN = {"Authorization": "Bearer the-token-of-the-tests"}
ROOM = {"kind": "room", "location": "paris", "name": "Lavande", "room_kind": "treatment"}
KEPT = {"id": UNKNOWN, "revision": 3, "entry": {**ROOM, "capacity": 1}}
ADMIN = [operation for operation in OPERATIONS if operation.token == "admin"]


@pytest.fixture
def admin(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers.update(TOKEN)
    return api


@pytest.mark.parametrize("operation", ADMIN, ids=lambda operation: operation.id)
async def test_nobody_gets_in_without_the_token(api: httpx.AsyncClient, bus: FakeBus, operation: Any) -> None:
    path = re.sub(r"\{\w+\}", UNKNOWN, operation.path)
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, 401),
        ({"Authorization": "Bearer the-token-of-the-test"}, 403),
        ({"Authorization": "Bearer " + "x" * 5_000}, 403),
        ({"Authorization": "Bearer "}, 401),
    ):
        answer = await api.request(operation.method, path, headers=headers, json={} if operation.body else None)
        assert answer.status_code == status, answer.text
    assert bus.calls == []


async def test_without_a_token_set_up_every_token_is_refused(
    platform: Any, settings: GatewaySettings, api: httpx.AsyncClient
) -> None:
    object.__setattr__(platform, "settings", settings.model_copy(update={"admin_token_sha256": ""}))
    for token in ("the-token-of-the-tests", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"):
        answer = await api.get("/v1/admin/clinic", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403


async def test_entries_are_listed_in_pages(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    items = [{**KEPT, "id": f"00000000-0000-4000-8000-00000000000{n}"} for n in range(3)]
    bus.answers["catalog.entries"] = {"ok": {"items": items}}
    first = (await admin.get("/v1/admin/resources", params={"limit": 2})).json()
    rest = (await admin.get("/v1/admin/resources", params={"cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in items]
    assert rest["next_cursor"] is None


async def test_an_entry_is_shown_with_its_revision_as_etag(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["catalog.entries"] = {"ok": {"items": [KEPT]}}
    shown = await admin.get(f"/v1/admin/resources/{UNKNOWN}")
    assert (shown.json(), shown.headers["etag"]) == (KEPT, '"3"')
    assert shown.headers["cache-control"] == "no-store"
    assert (await admin.get(f"/v1/admin/resources/{PARIS}")).json()["code"] == "unknown_entry"
    assert (await admin.get("/v1/admin/resources/tilleul")).json()["code"] == "unknown_entry"


async def test_a_put_carries_the_revision_that_was_seen(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["catalog.put_entry"] = {"ok": KEPT}
    answer = await admin.put(
        f"/v1/admin/resources/{UNKNOWN}", json=ROOM, headers={"If-Match": '"2"'}, params={"dry_run": "true"}
    )
    assert answer.status_code == 200
    assert bus.calls[-1].kwargs == {
        "kind": "resource", "entry": ROOM, "id": UNKNOWN, "if_revision": 2, "dry_run": True,
    }  # fmt: skip
    bus.refuse("catalog.put_entry", "revision_mismatch", detail="It is at revision 3 now.", extra={"revision": 3})
    stale = await admin.put(f"/v1/admin/resources/{UNKNOWN}", json=ROOM, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["code"], stale.json()["revision"]) == (412, "entry_changed", 3)


async def test_adding_answers_where_it_is_and_repeating_names_the_same_id(
    admin: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["catalog.put_entry"] = {"ok": KEPT}
    ids = []
    for _ in range(2):
        made = await admin.post("/v1/admin/resources", json=ROOM, headers={"Idempotency-Key": "room-1"})
        assert (made.status_code, made.headers["location"]) == (201, f"/v1/admin/resources/{UNKNOWN}")
        ids.append(bus.calls[-1].kwargs["new_id"])
    assert ids[0] == ids[1]
    bus.refuse("catalog.put_entry", "already_exists", detail="It is there.")
    other = await admin.post("/v1/admin/resources", json=ROOM, headers={"Idempotency-Key": "room-1"})
    assert other.json()["code"] == "idempotency_key_reused"
    named = await admin.post("/v1/admin/resources", json={**ROOM, "key": "lavande"})
    assert (named.status_code, named.json()["code"]) == (409, "already_exists")


async def test_what_is_wrong_with_an_entry_is_told_place_by_place(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    wrong = [{"field": "offers[0].durations[1].minutes", "problem": "is not a whole number"}]
    bus.refuse("catalog.put_entry", "invalid_entry", detail="The entry has one problem.", fields=wrong)
    answer = await admin.post("/v1/admin/services", json={})
    assert answer.status_code == 422
    assert answer.json()["fields"] == [
        {
            "field": "offers.0.durations.1.minutes",
            "in": "body",
            "pointer": "#/offers/0/durations/1/minutes",
            "problem": "is not a whole number",
        }
    ]


async def test_a_body_that_is_no_object_never_leaves_the_gateway(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    for body in (b"[]", b"7", b"null", b"{", b'"\xff"', b'{"a": NaN}', b'{"a": 1, "a": 2}'):
        answer = await admin.post(
            "/v1/admin/services", content=body, headers={"Content-Type": "application/json"}
        )  # fmt: skip
        assert answer.status_code in {400, 422}, body
    assert bus.calls == []


async def test_a_whole_clinic_may_be_larger_than_other_bodies_and_not_without_end(
    admin: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["catalog.load"] = {"ok": {"added": 1, "changed": 0, "withdrawn": 0, "unchanged": 0}}
    large = {"locations": ["x" * 100_000], "services": [], "practitioners": [], "rooms": []}
    assert (await admin.put("/v1/admin/clinic", json=large)).json()["added"] == 1
    assert (await admin.put("/v1/admin/clinic", json={"x": "x" * 5_000_000})).status_code == 413
    assert (await admin.post("/v1/admin/services", json={"x": "x" * 100_000})).status_code == 413


async def test_time_off_is_given_in_instants(admin: httpx.AsyncClient, bus: FakeBus) -> None:
    off = {"id": UNKNOWN, "practitioner_id": PARIS, "from": "2027-01-31T23:00:00Z", "to": "2027-02-07T23:00:00Z"}
    bus.answers["catalog.add_time_off"] = {"ok": off}
    asked = {"practitioner_id": PARIS, "from": "2027-02-01T00:00:00+01:00", "to": "2027-02-08T00:00:00+01:00"}
    assert (await admin.post("/v1/admin/time-off", json=asked)).json() == off
    assert (await admin.post("/v1/admin/time-off", json={**asked, "to": "2027-02-08T00:00:00"})).status_code == 422
    bus.answers["catalog.time_off"] = {"ok": {"items": [off]}}
    assert (await admin.get("/v1/admin/time-off", params={"practitioner_id": UNKNOWN})).json()["items"] == []


@pytest.mark.parametrize(
    ("error", "reading", "writing"),
    [
        (BrokerAway("rabbitmq"), "unavailable", "unavailable"),
        (DeadlinePassed("late"), "unavailable", "outcome_unknown"),
    ],
)
async def test_with_the_catalog_away_it_says_so(
    admin: httpx.AsyncClient, bus: FakeBus, error: Exception, reading: str, writing: str
) -> None:
    bus.answers["catalog.export"] = bus.answers["catalog.put_entry"] = error
    assert (await admin.get("/v1/admin/clinic")).json()["code"] == reading
    assert (await admin.put(f"/v1/admin/services/{PARIS}", json={})).json()["code"] == writing
