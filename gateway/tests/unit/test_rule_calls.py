"""A branch's rules over HTTP, for staff."""

from typing import Any

import httpx
import pytest
from gateway_fakes import PARIS, FakeBus

RULE = {
    "rule": "second_reminder",
    "kind": "reminder",
    "enabled": True,
    "events": ["booked", "rescheduled"],
    "channels": ["email", "sms"],
    "recipient": "guest",
    "modalities": ["massage", "physical_therapy"],
    "modality": None,
    "due": [{"anchor": "start", "minutes": -120, "days": 0, "clock": None}],
    "useful_until": {"anchor": "start", "minutes": 0, "days": 0, "clock": None},
    "fallback_minutes": 10,
    "changed": False,
    "version": 0,
    "saved_at": None,
    "saved_by": None,
}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_the_rules_of_a_branch_are_shown(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["notifications.rules"] = {"ok": {"items": [RULE]}}
    shown = await staff.get("/v1/admin/notification-rules", params={"location_id": PARIS})
    assert (shown.status_code, shown.json()) == (200, {"items": [RULE]})


async def test_a_rule_is_saved_in_the_name_of_who_asks_and_given_back(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["notifications.save_rule"] = {"ok": {"version": 4}}
    asked = {"location_id": PARIS, "rule": "second_reminder", "terms": {"enabled": False}}
    assert (await staff.put("/v1/admin/notification-rules", json=asked)).json() == {"version": 4}
    assert (await staff.put("/v1/admin/notification-rules", json={**asked, "terms": None})).status_code == 200
    given_back = {"location_id": PARIS, "rule": "second_reminder", "by": "admin"}
    assert [call.kwargs for call in bus.calls] == [{**asked, "by": "admin"}, given_back]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"enabled": "no"}, "terms.enabled"),
        ({"channels": ["pigeon"]}, "terms.channels.0"),
        ({"due": []}, "terms.due"),
        ({"due": [{"anchor": "start"}]}, "terms.due.0.minutes"),
        ({"fallback_minutes": -1}, "terms.fallback_minutes"),
        ({"colour": "red"}, "terms.colour"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_with_their_place(
    staff: httpx.AsyncClient, bus: FakeBus, terms: dict[str, Any], field: str
) -> None:
    asked = {"location_id": PARIS, "rule": "second_reminder", "terms": terms}
    answer = await staff.put("/v1/admin/notification-rules", json=asked)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
    assert bus.calls == []


async def test_what_could_never_work_is_told_by_its_place_in_the_request(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    wrong = [{"field": "due", "problem": "is when the message is of no use any more"}]
    bus.answers["notifications.save_rule"] = {"refused": {"code": "rule_invalid", "detail": "No.", "fields": wrong}}
    asked = {"location_id": PARIS, "rule": "second_reminder", "terms": {"due": [{"anchor": "start", "minutes": 5}]}}
    answer = await staff.put("/v1/admin/notification-rules", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "rule_invalid")
    assert answer.json()["fields"][0]["field"] == "terms.due"


async def test_the_versions_of_a_rule_say_who_and_when(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    version = {
        "rule": "second_reminder",
        "modality": None,
        "version": 1,
        "terms": None,
        "saved_at": "2026-11-28T09:00:00Z",
        "saved_by": "admin",
    }
    bus.answers["notifications.rule_versions"] = {"ok": {"items": [version]}}
    wanted = {"location_id": PARIS, "rule": "second_reminder"}
    shown = await staff.get("/v1/admin/notification-rules/versions", params=wanted)
    assert shown.json() == {"items": [version]}
    assert bus.calls[0].kwargs == wanted


async def test_only_staff_see_rules(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/admin/notification-rules", params={"location_id": PARIS})).status_code == 401
