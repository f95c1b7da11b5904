"""Local servers that behave as providers' public documentation says theirs do, well and badly.

A stage is one provider's far end. `behaves` names what it does with the next messages; `arrived` is what it took.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, urlsplit

from aiosmtpd.smtp import SMTP
from notifications.adapters.file_drop import FileDrop
from notifications.adapters.http_sms import HttpSms
from notifications.adapters.smtp_email import SmtpEmail
from notifications.adapters.twilio_sms import TwilioSms
from notifications.adapters.vonage_sms import VonageSms
from notifications.application.ports import Provider

from services.notifications.tests.adapters.local_server import local_server

PATIENCE = 0.5
SECRET = "sixteen characters at least"
RECEIPTS = "https://book.example/v1/hooks/sms/receipts"
SENDER = "La Belle <hello@labelle.example>"
BEHAVIOURS = ("takes", "is busy", "stumbles", "takes and falls silent", "is slow", "babbles", "refuses the address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message that a provider has taken: under which identity, to whom, saying what."""

    identity: str
    to: str
    text: str


class Stage(Protocol):
    """One provider's far end, with the adapter that talks to it."""

    provider: Provider
    behaves: str
    arrived: list[Arrival]


@dataclass(slots=True)
class HttpStage:
    """An HTTP API: what a subclass says of its requests, answers and error bodies."""

    provider: Any = None
    behaves: str = "takes"
    arrived: list[Arrival] = field(default_factory=list)
    unproved: int = 0

    taken = (200, "{}")
    refused = (400, "{}")

    def read(self, target: str, headers: dict[str, str], body: bytes) -> Arrival | None:
        """The message in a request; None for one without the right credentials."""
        raise NotImplementedError

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await reader.readexactly(int(headers["content-length"]))
        found = self.read(lines[0].split()[1], headers, body)
        if found is None:
            self.unproved += 1
            return self._say(writer, 401, "{}")
        if self.behaves in ("takes", "takes and falls silent", "is slow", "babbles"):
            self.arrived.append(found)
        match self.behaves:
            case "is busy":
                self._say(writer, 429, '{"code": 20429}', "Retry-After: 120")
            case "stumbles":
                self._say(writer, 500, "<html>Oops</html>")
            case "takes and falls silent":
                await asyncio.sleep(4 * PATIENCE)
            case "is slow":
                await asyncio.sleep(PATIENCE / 2)
                self._say(writer, *self.taken)
            case "babbles":
                self._say(writer, self.taken[0], "<html>thank you")
            case "refuses the address":
                self._say(writer, *self.refused)
            case _:
                self._say(writer, *self.taken)
        return None

    @staticmethod
    def _say(writer: asyncio.StreamWriter, status: int, body: str, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "Connection: close", "", body]
        writer.write("\r\n".join(lines).encode())


class TwilioStage(HttpStage):
    """POST /2010-04-01/Accounts/{AccountSid}/Messages.json, form-encoded, Basic authentication; 201 with a sid."""

    taken = (201, '{"sid": "SM7", "status": "queued", "num_segments": "1", "price": null, "error_code": null}')
    refused = (400, '{"code": 21614, "message": "\'To\' number +33199001234 is not a valid mobile number"}')

    def read(self, target: str, headers: dict[str, str], body: bytes) -> Arrival | None:
        form = dict(parse_qsl(body.decode(), strict_parsing=True))
        if headers["authorization"] != _basic(headers) or target != "/2010-04-01/Accounts/AC7/Messages.json":
            return None
        assert form["From"] == "+33199009999"
        (key,) = parse_qs(urlsplit(form["StatusCallback"]).query)["key"]
        return Arrival(identity=key, to=form["To"], text=form["Body"])


class VonageStage(HttpStage):
    """POST /v1/messages, JSON, Basic authentication; 202 with a message_uuid; numbers without a plus."""

    taken = (202, '{"message_uuid": "uuid-7"}')
    refused = (422, '{"title": "Invalid params", "detail": "33199001234", "invalid_parameters": [{"name": "to"}]}')

    def read(self, target: str, headers: dict[str, str], body: bytes) -> Arrival | None:
        said = json.loads(body)
        if headers["authorization"] != _basic(headers) or target != "/v1/messages":
            return None
        assert (said["channel"], said["message_type"], said["from"]) == ("sms", "text", "33199009999")
        assert said["webhook_url"] == RECEIPTS
        assert not said["to"].startswith("+")
        return Arrival(identity=said["client_ref"], to=f"+{said['to']}", text=said["text"])


