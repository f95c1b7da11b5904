"""The ledger, owed calls and a branch's own words over HTTP, for staff."""

from typing import Any

import httpx
import pytest
from gateway_fakes import BOOKING, PARIS, FakeBus

LINE = {
    "number": 41,
    "booking_id": BOOKING,
    "location_id": PARIS,
    "rule": "first_reminder",
    "revision": 1,
    "channel": "sms",
    "recipient": "guest",
    "state": "skipped",
    "reason": "number_silenced",
    "due_at": "2026-11-30T09:30:00Z",
    "sent_at": None,
    "attempts": 0,
    "provider": None,
    "provider_id": None,
    "receipt_at": None,
    "problem": None,
    "segments": None,
    "cost": None,
}
SPOT = {"location_id": PARIS, "kind": "confirmation", "channel": "sms", "language": "en"}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_the_ledger_is_searched_and_read_on_by_its_cursor(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["notifications.ledger"] = {"ok": {"items": [LINE], "before": 41}}
    wanted = {"state": "skipped", "location_id": PARIS, "from": "2026-11-30T00:00:00+01:00", "limit": 1}
    first = (await staff.get("/v1/admin/notifications", params=wanted)).json()
    assert first["items"] == [{name: value for name, value in LINE.items() if name != "number"}]
    bus.answers["notifications.ledger"] = {"ok": {"items": [], "before": None}}
    rest = (await staff.get("/v1/admin/notifications", params={**wanted, "cursor": first["next_cursor"]})).json()
    assert rest == {"items": [], "next_cursor": None}
    asked = {"state": "skipped", "location_id": PARIS, "since": "2026-11-30T00:00:00+01:00", "limit": 1}
    assert [call.kwargs for call in bus.calls] == [asked, {**asked, "before": 41}]


@pytest.mark.parametrize("cursor", ["x" * 48, "_" * 48, "MTIz" * 12])
async def test_a_cursor_that_is_none_of_ours_is_refused(staff: httpx.AsyncClient, bus: FakeBus, cursor: str) -> None:
    answer = await staff.get("/v1/admin/notifications", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "cursor")
    assert bus.calls == []


@pytest.mark.parametrize(
    "wanted", [{"state": "lost"}, {"channel": "pigeon"}, {"from": "tomorrow"}, {"rule": "DROP TABLE"}, {"limit": "0"}]
)
async def test_a_search_that_makes_no_sense_is_refused(
    staff: httpx.AsyncClient, bus: FakeBus, wanted: dict[str, str]
) -> None:
    answer = await staff.get("/v1/admin/notifications", params=wanted)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, next(iter(wanted)))
    assert bus.calls == []


async def test_owed_calls_are_listed_and_done(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    call = {"id": 7, "booking_id": BOOKING, "revision": 2, "reason": "no_channel", "made_at": "2026-11-30T09:30:00Z"}
    bus.answers |= {"notifications.calls": {"ok": {"items": [call]}}, "notifications.call_done": {"ok": {}}}
    (shown,) = (await staff.get("/v1/admin/calls")).json()["items"]
    assert (shown["number"], shown["reason"]) == (7, "no_channel")
    assert (await staff.post("/v1/admin/calls/done", json={"number": 7})).status_code == 204
    bus.answers["notifications.call_done"] = {"refused": {"code": "unknown_call", "detail": "There is no such call."}}
    assert (await staff.post("/v1/admin/calls/done", json={"number": 8})).status_code == 404


async def test_words_are_saved_in_the_name_of_who_asks_and_given_back(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["notifications.save_wording"] = {"ok": {"version": 3}}
    words = {"text": "Hello,\nsee you at {{ time }}."}
    assert (await staff.put("/v1/admin/wordings", json={**SPOT, "words": words})).json() == {"version": 3}
    assert (await staff.put("/v1/admin/wordings", json={**SPOT, "words": None})).status_code == 200
    assert [call.kwargs for call in bus.calls] == [{**SPOT, "words": words, "by": "admin"}, {**SPOT, "by": "admin"}]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"text": ""}, "words.text"),
        ({"text": "a\x00b"}, "words.text"),
        ({"text": "x" * 4001}, "words.text"),
        ({"text": "Hi", "subject": "two\nlines"}, "words.subject"),
        ({"text": "Hi", "html": "<p>"}, "words.html"),
    ],
)
async def test_words_that_no_message_could_carry_are_refused_at_once(
    staff: httpx.AsyncClient, bus: FakeBus, words: dict[str, Any], field: str
) -> None:
    answer = await staff.put("/v1/admin/wordings", json={**SPOT, "words": words})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
    assert bus.calls == []


async def test_what_is_wrong_with_a_template_is_told_part_by_part(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    wrong = [{"field": "text", "problem": "knows no variable “tiem”"}]
    bus.answers["notifications.save_wording"] = {
        "refused": {"code": "template_invalid", "detail": "These words cannot be used.", "fields": wrong}
    }
    answer = await staff.put("/v1/admin/wordings", json={**SPOT, "words": {"text": "{{ tiem }}"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "template_invalid")
    (told,) = answer.json()["fields"]
    assert (told["field"], told["problem"]) == ("words.text", wrong[0]["problem"])


async def test_a_preview_shows_the_message_and_its_parts(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    shown = {
        "channel": "sms",
        "language": "en",
        "subject": None,
        "text": "See you at 10:30.",
        "html": None,
        "segments": {"alphabet": "gsm7", "units": 17, "count": 1},
    }
    bus.answers["notifications.preview"] = {"ok": shown}
    asked = {"booking_id": BOOKING, "rule": "confirmation", "channel": "sms"}
    assert (await staff.post("/v1/admin/wordings/preview", json=asked)).json() == shown
    assert bus.calls[0].kwargs == asked
