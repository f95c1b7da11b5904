"""Several services in one visit: looked for, booked as one wish, told once, reminded of once, given up in part."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.checker.counts import counts
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, a_guest, ok, problem
from tests.outside.messages import about, kinds
from tests.outside.platform import Platform
from tests.outside.until import until


def wish(api: Api, *services: str, arrangement: str = "one_after_another") -> Json:
    parts = [{"service_id": api.service(each)["id"]} for each in services]
    return {"location_id": api.location("Paris")["id"], "arrangement": arrangement, "parts": parts}


def found(api: Api, wanted: Json, *, after: timedelta, days: int = 2) -> Json:
    since = api.now() + after
    asked = {**wanted, "from": since.isoformat(), "to": (since + timedelta(days=days)).isoformat()}
    return ok(api.http.post("/v1/availability/visits", json=asked))


def in_the_afternoon(visits: Json) -> Json:
    """A visit whose reminders fall outside of quiet hours."""
    zone = ZoneInfo(visits["zone"])
    return next(
        each for each in visits["visits"] if 12 <= datetime.fromisoformat(each["start"]).astimezone(zone).hour < 18
    )


def to_book(wanted: Json, visits: Json, start: str) -> Json:
    parts = [
        {**part, **({"screening": clear(shown["screening"])} if shown["screening"] else {})}
        for part, shown in zip(wanted["parts"], visits["parts"], strict=True)
    ]
    if wanted["arrangement"] == "at_once":
        parts[1]["name"] = "Luc Moreau"
    return {**wanted, "parts": parts, "start": start, "guest": a_guest()}


def clear(screening: Json) -> Json:
    return {"version": screening["version"], "all_clear": True}


def test_two_massages_one_after_the_other(platform: Platform, api: Api) -> None:
    wanted = wish(api, "Swedish", "Deep tissue")
    visits = found(api, wanted, after=timedelta(days=3))
    chosen = in_the_afternoon(visits)
    first, second = chosen["parts"]
    assert first["end"] <= second["start"]
    body, key = to_book(wanted, visits, chosen["start"]), {"Idempotency-Key": str(uuid.uuid4())}
    unasked = {**body, "parts": [{**part, "screening": None} for part in body["parts"]]}
    before = counts(platform.databases["booking"])
    assert problem(api.http.post("/v1/visits", json=unasked), 422, "screening_required")["part"] == 1
    assert counts(platform.databases["booking"])["bookings"] == before["bookings"]
    made = ok(api.http.post("/v1/visits", json=body, headers=key), 201)
    assert ok(api.http.post("/v1/visits", json=body, headers=key), 201)["id"] == made["id"]
    assert made["arrangement"] == "one_after_another"
    assert made["cadence"] is None
    bookings = [each["booking"] for each in made["sessions"]]
    assert [each["start"] for each in bookings] == [first["start"], second["start"]]
    assert counts(platform.databases["booking"])["bookings"] == before["bookings"] + 2
    mine = {"Authorization": f"Bearer {made['token']}"}
    seen = ok(api.http.get(f"/v1/series/{made['id']}", headers=mine))
    assert [each["state"] for each in seen["sessions"]] == ["confirmed", "confirmed"]
    problem(api.http.post(f"/v1/series/{made['id']}/repair", json={"session": 1}, headers=mine), 409, "no_rhythm")

    told = until(lambda: about(api, made), within=30, expecting="both channels", enough=lambda got: len(got) >= 2)
    assert kinds(told) == [("series_confirmation", "email"), ("series_confirmation", "sms")]
    start = datetime.fromisoformat(bookings[0]["start"])
    api.forward(start - timedelta(hours=23, minutes=55) - api.now())
    _reminded(api, bookings[0], "first_reminder")
    api.forward(timedelta(hours=2))  # the second part's own would be due by now
    until(lambda: silent(api, bookings[1], "first_reminder"), within=30, expecting="the second part to keep silent")

    # With the first part given up, the second is reminded of by itself.
    ok(api.cancel(bookings[0], accept_fee=True))
    api.forward(datetime.fromisoformat(bookings[1]["start"]) - timedelta(hours=1, minutes=55) - api.now())
    _reminded(api, bookings[1], "second_reminder")
    assert overlaps(platform.databases["booking"]) == []


def _reminded(api: Api, booking: Json, rule: str) -> None:
    until(lambda: (rule, "sms") in kinds(about(api, booking)), within=30, expecting=f"a text by {rule}")


def silent(api: Api, booking: Json, rule: str) -> bool:
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    lines = ok(api.http.get(f"/v1/bookings/{booking['id']}/messages", headers=headers))["items"]
    own = [(one["state"], one["reason"]) for one in lines if one["rule"] == rule]
    return bool(own) and set(own) == {("skipped", "told_with_series")}


def test_two_guests_in_two_rooms_at_once(platform: Platform, api: Api) -> None:
    wanted = wish(api, "Swedish", "Deep tissue", arrangement="at_once")
    visits = found(api, wanted, after=timedelta(days=5))
    chosen = visits["visits"][0]
    assert {each["start"] for each in chosen["parts"]} == {chosen["start"]}
    assert chosen["parts"][0]["practitioner_ids"] != chosen["parts"][1]["practitioner_ids"]
    body = to_book(wanted, visits, chosen["start"])
    nameless = {**body, "parts": [{**part, "name": None} for part in body["parts"]]}
    refused = problem(api.http.post("/v1/visits", json=nameless), 422, "invalid_request")
    assert refused["fields"][0]["field"] == "parts.1.name"
    made = ok(api.http.post("/v1/visits", json=body), 201)
    one, other = [each["booking"] for each in made["sessions"]]
    assert one["start"] == other["start"]
    assert one["practitioners"] != other["practitioners"]
    mine = {"Authorization": f"Bearer {made['token']}"}
    gone = ok(api.http.post(f"/v1/series/{made['id']}/cancel", json={}, headers=mine))
    assert {each["state"] for each in gone["sessions"]} == {"cancelled"}
    assert overlaps(platform.databases["booking"]) == []


def test_each_part_has_its_own_add_ons_and_wishes(platform: Platform, api: Api) -> None:
    wanted = wish(api, "Swedish", "Deep tissue", "Swedish", "Deep tissue")
    stones, by_a_man = {"add_on_ids": ["hot_stones"]}, {"preferences": {"gender": "male"}}
    for part, more in zip(wanted["parts"], ({**stones, "duration_minutes": 30}, by_a_man, {}, stones), strict=True):
        part.update(more)
    visits = found(api, wanted, after=timedelta(days=7))
    first, second, third, last = visits["parts"]
    assert [each["duration_minutes"] for each in (first, last)] == [45, 75]
    assert [each["price"]["amount"] for each in (first, second, last)] == ["70.00", "95.00", "115.00"]
    heat = [any(each["id"] == "neuropathy" for each in one["screening"]["questions"]) for one in visits["parts"]]
    assert heat == [True, False, False, True]
    people = {each["id"]: each["gender"] for each in api.everything("/v1/practitioners")}
    assert {people[who] for each in visits["visits"] for who in each["parts"][1]["practitioner_ids"]} == {"male"}
    made = ok(api.http.post("/v1/visits", json=to_book(wanted, visits, visits["visits"][0]["start"])), 201)
    bookings = [each["booking"] for each in made["sessions"]]
    had = [[each["id"] for guest in one["guests"] for each in guest["add_ons"]] for one in bookings]
    assert had == [["hot_stones"], [], [], ["hot_stones"]]
    assert [one["price"] for one in bookings] == [each["price"] for each in (first, second, third, last)]
    assert bookings[1]["preferences"]["gender"] == "male"
    assert overlaps(platform.databases["booking"]) == []


def test_what_cannot_be_a_visit_is_refused_by_name(api: Api) -> None:
    since = api.now()
    span = {"from": since.isoformat(), "to": (since + timedelta(days=1)).isoformat()}
    alone = wish(api, "Swedish")
    assert problem(api.http.post("/v1/availability/visits", json={**alone, **span}), 422, "invalid_request")
    many = wish(api, *["Swedish"] * 5)
    assert problem(api.http.post("/v1/availability/visits", json={**many, **span}), 422, "invalid_request")
    couples = wish(api, "Swedish", "Couples")
    problem(api.http.post("/v1/availability/visits", json={**couples, **span}), 422, "party_size")
    wide = {**wish(api, "Swedish", "Swedish"), **span, "to": (since + timedelta(days=15)).isoformat()}
    problem(api.http.post("/v1/availability/visits", json=wide), 422, "range_too_wide")
