"""Text messages against a real HTTP server in this process, well-behaved and otherwise."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from notifications.adapters.http_sms import HttpSms
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown
from notifications.domain.values import Channel

from services.notifications.tests.adapters.local_server import local_server
from services.notifications.tests.made import MADE_AT, key

pytestmark = pytest.mark.anyio

SECRET = "sixteen characters at least"
LETTER = Letter(
    key=key(channel=Channel.SMS),
    written_at=MADE_AT,
    to="+33199001234",
    to_name="Camille",
    text="La Belle Montréal: 10:30",
)


@dataclass(slots=True)
class Request:
    head: str
    body: bytes

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n"):
            found, _, value = line.partition(":")
            if found.lower() == name.lower():
                return value.strip()
        raise KeyError(name)


Act = Callable[[asyncio.StreamWriter], Coroutine[Any, Any, None]]


def says(status: str, body: str = "", *headers: str) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", body]
        writer.write("\r\n".join(lines).encode())

    return act


def raw(content: bytes) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(content)

    return act


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(2)


async def drips(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(40):
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.1)


@dataclass(slots=True)
class Provider:
    """An HTTP server that notes each request and then acts as it was told."""

    act: Act = field(default_factory=lambda: says("200 OK", '{"id": "sms-7"}'))
    got: list[Request] = field(default_factory=list)
    url: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().removesuffix("\r\n\r\n")
        request = Request(head, b"")
        request.body = await reader.readexactly(int(request.header("Content-Length")))
        self.got.append(request)
        await self.act(writer)


@pytest.fixture
async def provider(anyio_backend: str) -> AsyncIterator[Provider]:
    provider = Provider()
    async with local_server(provider.talk) as port:
        provider.url = f"http://127.0.0.1:{port}/messages"
        yield provider


@pytest.fixture
async def sms(provider: Provider) -> AsyncIterator[HttpSms]:
    adapter = HttpSms(url=provider.url, secret=SECRET, timeout=0.4, now=lambda: MADE_AT)
    yield adapter
    await adapter.close()


async def test_a_message_arrives_with_its_key_and_a_signature_that_holds(sms: HttpSms, provider: Provider) -> None:
    assert await sms.send(LETTER) == Accepted("sms-7")
    (request,) = provider.got
    assert request.head.startswith("POST /messages HTTP/1.1\r\n")
    assert json.loads(request.body) == {"key": str(LETTER.key), "to": LETTER.to, "text": LETTER.text}
    assert request.header("Idempotency-Key") == str(LETTER.key)
    timestamp = request.header("Slotwell-Timestamp")
    assert timestamp == str(int(MADE_AT.timestamp()))
    signed = timestamp.encode() + b"." + request.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert request.header("Slotwell-Signature") == f"v1={expected}"


async def test_a_repeated_message_keeps_its_key(sms: HttpSms, provider: Provider) -> None:
    provider.act = silent
    assert await sms.send(LETTER) == Unknown("ReadTimeout")
    provider.act = says("200 OK", '{"id": "sms-7"}')
    assert await sms.send(LETTER) == Accepted("sms-7")
    first, second = provider.got
    assert first.header("Idempotency-Key") == second.header("Idempotency-Key")
    assert first.body == second.body


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (says("202 Accepted", '{"id": "sms-8", "more": [1]}'), Accepted("sms-8")),
        (says("204 No Content"), Accepted()),
        (says("200 OK", "<html>thanks"), Accepted()),
        (says("200 OK", "[1, 2]"), Accepted()),
        (says("200 OK", '{"id": 7}'), Accepted()),
        (says("200 OK", "x" * 200_000), Accepted()),
        (says("429 Too Many Requests", "", "Retry-After: 120"), NotNow("HTTP 429", timedelta(minutes=2))),
        (
            says("429 Too Many Requests", "", "Retry-After: Mon, 23 Nov 2026 10:16:00 GMT"),
            NotNow("HTTP 429", timedelta(minutes=1)),
        ),
        (
            says("503 Service Unavailable", "", "Retry-After: Mon, 23 Nov 2026 09:00:00 GMT"),
            NotNow("HTTP 503", timedelta()),
        ),
        (says("429 Too Many Requests", "", "Retry-After: soon"), NotNow("HTTP 429")),
        (says("503 Service Unavailable"), NotNow("HTTP 503")),
        (says("401 Unauthorized"), NotNow("HTTP 401")),  # a wrong secret is mended, and nothing is lost
        (says("302 Found", "", "Location: http://127.0.0.1:1/"), NotNow("HTTP 302")),
        (says("400 Bad Request", '{"error": "+33199001234 is no number"}'), Rejected("HTTP 400")),
        (says("422 Unprocessable Content"), Rejected("HTTP 422")),
        (says("500 Internal Server Error"), Unknown("HTTP 500")),
        (says("504 Gateway Timeout"), Unknown("HTTP 504")),
        (silent, Unknown("ReadTimeout")),
        (drips, Unknown("TimeoutError")),
        (raw(b""), Unknown("RemoteProtocolError")),
        (raw(b"what?\r\n\r\n"), Unknown("RemoteProtocolError")),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), Accepted()),
    ],
)
async def test_what_the_provider_does_decides_what_happens_next(
    sms: HttpSms, provider: Provider, act: Act, outcome: Outcome
) -> None:
    provider.act = act
    assert await sms.send(LETTER) == outcome
    assert len(provider.got) == 1


async def test_a_provider_that_is_not_there_means_not_now() -> None:
    sms = HttpSms(url="http://127.0.0.1:1/messages", secret=SECRET)
    assert await sms.send(LETTER) == NotNow("ConnectError")
    await sms.close()


async def test_proxies_of_the_environment_are_not_asked(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    sms = HttpSms(url=provider.url, secret=SECRET)
    assert await sms.send(LETTER) == Accepted("sms-7")
    await sms.close()
