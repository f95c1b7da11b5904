"""Somebody who does not know what they need is led to it, or away from it, and nothing of their answers stays."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.outside.client import Api, Json, Slot, all_clear, ok, problem
from tests.outside.platform import Platform


def ask(api: Api, *, branch: str = "Paris", language: str = "", **answers: list[str]) -> Any:
    body = {"location_id": api.location(branch)["id"], **answers}
    return api.http.post("/v1/guide", json=body, params={"language": language} if language else None)


def names(api: Api, entries: list[Json]) -> set[str]:
    services = {one["id"]: one["name"] for one in api.everything("/v1/services")}
    return {services[one["service_id"]] for one in entries}


def test_a_wish_leads_to_a_massage_and_a_booking(api: Api) -> None:
    said = ok(ask(api, red_flags=["no_red_flags"], needs=["stress", "sleep"], conditions=["no_conditions"]))
    assert said["recommendation"] == "massage"
    assert {rule["id"] for rule in said["rules"]} == {"serve.stress", "serve.sleep"}
    assert all(rule["reason"] and rule["source"] for rule in said["rules"])
    best = next(one for one in said["bookable"] if one["suggested"] and one["channel"] == "online")
    assert best["duration_minutes"] == 90
    service = next(one for one in api.everything("/v1/services") if one["id"] == best["service_id"])
    slot = api.a_slot(service=service["name"], duration_minutes=90, after=timedelta(days=1))
    assert ok(api.book(ok(api.hold(slot), 201)), 201)["service"]["id"] == best["service_id"]


def test_what_is_held_back_is_asked_about_on_the_direct_way_too(api: Api) -> None:
    said = ok(ask(api, needs=["sore_muscles"], conditions=["blood_thinners"]))
    assert "Deep tissue massage" in names(api, said["withheld"])
    assert "Deep tissue massage" not in names(api, said["bookable"])
    assert "Swedish massage" in names(api, [one for one in said["bookable"] if one["suggested"]])
    slot: Slot = api.a_slot(service="Deep tissue", after=timedelta(days=2))
    hold = ok(api.hold(slot), 201)
    problem(api.book(hold, screening=None), 422, "screening_required")
    yes = {**all_clear(hold)["screening"], "all_clear": False}
    problem(api.book(hold, screening=yes), 422, "clearance_needed")
    ok(api.release(hold), 204)


def test_a_sign_of_danger_is_all_that_counts(api: Api) -> None:
    for branch, number in (("Paris", "112"), ("Montr", "911")):
        said = ok(ask(api, branch=branch, red_flags=["chest_pain"], needs=["stress"], conditions=["no_conditions"]))
        assert (said["recommendation"], said["emergency_number"]) == ("emergency", number)
        assert said["bookable"] == []


def test_physical_therapy_and_not_here(api: Api) -> None:
    here = ok(ask(api, needs=["injury"]))
    assert (here["recommendation"], here["not_here"]) == ("physical_therapy", False)
    assert {one["channel"] for one in here["bookable"]} == {"online"}
    assert {one["need"]: one["general"] for one in here["needs"]}["referral"] is True
    elsewhere = ok(ask(api, branch="Montr", needs=["injury"]))
    assert (elsewhere["not_here"], elsewhere["bookable"]) == (True, [])
    assert [clinic["name"] for clinic in elsewhere["outside_clinics"]] == ["Physio Laurier", "Clinique du Mont"]
    in_french = ok(ask(api, branch="Montr", language="fr", needs=["injury"]))
    assert "ordonnance" in in_french["outside_clinics"][0]["note"]
    both = ok(ask(api, branch="Montr", needs=["injury", "stress"]))
    assert (both["recommendation"], both["series"]) == ("both", ["physical_therapy", "massage"])
    assert "Swedish massage" in names(api, both["bookable"])


def test_answers_that_cannot_all_be_true_are_refused(api: Api) -> None:
    refusal = problem(
        ask(api, needs=["stress"], conditions=["pacemaker", "no_conditions"]), 422, "contradictory_answers"
    )
    assert refusal["fields"][0]["pointer"] == "#/conditions"
    problem(ask(api, needs=["stress"], conditions=["first_trimester"]), 422, "contradictory_answers")
    unknown = problem(ask(api, needs=["stress", "a_new_car"]), 422, "invalid_request")
    assert unknown["fields"][0]["pointer"] == "#/needs/1"
    nowhere = {"location_id": "00000000-0000-4000-8000-000000000000"}
    problem(api.http.post("/v1/guide", json=nowhere), 404, "unknown_location")


@pytest.mark.parametrize(
    ("asked", "language", "fallback"), [("fr", "fr", False), ("es", "es", False), ("de", "en", True)]
)
def test_the_comparison_is_told_in_the_readers_language(api: Api, asked: str, language: str, fallback: bool) -> None:
    by_address = api.http.get("/v1/comparison", params={"language": asked})
    by_header = api.http.get("/v1/comparison", headers={"Accept-Language": asked})
    assert by_address.json() == by_header.json()
    said = ok(by_address)
    assert (said["language"], said["fallback"]) == (language, fallback)
    assert by_address.headers["content-language"] == language
    referral = said["aspects"][-1]
    assert (referral["id"], referral["general"]) == ("referral", True)


def test_reasons_are_told_in_the_readers_language(api: Api) -> None:
    reasons = {
        language: ok(ask(api, language=language, needs=["stress"]))["rules"][0]["reason"]
        for language in ("en", "fr", "es")
    }
    assert len(set(reasons.values())) == 3


def test_nothing_of_the_answers_is_logged(platform: Platform) -> None:
    ok(ask(platform.api, needs=["lost_function"], conditions=["severe_osteoporosis"]))
    problem(ask(platform.api, conditions=["neuropathy", "no_conditions"]), 422, "contradictory_answers")
    log = json.dumps(platform.log())
    assert "/v1/guide" in log
    assert not any(word in log for word in ("lost_function", "severe_osteoporosis", "neuropathy"))
