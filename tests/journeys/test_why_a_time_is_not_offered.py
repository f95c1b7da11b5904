"""A guest wants a time that is not on offer, and asks why; so does the desk, and is told more."""

from datetime import timedelta

from tests.outside.client import Api, Json, Slot, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.platform import Platform


def test_held_then_booked_then_free_again_and_staff_see_by_what(platform: Platform, api: Api) -> None:
    desk = FrontDesk(platform)
    slot = api.a_slot(after=timedelta(days=2))
    who = slot.practitioner_ids[0]
    asked = question(slot, who)
    assert why(api, asked) == []
    hold = ok(api.hold(slot, practitioner_id=who), 201)
    assert why(api, asked) == ["held"]
    booking = ok(api.book(hold), 201)
    assert "all_taken" in why(api, asked)  # and perhaps that it was the last room
    problem(api.http.get("/v1/admin/availability/explain", params=asked), 401, "token_required")
    told = ok(desk.http.get("/v1/admin/availability/explain", params=asked))
    [standing] = [each for each in told["resources"] if each["id"] == who]
    [obstacle] = standing["obstacles"]
    assert (obstacle["code"], obstacle["by"]) == ("taken", {"kind": "booking", "id": booking["id"]})
    assert obstacle["from"] <= booking["start"]
    moving = {**asked, "booking_id": booking["id"]}
    problem(api.http.get("/v1/availability/explain", params=moving), 401, "token_required")
    mine = {"Authorization": f"Bearer {booking['manage_token']}"}
    assert ok(api.http.get("/v1/availability/explain", params=moving, headers=mine))["offered"]
    assert ok(desk.http.get("/v1/admin/availability/explain", params=moving))["offered"]
    ok(api.cancel(booking))
    assert why(api, asked) == []
    desk.http.close()


def test_the_middle_of_the_night_and_next_year_each_have_their_reason(api: Api) -> None:
    slot = api.a_slot()
    asked = question(slot, None)
    night = slot.start.replace(hour=3, minute=0) + timedelta(days=2)
    assert why(api, {**asked, "start": night.isoformat()}) == ["closed"]
    assert "not_on_grid" in why(api, {**asked, "start": (slot.start + timedelta(minutes=1)).isoformat()})
    assert "beyond_horizon" in why(api, {**asked, "start": (slot.start + timedelta(days=400)).isoformat()})


def test_a_couple_learns_that_nobody_is_left_for_one_of_them(platform: Platform, api: Api) -> None:
    desk = FrontDesk(platform)
    day = api.a_slot(after=timedelta(days=6)).start
    couple = {"service_id": api.service("Couples")["id"], "location_id": api.location("Paris")["id"]}
    found = ok(
        api.http.post(
            "/v1/availability/search",
            json={**couple, "from": day.isoformat(), "to": (day + timedelta(days=2)).isoformat()},
        )
    )
    slot = found["slots"][0]
    who = slot["guests"][0]["practitioner_ids"][0]
    asked = {**couple, "start": slot["start"], "guests": [{"practitioner_id": who}, {}]}
    assert ok(api.http.post("/v1/availability/explain", json=asked))["offered"]
    hold = ok(api.http.post("/v1/holds", json=asked), 201)
    assert "held" in ok(api.http.post("/v1/availability/explain", json=asked))["reasons"]
    told = ok(desk.http.post("/v1/admin/availability/explain", json=asked))
    assert who in [each["id"] for each in told["resources"] if not each["free"]]
    problem(api.http.post("/v1/availability/explain", json={**asked, "guests": [{}] * 50}), 422, "party_size")
    api.release(hold)
    assert ok(api.http.post("/v1/availability/explain", json=asked))["offered"]
    desk.http.close()


def question(slot: Slot, who: str | None) -> Json:
    asked = {**slot.asked(), **({"practitioner_id": who} if who else {})}
    return {name: value for name, value in asked.items() if value is not None}


def why(api: Api, asked: Json) -> list[str]:
    """Return the reasons: none if and only if it is offered."""
    told = ok(api.http.get("/v1/availability/explain", params=asked))
    assert told["offered"] == (not told["reasons"])
    found: list[str] = told["reasons"]
    return found
