"""Several sessions as one wish: looked at, booked, seen, one given up and replaced, the rest cancelled."""

import uuid
from datetime import datetime, timedelta

import httpx
import pytest

from tests.checker.counts import counts
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, a_guest, ok, problem
from tests.outside.messages import about, kinds, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until


def wish(api: Api, *, sessions: int = 3, **changes: object) -> Json:
    """Return a weekly series that begins at a free time a few days ahead."""
    slot = api.a_slot(after=timedelta(days=3))
    return {
        "location_id": slot.location_id,
        "parts": [{"service_id": slot.service_id, "duration_minutes": slot.duration_minutes, "sessions": sessions}],
        "cadence": {"every": 1, "unit": "weeks", "within_days": 2, "within_minutes": 240},
        "starting": slot.start.isoformat(),
        **changes,
    }


def answers(plan: Json) -> list[Json]:
    """Return no to every safety question of every service."""
    return [
        {"service_id": each["service_id"], "version": each["screening"]["version"], "all_clear": True}
        for each in plan["screening"]
    ]


def post(api: Api, path: str, body: Json, *, token: str = "", key: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return api.http.post(path, json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))


def seen(api: Api, series: Json) -> Json:
    return ok(api.http.get(f"/v1/series/{series['id']}", headers={"Authorization": f"Bearer {series['token']}"}))


def booked(api: Api, asked: Json) -> Json:
    plan = ok(post(api, "/v1/series", {**asked, "dry_run": True}))
    body = {**asked, "guest": a_guest(), "screening": answers(plan)}
    return ok(post(api, "/v1/series", body), 201)


def test_a_guest_looks_books_gives_one_session_up_takes_another_and_cancels_the_rest(
    platform: Platform, api: Api
) -> None:
    asked, before = wish(api), counts(platform.databases["booking"])["bookings"]
    plan = ok(post(api, "/v1/series", {**asked, "dry_run": True}))
    assert plan["complete"]
    assert counts(platform.databases["booking"])["bookings"] == before, "looking books nothing"
    body, key = {**asked, "guest": a_guest(), "screening": answers(plan)}, str(uuid.uuid4())
    made = ok(post(api, "/v1/series", body, key=key), 201)
    assert [each["booking"]["start"] for each in made["sessions"]] == [
        each["slot"]["start"] for each in plan["sessions"]
    ]
    assert ok(post(api, "/v1/series", body, key=key), 201)["id"] == made["id"]
    assert counts(platform.databases["booking"])["bookings"] == before + 3

    second = made["sessions"][1]["booking"]
    ok(api.cancel(second))
    assert [each["state"] for each in seen(api, made)["sessions"]] == ["confirmed", "cancelled", "confirmed"]
    place = f"/v1/series/{made['id']}/repair"
    found = ok(post(api, place, {"session": 2}, token=made["token"]))["proposals"]
    first, third = (datetime.fromisoformat(made["sessions"][at]["booking"]["start"]) for at in (0, 2))
    assert found
    assert all(first < datetime.fromisoformat(each["start"]) < third for each in found)
    screening = next(({"screening": {"version": each["version"], "all_clear": True}} for each in body["screening"]), {})
    chosen = {"session": 2, "start": found[0]["start"], **screening}
    mended = ok(post(api, place, chosen, token=made["token"]), 201)
    assert mended["sessions"][1]["booking"]["start"] == found[0]["start"]
    assert mended["sessions"][1]["booking"]["id"] != second["id"]
    problem(post(api, place, {"session": 1}, token=made["token"]), 409, "session_stands")

    gone = ok(post(api, f"/v1/series/{made['id']}/cancel", {}, token=made["token"]))
    assert {each["state"] for each in gone["sessions"]} == {"cancelled"}
    assert overlaps(platform.databases["booking"]) == []


def test_a_guest_is_told_of_a_whole_series_at_once(platform: Platform, api: Api) -> None:
    made = booked(api, wish(api, sessions=4))
    bookings = [each["booking"] for each in made["sessions"]]
    planned = [
        until(lambda which=each: _confirmations(api, which), within=30, expecting="a session to be planned")
        for each in bookings
    ]
    told = until(
        lambda: about(api, made),
        within=30,
        expecting="the series to be told on both channels",
        enough=lambda found: len(found) >= 2,
    )
    for lines in planned:
        own = {(one["state"], one["reason"]) for one in lines if one["rule"] == "confirmation"}
        assert own == {("skipped", "told_with_series")}
        assert sorted(one["channel"] for one in lines if one["rule"] == "series_confirmation") == ["email", "sms"]

    # A later guest's confirmation shows that the senders have been round again.
    sent_about(api, api.booked(), count=2)
    assert about(api, made) == told
    assert kinds(told) == [("series_confirmation", "email"), ("series_confirmation", "sms")]
    (mail,) = [one for one in told if one["channel"] == "email"]
    assert mail["text"].count("\n- ") == 4
    assert {rule for each in bookings for rule, _ in kinds(about(api, each))} <= {"series_confirmation"}


