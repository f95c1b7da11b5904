"""Time first: what can be had in an evening, and what else where the room for two is taken."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.outside.client import Api, Json, ok, problem
from tests.outside.plain_page import Screen


def evening(api: Api, *, guests: int, location: str = "Paris", ahead: int = 1) -> Json:
    """The evening of a day ahead, by the branch's clock."""
    place = api.location(location)
    zone = ZoneInfo(place["zone"])
    day = api.now().astimezone(zone) + timedelta(days=ahead)
    since = day.replace(hour=17, minute=0, second=0, microsecond=0)
    until = since + timedelta(hours=7)
    return {"location_id": place["id"], "guests": guests, "from": since.isoformat(), "to": until.isoformat()}


def by_time(api: Api, asked: Json) -> Json:
    return ok(api.http.post("/v1/availability/by-time", json=asked))


def one_with_times(api: Api, *, guests: int) -> tuple[Json, Json]:
    """An evening of the next days on which so many can come."""
    for ahead in range(3, 10):
        asked = evening(api, guests=guests, ahead=ahead)
        if (found := by_time(api, asked))["times"]:
            return asked, found
    raise AssertionError("no evening of a week has a time")


def test_everything_that_is_listed_can_be_held(api: Api) -> None:
    asked, found = one_with_times(api, guests=1)
    starts = [one["start"] for one in found["times"]]
    assert starts == sorted(starts)
    assert found["instead"] is None
    first = found["times"][0]
    for offer in first["offers"]:
        hold = {name: offer[name] for name in ("service_id", "duration_minutes")}
        held = ok(
            api.http.post("/v1/holds", json={**hold, "location_id": asked["location_id"], "start": first["start"]}), 201
        )
        api.release(held)


def test_where_the_room_for_two_is_taken_two_rooms_at_once_can_be_booked(api: Api) -> None:
    asked, found = one_with_times(api, guests=2)
    couples = api.service("Couples")["id"]
    while found["times"]:
        taken = {"location_id": asked["location_id"], "service_id": couples, "start": found["times"][0]["start"]}
        ok(api.http.post("/v1/holds", json=taken), 201)
        found = by_time(api, asked)
    instead = found["instead"]
    assert couples in instead["waitlist_service_ids"]
    for rooms in instead["at_once"]:
        assert len(rooms["parts"]) == 2
        for visit in rooms["visits"]:
            one, other = (part["practitioner_ids"] for part in visit["parts"])
            assert not set(one) & set(other)
    screen = Screen(
        api.http.get("/tonight", params={"location": asked["location_id"], "guests": "2"}, follow_redirects=True)
    )
    assert "Tonight for two" in screen.text


def test_what_cannot_be_searched_is_refused_by_name(api: Api) -> None:
    asked = evening(api, guests=1)
    problem(api.http.post("/v1/availability/by-time", json={**asked, "guests": 0}), 422, "invalid_request")
    problem(api.http.post("/v1/availability/by-time", json={**asked, "guests": 50}), 422, "invalid_request")
    later = (datetime.fromisoformat(asked["from"]) + timedelta(days=2)).isoformat()
    problem(api.http.post("/v1/availability/by-time", json={**asked, "to": later}), 422, "range_too_wide")
    nowhere = {**asked, "location_id": "41b42fef-5bfc-5aa6-90ca-fb27f985a900"}
    problem(api.http.post("/v1/availability/by-time", json=nowhere), 404, "unknown_location")
