"""Did they get it, and if not why: told to who has the booking's token, and never to whom it was sent."""

from typing import Any

import httpx
import pytest
from gateway_fakes import BOOKING, FakeBus
from messaging.bus import BrokerAway

HEADERS = {"Authorization": "Bearer c2VjcmV0LW1hbmFnZS10b2tlbg"}
LINE: dict[str, Any] = {
    "rule": "confirmation",
    "revision": 1,
    "channel": "sms",
    "recipient": "guest",
    "state": "delivered",
    "reason": None,
    "due_at": "2026-11-23T10:15:00Z",
    "sent_at": "2026-11-23T10:15:01Z",
    "receipt_at": "2026-11-23T10:15:09Z",
    "attempts": 1,
}


@pytest.fixture
def told(bus: FakeBus) -> FakeBus:
    spared = {**LINE, "rule": "first_reminder", "state": "skipped", "reason": "made_inside_window", "attempts": 0}
    spared.update(sent_at=None, receipt_at=None)
    inside = {"provider": "twilio", "provider_id": "SM7", "cost": {"amount": "0.03", "currency": "EUR"}}
    bus.answers["booking.booking"] = {"ok": {"booking": {"id": BOOKING}}}
    bus.answers["notifications.messages"] = {
        "ok": {
            "items": [{**LINE, **inside}, spared],
            "confirmed": [{"revision": 1, "confirmed_at": "2026-11-24T08:00:00Z"}],
        }
    }
    return bus


async def test_every_message_is_told_with_its_reason(api: httpx.AsyncClient, told: FakeBus) -> None:
    answer = await api.get(f"/v1/bookings/{BOOKING}/messages", headers=HEADERS)
    assert answer.status_code == 200
    delivered, spared = answer.json()["items"]
    assert delivered == LINE  # and nothing of providers and prices
    assert (spared["state"], spared["reason"]) == ("skipped", "made_inside_window")
    assert answer.json()["confirmed"] == [{"revision": 1, "confirmed_at": "2026-11-24T08:00:00Z"}]


async def test_without_the_bookings_token_nothing_is_told(api: httpx.AsyncClient, told: FakeBus) -> None:
    assert (await api.get(f"/v1/bookings/{BOOKING}/messages")).json()["code"] == "token_required"
    told.refuse("booking.booking", "token_invalid")
    answer = await api.get(f"/v1/bookings/{BOOKING}/messages", headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (403, "token_invalid")
    assert [call.service for call in told.calls] == ["booking"]


async def test_notifications_that_cannot_be_reached_are_said_to_be_away(api: httpx.AsyncClient, told: FakeBus) -> None:
    told.answers["notifications.messages"] = BrokerAway("rabbitmq")
    answer = await api.get(f"/v1/bookings/{BOOKING}/messages", headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