def _confirmations(api: Api, booking: Json) -> list[Json]:
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    found: list[Json] = ok(api.http.get(f"/v1/bookings/{booking['id']}/messages", headers=headers))["items"]
    return [one for one in found if one["rule"] in {"confirmation", "series_confirmation"}]


def test_all_or_nothing_names_the_session_without_a_time_and_best_effort_leaves_it_open(
    platform: Platform, api: Api
) -> None:
    exact = {"every": 1, "unit": "weeks", "within_minutes": 0}
    slot = api.a_slot(after=timedelta(days=3))
    (who, *_) = slot.practitioner_ids
    part = {"service_id": slot.service_id, "duration_minutes": slot.duration_minutes, "practitioner_id": who}
    asked = wish(api, cadence=exact, parts=[{**part, "sessions": 3}], starting=slot.start.isoformat())
    first = booked(api, {**asked, "parts": [{**part, "sessions": 2}]})
    ok(api.cancel(first["sessions"][0]["booking"]))
    plan = ok(post(api, "/v1/series", {**asked, "dry_run": True}))
    assert not plan["complete"]
    body = {**asked, "guest": a_guest(), "screening": answers(plan)}
    before = counts(platform.databases["booking"])["bookings"]
    refused = problem(post(api, "/v1/series", body), 409, "series_incomplete")
    assert refused["sessions"][0]["session"] == 2
    assert counts(platform.databases["booking"])["bookings"] == before
    made = ok(post(api, "/v1/series", {**body, "mode": "best_effort"}), 201)
    states = {each["session"]: each["state"] for each in made["sessions"]}
    assert states[2] == "open"
    assert made["sessions"][1]["alternatives"] == plan["sessions"][1]["alternatives"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sessions": 500}, "parts.0.sessions"),
        ({"sessions": 1}, "parts"),
        ({"cadence": {"every": 0, "unit": "weeks"}}, "cadence.every"),
        ({"cadence": {"every": 9, "unit": "weeks"}}, "cadence.every"),
        ({"cadence": {"every": 1, "unit": "days", "within_days": 1}}, "cadence.within_days"),
        ({"parts": []}, "parts"),
    ],
    ids=["500 sessions", "one session", "never", "too seldom", "days that change places", "nothing"],
)
def test_a_series_that_cannot_be_is_refused_with_the_field(api: Api, changes: Json, field: str) -> None:
    body = {**wish(api, **changes), "dry_run": True}
    assert [each["field"] for each in problem(post(api, "/v1/series", body), 422, "invalid_request")["fields"]] == [
        field
    ]


def test_a_length_that_is_not_offered_a_missing_guest_and_unanswered_questions_are_refused(api: Api) -> None:
    asked = wish(api)
    (part,) = asked["parts"]
    strange = {**asked, "parts": [{**part, "duration_minutes": 7}], "dry_run": True}
    problem(post(api, "/v1/series", strange), 422, "duration_not_offered")
    fields = problem(post(api, "/v1/series", asked), 422, "invalid_request")["fields"]
    assert [each["field"] for each in fields] == ["guest"]
    problem(post(api, "/v1/series", {**asked, "guest": a_guest()}), 422, "screening_required")


def test_a_series_is_for_one_guest_whatever_is_asked(api: Api) -> None:
    asked = {**wish(api), "dry_run": True}
    for party in (0, 50):
        refused = problem(post(api, "/v1/series", {**asked, "guests": party}), 422, "invalid_request")
        assert [each["field"] for each in refused["fields"]] == ["guests"]
    couples = api.service("Couples")
    duration = couples["offers"][0]["durations"][0]["minutes"]
    part = {"service_id": couples["id"], "duration_minutes": duration, "sessions": 3}
    refused = problem(post(api, "/v1/series", {**asked, "parts": [part]}), 422, "party_size")
    assert refused["detail"]


def test_nobody_sees_a_series_with_a_wrong_token(api: Api) -> None:
    problem(api.http.get(f"/v1/series/{uuid.uuid4()}", headers={"Authorization": "Bearer wrong"}), 403, "token_invalid")
