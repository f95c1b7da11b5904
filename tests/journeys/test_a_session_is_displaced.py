"""A practitioner takes time off in the middle of a series: that session gets another time that keeps the rhythm."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.checker.overlaps import overlaps
from tests.journeys.test_a_series import booked, post, seen, wish
from tests.outside.client import Api, Json, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import about, kinds
from tests.outside.platform import Platform
from tests.outside.until import until


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def test_a_session_in_time_off_is_moved_by_its_guest_to_a_time_that_keeps_the_rhythm(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    wanted = by_one_practitioner(api)
    asked = next(each for each in wanted if ok(post(api, "/v1/series", {**each, "dry_run": True}))["complete"])
    made = booked(api, asked)
    first, second, third = (each["booking"] for each in made["sessions"])
    start = datetime.fromisoformat(second["start"])
    off = {
        "practitioner_id": asked["parts"][0]["practitioner_id"],
        "from": (start - timedelta(minutes=30)).isoformat(),
        "to": (start + timedelta(hours=1, minutes=30)).isoformat(),
    }
    added = ok(desk.http.post("/v1/admin/time-off", json=off), 201)
    try:
        until(
            lambda: _displaced(api, made) == [2], within=15, expecting="the series to say which session lost its time"
        )
        place = f"/v1/series/{made['id']}/repair"
        found = ok(post(api, place, {"session": 2}, token=made["token"]))
        assert found["screening"] is None, "they were answered when it was booked"
        times = [datetime.fromisoformat(each["start"]) for each in found["proposals"]]
        assert times
        assert start not in times
        before, after = (datetime.fromisoformat(each["start"]) for each in (first, third))
        assert all(before < each < after for each in times)
        problem(post(api, place, {"session": 1}, token=made["token"]), 409, "session_stands")

        chosen = {"session": 2, "start": found["proposals"][0]["start"]}
        for _ in range(2):
            mended = ok(post(api, place, chosen, token=made["token"]), 201)
        moved = mended["sessions"][1]["booking"]
        assert (moved["id"], moved["start"], moved["revision"]) == (second["id"], chosen["start"], 2)
        assert _displaced(api, made) == []
        told = {("change", "email"), ("change", "sms")}
        until(lambda: told <= set(kinds(about(api, second))), within=30, expecting="the guest to be told of the move")
        assert overlaps(platform.databases["booking"]) == []
    finally:
        ok(desk.http.delete(f"/v1/admin/time-off/{added['id']}"), 204)


def by_one_practitioner(api: Api) -> Iterator[Json]:
    """Series of which one practitioner gives every session, by when they begin."""
    asked = wish(api)
    (part,) = asked["parts"]
    for slot in api.slots(after=timedelta(days=3)):
        for who in slot.practitioner_ids:
            yield {**asked, "starting": slot.start.isoformat(), "parts": [{**part, "practitioner_id": who}]}


def _displaced(api: Api, made: Json) -> list[int]:
    return [each["session"] for each in seen(api, made)["sessions"] if each["displaced"]]
