"""A guest wishes to be treated by a woman, or in a language of theirs: what is offered is what can be had."""

from datetime import timedelta

import pytest

from tests.outside.client import Api, Json, Slot, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.platform import Platform

A_WOMAN = {"gender": "female"}


def found(api: Api, slot: Slot, headers: Json | None = None, **wished: str) -> dict[str, set[str]]:
    """Return who could serve at each start of the seven days from the slot's on."""
    query = {
        "location_id": slot.location_id,
        "service_id": slot.service_id,
        "from": slot.start.isoformat(),
        "to": (slot.start + timedelta(days=7)).isoformat(),
        **wished,
    }
    answer = ok(api.http.get("/v1/availability", params=query, headers=headers))
    return {one["start"]: set(one["practitioner_ids"]) for one in answer["slots"]}


def people(api: Api, slot: Slot) -> dict[str, Json]:
    return {one["id"]: one for one in api.everything("/v1/practitioners") if slot.location_id in one["location_ids"]}


def test_a_strict_wish_is_kept_from_the_search_to_the_move(platform: Platform, api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=6))
    everyone = people(api, slot)
    women = {who for who, one in everyone.items() if one["gender"] == "female"}
    anyone, by_women = found(api, slot), found(api, slot, gender="female")
    assert by_women == {start: who & women for start, who in anyone.items() if who & women}
    assert by_women.keys() < anyone.keys(), "there are times when only men work"

    asked = slot.asked(preferences=A_WOMAN)
    only_men = (start for start in anyone if start not in by_women)
    answers = ((start, api.http.post("/v1/holds", json={**asked, "start": start})) for start in only_men)
    # Where it says taken, a woman works too, and has somebody.
    nobody_else, refusal = next(each for each in answers if each[1].json()["code"] != "slot_taken")
    problem(refusal, 422, "not_a_start")
    start = next(iter(by_women))
    hold = ok(api.http.post("/v1/holds", json={**asked, "start": start}), 201)
    assert set(hold["practitioner_ids"]) <= women
    booking = ok(api.book(hold), 201)
    wished = {"gender": "female", "languages": [], "soft": []}
    assert ok(api.booking(booking))["preferences"] == wished

    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    to = found(api, slot, headers=token, booking_id=booking["id"])
    assert set().union(*to.values()) <= women
    assert nobody_else not in to
    moved = ok(api.move(booking, slot.start.fromisoformat(list(to)[-1])))
    assert ({one["id"] for one in moved["practitioners"]} <= women, moved["preferences"]) == (True, wished)


def test_a_wish_that_nobody_free_meets_is_told_as_the_reason(platform: Platform, api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=6))
    by_women = found(api, slot, gender="female")
    start = next(each for each in found(api, slot) if each not in by_women)
    question = {"location_id": slot.location_id, "service_id": slot.service_id, "start": start}
    assert ok(api.http.get("/v1/availability/explain", params=question))["offered"]
    told = ok(api.http.get("/v1/availability/explain", params={**question, **A_WOMAN}))
    assert told["reasons"] == ["not_as_wished"]
    desk = FrontDesk(platform)
    told = ok(desk.http.get("/v1/admin/availability/explain", params={**question, **A_WOMAN}))
    assert any([each["code"] for each in one["obstacles"]] == ["not_as_wished"] for one in told["resources"])
    desk.http.close()


def test_a_soft_wish_keeps_every_time_and_comes_first(api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=6))
    anyone = found(api, slot)
    assert found(api, slot, gender="female", languages="pt", soft="gender,languages") == anyone
    portuguese = {who for who, one in people(api, slot).items() if "pt" in one["languages"]}
    start = next(each for each, who in anyone.items() if who & portuguese and who - portuguese)
    wish = {"languages": ["pt"], "soft": ["languages"]}
    hold = ok(api.http.post("/v1/holds", json={**slot.asked(preferences=wish), "start": start}), 201)
    assert set(hold["practitioner_ids"]) <= portuguese
    ok(api.release(hold), 204)


@pytest.mark.parametrize(
    ("wished", "field"),
    [
        ({"gender": "woman"}, "gender"),
        ({"languages": "french"}, "languages"),
        ({"languages": "fr,"}, "languages"),
        ({"gender": "female", "soft": "all"}, "soft"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused_by_name(api: Api, wished: Json, field: str) -> None:
    slot = api.a_slot()
    query = {**{name: value for name, value in slot.asked().items() if name != "start"}, "from": slot.start.isoformat()}
    query |= {"to": slot.end.isoformat(), **wished}
    told = problem(api.http.get("/v1/availability", params=query), 422, "invalid_request")
    assert [each["field"] for each in told["fields"]] == [field]


def test_in_a_body_the_place_of_what_cannot_be_read_is_told(api: Api) -> None:
    slot = api.a_slot()
    for wish, field in (
        ({"gender": "woman"}, "preferences.gender"),
        ({"languages": ["fr", "French"]}, "preferences.languages.1"),
        ({"language": "fr"}, "preferences.language"),
    ):
        told = problem(api.hold(slot, preferences=wish), 422, "invalid_request")
        assert [each["field"] for each in told["fields"]] == [field]
