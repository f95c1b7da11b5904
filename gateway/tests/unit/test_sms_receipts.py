"""Delivery receipts of SMS providers: proved, read in their own words, passed on in ours."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from gateway.settings import GatewaySettings
from gateway_fakes import FakeBus
from sms_signing import OURS, SECRET, TOKEN, jwt, ours, twilios

KEY = "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10:1:confirmation:sms"


@pytest.fixture
def settings(settings: GatewaySettings) -> GatewaySettings:
    secrets = {"twilio_auth_token": TOKEN, "vonage_signature_secret": SECRET, "sms_secret": OURS}
    return settings.model_copy(update=secrets)


@pytest.fixture(autouse=True)
def notifications(bus: FakeBus) -> FakeBus:
    bus.answers["notifications.receive_receipt"] = {"ok": {"known": True}}
    return bus


async def by_twilio(api: httpx.AsyncClient, *, address: str | None = None, **fields: str) -> httpx.Response:
    form = {"MessageSid": "SM7", "MessageStatus": "delivered", "To": "+33199001234", **fields}
    path = f"/v1/hooks/sms/twilio/receipts?{urlencode({'key': KEY})}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": twilios(form, url=f"https://book.example{address or path}"),
    }
    return await api.post(path, content=urlencode(form), headers=headers)


async def by_vonage(api: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = json.dumps({"message_uuid": "uuid-7", "status": "delivered", "client_ref": KEY, **fields}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {jwt(body)}"}
    return await api.post("/v1/hooks/sms/vonage/receipts", content=body, headers=headers)


async def by_http(api: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    body = json.dumps({"id": "sms-7", "status": "delivered", "key": KEY, **fields}).encode()
    return await api.post(
        "/v1/hooks/sms/http/receipts", content=body, headers={"Content-Type": "application/json", **ours(body)}
    )


def told(bus: FakeBus) -> dict[str, Any]:
    call = bus.calls[-1]
    assert (call.service, call.method) == ("notifications", "receive_receipt")
    return {name: value for name, value in call.kwargs.items() if value is not None}


async def test_twilios_receipt_brings_our_key_back(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await by_twilio(api)
    assert (answer.status_code, answer.json()) == (200, {})
    assert told(bus) == {"provider": "twilio", "provider_id": "SM7", "key": KEY, "fate": "delivered"}


async def test_a_receipt_for_another_key_than_was_signed_is_refused(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await by_twilio(api, address="/v1/hooks/sms/twilio/receipts?key=another")
    assert (answer.status_code, bus.calls) == (403, [])


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("queued", "accepted"),
        ("sending", "accepted"),
        ("sent", "accepted"),
        ("delivered", "delivered"),
        ("undelivered", "undelivered"),
        ("failed", "undelivered"),
        ("something new", "accepted"),
    ],
)
async def test_twilios_words_are_told_in_ours(api: httpx.AsyncClient, bus: FakeBus, status: str, fate: str) -> None:
    await by_twilio(api, MessageStatus=status, ErrorCode="30005")
    assert (told(bus)["fate"], told(bus)["problem"]) == (fate, "30005")


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("submitted", "accepted"),
        ("delivered", "delivered"),
        ("read", "delivered"),
        ("rejected", "undelivered"),
        ("undeliverable", "undelivered"),
    ],
)
async def test_vonages_words_are_told_in_ours_with_what_it_cost(
    api: httpx.AsyncClient, bus: FakeBus, status: str, fate: str
) -> None:
    error = {"title": "1340", "detail": "Outside the allowed window, +33199001234"}
    await by_vonage(api, status=status, error=error, usage={"price": "0.0333", "currency": "EUR"})
    assert told(bus) == {
        "provider": "vonage",
        "provider_id": "uuid-7",
        "key": KEY,
        "fate": fate,
        "problem": "1340",
        "cost": {"amount": "0.0333", "currency": "EUR"},
    }


@pytest.mark.parametrize("usage", [None, [], {"price": "NaN", "currency": "EUR"}, {"price": "1", "currency": "euro"}])
async def test_a_price_that_cannot_be_read_is_no_price(api: httpx.AsyncClient, bus: FakeBus, usage: object) -> None:
    assert (await by_vonage(api, usage=usage, error="+33199001234")).status_code == 200
    assert told(bus).keys() == {"provider", "provider_id", "key", "fate"}


async def test_a_problem_in_words_goes_no_further(api: httpx.AsyncClient, bus: FakeBus) -> None:
    await by_http(api, status="undelivered", problem="+33199001234 is a landline")
    assert told(bus) == {"provider": "http", "provider_id": "sms-7", "key": KEY, "fate": "undelivered"}
    await by_http(api, status="undelivered", problem="landline", cost={"amount": "0.05", "currency": "EUR"})
    assert told(bus)["problem"] == "landline"


@pytest.mark.parametrize("wrong", [{"status": "perhaps"}, {"status": 7}, {"id": ""}, {"id": None}])
async def test_a_receipt_that_cannot_be_read_says_so(
    api: httpx.AsyncClient, bus: FakeBus, wrong: dict[str, Any]
) -> None:
    answer = await by_http(api, **wrong)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (400, "callback_unreadable", [])


async def test_a_receipt_with_a_wrong_signature_moves_nothing(api: httpx.AsyncClient, bus: FakeBus) -> None:
    for path in ("twilio", "vonage", "http"):
        answer = await api.post(f"/v1/hooks/sms/{path}/receipts", content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")
    assert bus.calls == []
