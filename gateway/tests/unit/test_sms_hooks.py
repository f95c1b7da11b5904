"""Callbacks of SMS providers: each proved by its provider's own signature, read in its own shape."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from gateway.settings import GatewaySettings
from gateway_fakes import FakeBus
from messaging.bus import BrokerAway, DeadlinePassed
from sms_signing import OURS, SECRET, TOKEN, TWILIO, jwt, ours, twilios

FORM = {
    "MessageSid": "SM0123456789abcdef",
    "From": "+33199001234",
    "To": "+33199009999",
    "Body": "Stop",
    "NumMedia": "",
}
JSON = {"message_uuid": "aaaaaaaa-bbbb", "from": "33199001234", "to": "33199009999", "channel": "sms", "text": "C"}


@pytest.fixture
def settings(settings: GatewaySettings) -> GatewaySettings:
    secrets = {"twilio_auth_token": TOKEN, "vonage_signature_secret": SECRET, "sms_secret": OURS}
    return settings.model_copy(update=secrets)


@pytest.fixture(autouse=True)
def notifications(bus: FakeBus) -> FakeBus:
    bus.answers["notifications.hear_text"] = {"ok": {"reply": "Thanks & <bye>"}}
    return bus


async def by_twilio(api: httpx.AsyncClient, form: dict[str, str], signature: str | None = None) -> httpx.Response:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature or twilios(form)}
    return await api.post(TWILIO, content=urlencode(form), headers=headers)


async def by_vonage(api: httpx.AsyncClient, body: bytes, token: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return await api.post("/v1/hooks/sms/vonage", content=body, headers=headers)


async def by_http(api: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    kind = {"Content-Type": "application/json"}
    return await api.post("/v1/hooks/sms/http", content=body, headers={**kind, **(headers or ours(body))})


def asked(bus: FakeBus) -> dict[str, Any]:
    (call,) = bus.calls
    assert (call.service, call.method) == ("notifications", "hear_text")
    return call.kwargs


async def test_a_text_by_twilio_is_heard_and_answered_in_its_own_language(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await by_twilio(api, FORM)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<Response><Message>Thanks &amp; &lt;bye&gt;</Message></Response>" in answer.text
    assert asked(bus) == {
        "provider": "twilio",
        "provider_id": "SM0123456789abcdef",
        "number": "+33199001234",
        "text": "Stop",
    }


async def test_silence_is_an_answer_too(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["notifications.hear_text"] = {"ok": {"reply": None}}
    assert (await by_twilio(api, FORM)).text.endswith("<Response></Response>")
    body = json.dumps({"id": "7", "from": "+33199001234", "text": "?"}).encode()
    assert (await by_http(api, body)).json() == {"reply": None}


def test_the_signature_is_the_one_of_twilios_documentation() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilios(form, url=url, token="12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


async def test_a_text_by_vonage_is_heard_with_the_plus_that_it_leaves_out(api: httpx.AsyncClient, bus: FakeBus) -> None:
    body = json.dumps(JSON).encode()
    answer = await by_vonage(api, body, jwt(body))
    assert (answer.status_code, answer.json()) == (200, {})
    assert asked(bus)["number"] == "+33199001234"
    assert asked(bus)["provider_id"] == "aaaaaaaa-bbbb"


async def test_a_text_by_the_generic_provider_is_heard_and_answered(api: httpx.AsyncClient, bus: FakeBus) -> None:
    body = json.dumps({"id": "sms-7", "from": "+33199001234", "text": "C"}).encode()
    answer = await by_http(api, body)
    assert answer.json() == {"reply": "Thanks & <bye>"}
    assert asked(bus)["provider"] == "http"


@pytest.mark.parametrize(
    "signature", ["none", "x", "0=", twilios(FORM, token="another"), twilios(FORM, url=f"http://testserver{TWILIO}")]
)
async def test_a_form_that_twilio_did_not_sign_is_refused(api: httpx.AsyncClient, bus: FakeBus, signature: str) -> None:
    answer = await by_twilio(api, FORM, signature)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (403, "signature_invalid", [])


async def test_a_field_more_or_otherwise_breaks_twilios_signature(api: httpx.AsyncClient, bus: FakeBus) -> None:
    for form in (FORM | {"More": "1"}, FORM | {"Body": "START"}):
        assert (await by_twilio(api, form, twilios(FORM))).status_code == 403
    assert bus.calls == []


@pytest.mark.parametrize("wrong", ["secret", "body", "alg", "expired", "nothing", "rubbish", "no hash"])
async def test_a_token_that_vonage_did_not_make_is_refused(api: httpx.AsyncClient, bus: FakeBus, wrong: str) -> None:
    body = json.dumps(JSON).encode()
    token = {
        "secret": jwt(body, secret="another"),
        "body": jwt(body + b" "),
        "alg": jwt(body, alg="none"),
        "expired": jwt(body, exp=1795428960 - 10**8),
        "nothing": "",
        "rubbish": "a.b.c.d",
        "no hash": jwt(body, payload_hash=None),
    }[wrong]
    answer = await by_vonage(api, body, token)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (403, "signature_invalid", [])


async def test_a_callback_of_ours_that_is_old_or_signed_by_another_is_refused(
    api: httpx.AsyncClient, bus: FakeBus
) -> None:
    body = json.dumps({"id": "1", "from": "+33199001234", "text": "STOP"}).encode()
    for headers in (
        ours(body, age=301),
        ours(body, age=-301),
        ours(body, secret="another"),
        ours(b"{}"),
        {"Slotwell-Signature": "v1="},
        {**ours(body), "Slotwell-Timestamp": "9" * 40},
    ):
        answer = await by_http(api, body, headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "signature_invalid")
    assert bus.calls == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[]", 400, "callback_unreadable"),
        (b"{", 400, "malformed_json"),
        (b"\xff", 400, "malformed_json"),
        (b'{"from": "+33199001234", "text": "C"}', 400, "callback_unreadable"),
        (b'{"id": 7, "from": "+33199001234", "text": "C"}', 400, "callback_unreadable"),
        (b'{"id": "7", "text": "C"}', 400, "callback_unreadable"),
        (b'{"id": "7", "from": "+33199001234", "text": "' + b"x" * 1_000_000 + b'"}', 413, "body_too_large"),
    ],
)
async def test_a_callback_that_cannot_be_read_says_why_and_goes_no_further(
    api: httpx.AsyncClient, bus: FakeBus, body: bytes, status: int, code: str
) -> None:
    answer = await by_http(api, body)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (status, code, [])


async def test_a_picture_without_words_and_a_sender_that_is_no_number_are_passed_on(
    api: httpx.AsyncClient, bus: FakeBus
) -> None:
    body = json.dumps({"id": "7", "from": "BANK"}).encode()
    assert (await by_http(api, body)).status_code == 200
    assert (asked(bus)["number"], asked(bus)["text"]) == ("BANK", "")


@pytest.mark.parametrize("problem", [BrokerAway("rabbitmq"), DeadlinePassed("late")])
async def test_a_text_that_could_not_be_passed_on_is_asked_for_again(
    api: httpx.AsyncClient, bus: FakeBus, problem: Exception
) -> None:
    bus.answers["notifications.hear_text"] = problem
    assert (await by_twilio(api, FORM)).status_code == 503


class TestWithoutSecrets:
    @pytest.fixture
    def settings(self, settings: GatewaySettings) -> GatewaySettings:
        return settings.model_copy(update={"twilio_auth_token": "", "vonage_signature_secret": "", "sms_secret": ""})

    async def test_a_provider_that_is_not_set_up_is_not_listened_to(self, api: httpx.AsyncClient, bus: FakeBus) -> None:
        empty = await by_twilio(api, FORM, twilios(FORM, token=""))
        body = json.dumps(JSON).encode()
        for answer in (empty, await by_vonage(api, body, jwt(body, secret="")), await by_http(api, body)):
            assert (answer.status_code, answer.json()["code"]) == (404, "hook_not_set_up")
        assert bus.calls == []


async def test_a_signature_with_letters_that_no_signature_has_is_refused(api: httpx.AsyncClient) -> None:
    headers: Any = {b"X-Twilio-Signature": "ünïcode".encode("latin-1")}
    assert (await api.post(TWILIO, content=urlencode(FORM), headers=headers)).status_code == 403