class GenericStage(HttpStage):
    """The one of docs/sms.md."""

    taken = (202, '{"id": "sms-7"}')
    refused = (422, '{"error": "+33199001234 is no number"}')

    def read(self, target: str, headers: dict[str, str], body: bytes) -> Arrival | None:
        said = json.loads(body)
        if not headers.get("slotwell-signature", "").startswith("v1="):
            return None
        assert headers["idempotency-key"] == said["key"]
        return Arrival(identity=said["key"], to=said["to"], text=said["text"])


@dataclass(slots=True)
class SmtpStage:
    """A mail server: an aiosmtpd handler that takes, puts off, refuses or forgets to answer."""

    provider: Any = None
    behaves: str = "takes"
    arrived: list[Arrival] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:  # noqa: N802
        if self.behaves == "refuses the address":
            return "550 5.1.1 <camille@example.com> is not here"
        if self.behaves == "is busy":
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.behaves == "stumbles":
            server.transport.abort()
            return "421 Going down"
        found = message_from_bytes(envelope.content, policy=policy.default)
        text: Any = found.get_body(("plain",))
        to = envelope.rcpt_tos[0]
        self.arrived.append(Arrival(identity=found["Message-ID"], to=to, text=text.get_content().strip()))
        if self.behaves == "takes and falls silent":
            await asyncio.sleep(4 * PATIENCE)
        if self.behaves == "is slow":
            await asyncio.sleep(PATIENCE / 2)
        return "250 thank you, whatever that means" if self.behaves == "babbles" else "250 2.0.0 Kept"


@dataclass(slots=True)
class FolderStage:
    """A folder, which takes everything at once, or is no folder."""

    folder: Path
    provider: Any = None
    behaves: str = "takes"

    @property
    def arrived(self) -> list[Arrival]:
        files = sorted(self.folder.glob("*.json"))
        told = [json.loads(file.read_text()) for file in files]
        return [Arrival(identity=one["key"], to=one["to"], text=one["text"]) for one in told]


def _basic(headers: dict[str, str]) -> str:
    """The header itself if it carries the right account and secret, else nothing that matches."""
    given = headers.get("authorization", "")
    try:
        account, _, secret = b64decode(given.removeprefix("Basic ")).decode().partition(":")
    except ValueError:
        return "never"
    return given if account in ("AC7", "key7") and secret == SECRET else "never"


@asynccontextmanager
async def stage(name: str, folder: Path) -> AsyncIterator[Any]:
    """The stage of one provider, its server running."""
    if name == "file":
        yield FolderStage(folder, FileDrop(folder=folder, sender=SENDER))
        return
    if name == "smtp":
        async with _mail() as found:
            yield found
        return
    made: HttpStage = {"twilio": TwilioStage, "vonage": VonageStage, "http": GenericStage}[name]()
    async with local_server(made.talk) as port:
        base = f"http://127.0.0.1:{port}"
        made.provider = http_provider(name, base)
        yield made
        await made.provider.close()


def http_provider(name: str, base: str, *, secret: str = SECRET) -> Provider:
    """The adapter of one provider, talking to `base`."""
    if name == "twilio":
        return TwilioSms(
            account="AC7", token=secret, sender="+33199009999", receipts=RECEIPTS, base=base, timeout=PATIENCE
        )
    if name == "vonage":
        return VonageSms(
            key="key7", secret=secret, sender="+33199009999", receipts=RECEIPTS, base=base, timeout=PATIENCE
        )
    return HttpSms(url=f"{base}/messages", secret=secret, timeout=PATIENCE)


@asynccontextmanager
async def _mail() -> AsyncIterator[SmtpStage]:
    found = SmtpStage()
    talks: list[SMTP] = []

    def talk() -> SMTP:
        talks.append(SMTP(found, hostname="mail.example", enable_SMTPUTF8=True))
        return talks[-1]

    server = await asyncio.get_running_loop().create_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found.provider = SmtpEmail(url=f"smtp://127.0.0.1:{port}", sender=SENDER, timeout=PATIENCE)
    yield found
    await found.provider.close()
    server.close()
    for one in talks:
        if one.transport is not None:
            one.transport.close()
    await asyncio.sleep(0.01)
