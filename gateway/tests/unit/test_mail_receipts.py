"""What becomes of e-mails, told by whoever carries them: proved, read, passed on."""

import json
from typing import Any

import httpx
import pytest
from gateway.settings import GatewaySettings
from gateway_fakes import FakeBus
from sms_signing import OURS, ours

PATH = "/v1/hooks/email/http/receipts"
KEY = "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10:1:confirmation:email"
MESSAGE_ID = f"<{KEY.replace(':', '.')}@labelle.example>"
SECRET = "the secret of e-mail callbacks"


@pytest.fixture
def settings(settings: GatewaySettings) -> GatewaySettings:
    return settings.model_copy(update={"email_hook_secret": SECRET, "sms_secret": OURS})


@pytest.fixture(autouse=True)
def notifications(bus: FakeBus) -> FakeBus:
    bus.answers["notifications.receive_receipt"] = {"ok": {"known": True}}
    return bus


async def tell(api: httpx.AsyncClient, *, secret: str = SECRET, **said: Any) -> httpx.Response:
    body = json.dumps({"message_id": MESSAGE_ID, "status": "bounced", "problem": "5.1.1", **said}).encode()
    headers = {"Content-Type": "application/json", **ours(body, secret=secret)}
    return await api.post(PATH, content=body, headers=headers)


@pytest.mark.parametrize(
    ("status", "fate", "gone"),
    [("bounced", "undelivered", True), ("undelivered", "undelivered", False), ("delivered", "delivered", False)],
)
async def test_a_message_is_known_by_its_message_id(
    api: httpx.AsyncClient, bus: FakeBus, status: str, fate: str, gone: bool
) -> None:
    answer = await tell(api, status=status)
    assert (answer.status_code, answer.json()) == (200, {})
    told = {name: value for name, value in bus.calls[-1].kwargs.items() if value is not None}
    assert told == {
        "provider": "smtp",
        "provider_id": MESSAGE_ID,
        "key": KEY,
        "fate": fate,
        "problem": "5.1.1",
        "gone": gone,
    }


async def test_words_that_may_quote_an_address_go_no_further(api: httpx.AsyncClient, bus: FakeBus) -> None:
    await tell(api, problem="550 5.1.1 <camille@example.com> is unknown", message_id="not one of ours")
    assert bus.calls[-1].kwargs.get("problem") is None
    assert bus.calls[-1].kwargs.get("key") is None


@pytest.mark.parametrize("wrong", [{"status": "maybe"}, {"status": None}, {"message_id": ""}, {"message_id": 7}])
async def test_what_cannot_be_read_says_so(api: httpx.AsyncClient, bus: FakeBus, wrong: dict[str, Any]) -> None:
    answer = await tell(api, **wrong)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (400, "callback_unreadable", [])


@pytest.mark.parametrize("secret", [OURS, "x", ""])
async def test_a_wrong_signature_moves_nothing(api: httpx.AsyncClient, bus: FakeBus, secret: str) -> None:
    answer = await tell(api, secret=secret)
    assert (answer.status_code, answer.json()["code"], bus.calls) == (403, "signature_invalid", [])


class TestWithoutASecret:
    @pytest.fixture
    def settings(self, settings: GatewaySettings) -> GatewaySettings:
        return settings.model_copy(update={"email_hook_secret": ""})

    async def test_nobody_is_listened_to(self, api: httpx.AsyncClient, bus: FakeBus) -> None:
        answer = await tell(api, secret="")
        assert (answer.status_code, answer.json()["code"], bus.calls) == (404, "hook_not_set_up", [])
