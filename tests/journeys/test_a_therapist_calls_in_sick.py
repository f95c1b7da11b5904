"""Time off with guests in the book: nobody is cancelled, everybody is seen to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import kinds, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def listed(desk: FrontDesk) -> dict[str, Json]:
    items: list[Json] = []
    cursor = None
    while True:
        query = {"limit": 5, **({"cursor": cursor} if cursor else {})}
        page = ok(desk.http.get("/v1/admin/displaced", params=query))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return {each["booking"]["id"]: each for each in items}


def test_her_guests_are_listed_before_and_after_and_another_takes_over(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    slot = api.a_slot(after=timedelta(days=4), span=timedelta(days=6))
    her = ok(api.http.get("/v1/practitioners"))["items"]
    who = next(each["id"] for each in her if each["id"] in slot.practitioner_ids)
    first = ok(api.book(ok(api.hold(slot, practitioner_id=who), 201)), 201)
    off = {
        "practitioner_id": who,
        "from": (slot.start - timedelta(hours=1)).isoformat(),
        "to": (slot.end + timedelta(hours=1)).isoformat(),
    }
    tried = ok(desk.http.post("/v1/admin/time-off", json=off, params={"dry_run": "true"}))
    assert tried["displaced"]["count"] == 1
    [would] = tried["displaced"]["items"]
    assert would["booking"]["id"] == first["id"]
    assert [each["reason"] for each in would["reasons"]] == ["time_off"]
    assert would["proposals"]
    assert all(each["kind"] == "time" or each["practitioners"][0]["id"] != who for each in would["proposals"])
    assert first["id"] not in listed(desk)

    front = {"name": "Front desk", "email": "desk@labelle.example", "language": "en"}
    whom = {"kind": "desk", "subject_id": first["location"]["id"]}
    assert desk.http.put("/v1/admin/staff-contacts", json={**whom, "contact": front}).status_code == 204
    added = ok(desk.http.post("/v1/admin/time-off", json=off), 201)
    assert "displaced" not in added
    until(lambda: first["id"] in listed(desk), within=15, expecting="booking to list whom the time off displaces")
    assert ok(api.booking(first))["state"] == "confirmed"
    assert ok(api.booking(first))["revision"] == 1
    sent = sent_about(api, first, count=3)
    assert kinds(sent) == [("confirmation", "email"), ("confirmation", "sms"), ("displaced", "email")]
    assert [each["to"] for each in sent if ":desk" in each["key"].replace(".", ":")] == ["desk@labelle.example"]
    assert desk.http.put("/v1/admin/staff-contacts", json=whom).status_code == 204

    case = listed(desk)[first["id"]]
    wanted = case["proposals"][0]
    stale = desk.act("reschedule", first, if_match='"7"', reason="She is ill", **wanted["change"])
    problem(stale, 412, "revision_mismatch")
    placed = ok(desk.act("reschedule", first, if_match='"1"', reason="She is ill", **wanted["change"]))
    assert (placed["start"], placed["practitioners"], placed["revision"]) == (
        wanted["start"],
        wanted["practitioners"],
        2,
    )
    assert first["id"] not in listed(desk)
    assert {("change", "email"), ("change", "sms")} <= set(kinds(sent_about(api, first, count=5)))
    problem(
        desk.http.post(f"/v1/admin/displaced/{first['id']}/let-stand", json={"reason": "Too late"}),
        409,
        "not_displaced",
    )
    ok(desk.http.delete(f"/v1/admin/time-off/{added['id']}"), 204)
    assert overlaps(platform.databases["booking"]) == []


def test_a_closed_day_lists_its_guests_until_it_is_taken_back(api: Api, desk: FrontDesk) -> None:
    slot = api.a_slot(after=timedelta(days=5), span=timedelta(days=5))
    booking = ok(api.book(ok(api.hold(slot), 201)), 201)
    kept = next(
        each for each in ok(desk.http.get("/v1/admin/locations"))["items"] if each["id"] == booking["location"]["id"]
    )
    day = booking["start"][:10]
    closed = {
        **kept["entry"],
        "closures": [*kept["entry"].get("closures", []), {"from_date": day, "to_date": day, "reason": "Works"}],
    }
    path = f"/v1/admin/locations/{kept['id']}"
    tried = ok(desk.http.put(path, json=closed, params={"dry_run": "true"}))
    mine = [each for each in tried["displaced"]["items"] if each["booking"]["id"] == booking["id"]]
    assert [each["reason"] for each in mine[0]["reasons"]] == ["closure"]
    assert all(each["kind"] == "time" and each["start"][:10] != day for each in mine[0]["proposals"])
    ok(desk.http.put(path, json=closed))
    until(lambda: booking["id"] in listed(desk), within=15, expecting="booking to list whom the closure displaces")
    ok(desk.http.put(path, json=kept["entry"]))
    until(lambda: booking["id"] not in listed(desk), within=15, expecting="booking to strike off who fits again")
    assert ok(api.booking(booking))["revision"] == 1
