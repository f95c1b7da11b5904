"""Staff see what became of every message, and say things in their branch's own words."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.outside.client import Api, Json, ok, problem
from tests.outside.messages import about
from tests.outside.platform import Platform
from tests.outside.until import until


@pytest.fixture
def admin(platform: Platform) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {platform.admin_token}"}
    with httpx.Client(base_url=platform.url, headers=headers, timeout=20, trust_env=False) as client:
        yield client


def _ledger(admin: httpx.Client, booking: Json, **wanted: str) -> list[Json]:
    found: list[Json] = ok(admin.get("/v1/admin/notifications", params={"booking_id": booking["id"], **wanted}))[
        "items"
    ]
    return found


def test_whether_a_guest_got_it_and_if_not_why_is_a_question_to_the_ledger(api: Api, admin: httpx.Client) -> None:
    booking = api.booked()
    until(
        lambda: len(_ledger(admin, booking, rule="confirmation", state="sent")) == 2,
        within=30,
        expecting="both confirmations to be noted as sent",
    )
    assert {line["state"] for line in _ledger(admin, booking, rule="first_reminder")} <= {"due", "skipped"}
    ok(api.cancel(booking, accept_fee=True))
    until(
        lambda: "superseded" in {line["reason"] for line in _ledger(admin, booking, state="skipped")},
        within=30,
        expecting="the reminders to be given up",
    )
    assert 0 < len(_ledger(admin, booking, channel="email")) < len(_ledger(admin, booking))
    problem(api.http.get("/v1/admin/notifications"), 401, "token_required")


def test_staff_turn_a_reminder_off_at_one_branch_and_on_again(api: Api, admin: httpx.Client) -> None:
    booking = api.booked(api.a_slot(after=timedelta(days=2)))
    rule = {"location_id": booking["location"]["id"], "rule": "second_reminder"}
    route = "/v1/admin/notification-rules"

    def reminders(of: Json) -> set[tuple[str, str | None]]:
        return {(line["state"], line["reason"]) for line in _ledger(admin, of, rule="second_reminder")}

    until(lambda: reminders(booking) == {("due", None)}, within=30, expecting="the reminders to be owed")
    try:
        ok(admin.put(route, json={**rule, "terms": {"enabled": False}}))
        assert reminders(booking) == {("skipped", "rule_off")}
        later = api.booked(api.a_slot(after=timedelta(days=2)))
        until(
            lambda: reminders(later) == {("skipped", "rule_off")},
            within=30,
            expecting="a later booking to say why it gets no second reminder",
        )
        assert {line["state"] for line in _ledger(admin, later, rule="first_reminder")} == {"due"}
        impossible = admin.put(route, json={**rule, "terms": {"due": [{"anchor": "start", "minutes": 30}]}})
        assert problem(impossible, 422, "rule_invalid")["fields"][0]["field"] == "terms.due"
    finally:
        ok(admin.put(route, json={**rule, "terms": None}))
    assert reminders(booking) == reminders(later) == {("due", None)}
    versions = ok(admin.get(f"{route}/versions", params=rule))["items"]
    assert [one["terms"] and one["terms"]["enabled"] for one in versions[:2]] == [None, False]
    assert {one["saved_by"] for one in versions} == {"admin"}
    problem(api.http.get(route, params=rule), 401, "token_required")


def test_a_branch_s_own_words_are_tried_on_a_real_booking_saved_and_sent(api: Api, admin: httpx.Client) -> None:
    booking = api.booked()
    spot = {"location_id": booking["location"]["id"], "kind": "cancellation", "channel": "sms", "language": "en"}
    words = {"text": "Adieu until next time, {{ time }} is given up. {{ place }}"}
    asked = {"booking_id": booking["id"], "rule": "cancellation", "channel": "sms", "language": "en"}
    shown = ok(admin.post("/v1/admin/wordings/preview", json={**asked, "draft": words}))
    assert shown["text"].startswith("Adieu until next time, ")
    assert shown["segments"]["count"] == 1
    for broken in ("{{ tiem }}", "{% for x in [1] %}{{ x }}{% endfor %}", "{{ guest.__class__ }}"):
        saving = admin.put("/v1/admin/wordings", json={**spot, "words": {"text": broken}})
        assert problem(saving, 422, "template_invalid")["fields"][0]["field"] == "words.text"
    try:
        ok(admin.put("/v1/admin/wordings", json={**spot, "words": words}))
        ok(api.cancel(booking, accept_fee=True))
        api.forward(timedelta(minutes=4))
        until(
            lambda: any(message["text"].startswith("Adieu") for message in about(api, booking)),
            within=30,
            expecting="the cancellation in the branch's own words",
        )
    finally:
        ok(admin.put("/v1/admin/wordings", json={**spot, "words": None}))
    listed = ok(admin.get("/v1/admin/wordings", params={"location_id": spot["location_id"]}))
    assert [one["words"] for one in listed["items"] if one["kind"] == "cancellation"] == [None]
    assert "time" in listed["variables"]
