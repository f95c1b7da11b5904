"""Whoever runs the clinic changes it through HTTP, and guests see it: by entry, by document, with time off."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.outside.platform import Platform
from tests.outside.until import until

Json = dict[str, Any]


@pytest.fixture
def admin(platform: Platform) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {platform.admin_token}"}
    with httpx.Client(base_url=platform.url, headers=headers, timeout=20, trust_env=False) as client:
        yield client


def entry(admin: httpx.Client, section: str, key: str) -> Json:
    """The kept entry of that key."""
    items = admin.get(f"/v1/admin/{section}", params={"limit": 100}).json()["items"]
    return next(one for one in items if one["entry"].get("key") == key)


def test_a_new_name_is_seen_by_guests_and_an_older_revision_is_refused(platform: Platform, admin: httpx.Client) -> None:
    kept = entry(admin, "services", "couples")
    path = f"/v1/admin/services/{kept['id']}"
    name = {**kept["entry"]["name"], "fr": "Massage à deux"}
    changed = admin.put(
        path, json={**kept["entry"], "name": name}, headers={"If-Match": f'"{kept["revision"]}"'}
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == f'"{kept["revision"] + 1}"'

    def seen() -> bool:
        answer = platform.api.http.get(f"/v1/services/{kept['id']}", params={"language": "fr"}).json()
        return bool(answer["name"] == "Massage à deux")

    until(seen, within=15, expecting="the gateway to hear of the new name")
    stale = admin.put(path, json=kept["entry"], headers={"If-Match": f'"{kept["revision"]}"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "entry_changed")
    assert admin.put(path, json=kept["entry"]).status_code == 200


def test_what_cannot_stand_is_refused_with_its_place_and_changes_nothing(admin: httpx.Client) -> None:
    kept = entry(admin, "services", "swedish")
    wrong = {**kept["entry"], "requirements": [{"kind": "practitioner", "skill": "levitation"}], "colour": "green"}
    answer = admin.put(f"/v1/admin/services/{kept['id']}", json=wrong)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["fields"]} == {"colour"}
    del wrong["colour"]
    answer = admin.put(f"/v1/admin/services/{kept['id']}", json=wrong)
    assert {one["field"] for one in answer.json()["fields"]} == {"requirements.0.skill"}
    assert entry(admin, "services", "swedish") == kept


def test_time_off_takes_the_free_times_away_and_gives_them_back(platform: Platform, admin: httpx.Client) -> None:
    kept = entry(admin, "practitioners", "sophie")
    schedule = admin.get(f"/v1/admin/schedules/{kept['id']}").json()["entry"]
    montreal = entry(admin, "locations", "montreal")["id"]
    swedish = entry(admin, "services", "swedish")["id"]
    assert schedule["weekly"]
    since = platform.api.now() + timedelta(days=20)
    asked = {"practitioner_id": kept["id"], "from": since.isoformat(), "to": (since + timedelta(days=7)).isoformat()}

    def free() -> int:
        query = {
            "service_id": swedish, "location_id": montreal, "practitioner_id": kept["id"],
            "from": asked["from"], "to": asked["to"],
        }  # fmt: skip
        return len(platform.api.http.get("/v1/availability", params=query).json()["slots"])

    assert free() > 0
    tried = admin.post("/v1/admin/time-off", json=asked, params={"dry_run": "true"})
    assert tried.status_code == 200
    added = admin.post("/v1/admin/time-off", json=asked)
    assert added.status_code == 201, added.text
    until(lambda: free() == 0, within=15, expecting="booking to hear of the time off")
    assert admin.delete(f"/v1/admin/time-off/{added.json()['id']}").status_code == 204
    until(lambda: free() > 0, within=15, expecting="booking to hear that it is over")


def test_the_clinic_as_one_document_comes_out_and_goes_in_without_a_change(admin: httpx.Client) -> None:
    exported = admin.get("/v1/admin/clinic")
    document, revision = exported.json(), exported.headers["etag"]
    assert admin.put("/v1/admin/clinic", json=document, headers={"If-Match": revision}).json()["changed"] == 0
    document["rooms"].append({"key": "paris-menthe", "location": "paris", "name": "Menthe", "room_kind": "treatment"})
    tried = admin.put("/v1/admin/clinic", json=document, params={"dry_run": "true"}).json()
    assert (tried["added"], [one["name"] for one in tried["difference"]]) == (1, ["Menthe"])
    document["rooms"] = [{"location": "paris"}] * 2_000
    refused = admin.put("/v1/admin/clinic", json=document)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_catalog")
    assert len(refused.json()["fields"]) <= 100
    assert "problems; nothing was changed" in refused.json()["detail"]
    assert admin.get("/v1/admin/clinic").headers["etag"] == revision


def test_nobody_else_gets_in(platform: Platform) -> None:
    assert platform.api.http.get("/v1/admin/clinic").status_code == 401
    wrong = platform.api.http.get("/v1/admin/clinic", headers={"Authorization": "Bearer guess"})
    assert wrong.json()["code"] == "admin_token_invalid"
