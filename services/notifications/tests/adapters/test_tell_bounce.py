"""Bounces as mail servers send them (RFC 3464), read and told to the gateway's hook."""

import asyncio
import hashlib
import hmac
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.bounce import names_no_mailbox
from notifications.tell_bounce import Bounce, read

from services.notifications.tests.adapters.local_server import local_server

pytestmark = pytest.mark.anyio

MESSAGE_ID = "<9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10.1.confirmation.email@labelle.example>"
RETURNED = f"From: hello@labelle.example\nTo: camille@example.com\nSubject: Booked\nMessage-ID: {MESSAGE_ID}\n"
SECRET = "the secret of e-mail callbacks"


def notification(
    *, action: str = "failed", status: str = "5.1.1", returned: str = "text/rfc822-headers", told: str = RETURNED
) -> bytes:
    """As Postfix writes one."""
    return f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: hello@labelle.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261128.1@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sat, 28 Nov 2026 10:15:00 +0000 (UTC)

Final-Recipient: rfc822; camille@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <camille@example.com>: unknown

--cut
Content-Type: {returned}

{told}
--cut--
""".encode()


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("action", "status", "told"),
    [
        ("failed", "5.1.1", "bounced"),
        ("Failed", "5.2.1 (disabled)", "bounced"),
        ("failed", "5.2.2", "undelivered"),  # a full mailbox
        ("failed", "5.7.1", "undelivered"),
        ("failed", "4.4.7", "undelivered"),  # given up after days
        ("delivered", "2.0.0", "delivered"),
    ],
)
def test_what_became_of_one_of_our_messages_is_read(action: str, status: str, told: str, returned: str) -> None:
    found = read(notification(action=action, status=status, returned=returned))
    assert found is not None
    assert (found.message_id, found.status) == (MESSAGE_ID, told)
    assert "camille" not in found.problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Out of office\nMessage-ID: <x@y>\n\nI am away.",
        notification(action="delayed", status="4.4.1"),
        notification(told="Subject: nothing that says which\n"),
        b"\xff\x00" * 1000,
    ],
)
def test_other_mail_is_none_of_our_business(content: bytes) -> None:
    assert read(content) is None


@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_mail_is_too_strange_to_be_read(noise: bytes, at: int) -> None:
    whole = notification()
    found = read(whole[:at] + noise + whole[at:])
    assert found is None or isinstance(found, Bounce)


@pytest.mark.parametrize(
    ("said", "gone"),
    [("550 5.1.1 unknown", True), ("5.1.10", True), ("5.1.11", False), ("15.1.1", False), ("5.1.1.1", False)],
)
def test_only_whole_codes_count(said: str, gone: bool) -> None:
    assert names_no_mailbox(said) is gone


@dataclass(slots=True)
class Gateway:
    """The hook, which checks the signature as its guide says."""

    status: int = 200
    got: list[Any] = field(default_factory=list)
    url: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().strip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        body = await reader.readexactly(int(headers["content-length"]))
        signed = headers["slotwell-timestamp"].encode() + b"." + body
        expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if headers["slotwell-signature"] == f"v1={expected}" and lines[0].startswith("post /v1/hooks/email/http/"):
            self.got.append(json.loads(body))
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())


@pytest.fixture
async def gateway(anyio_backend: str) -> AsyncIterator[Gateway]:
    made = Gateway()
    async with local_server(made.talk) as port:
        made.url = f"http://127.0.0.1:{port}/"
        yield made


async def piped(content: bytes, **environment: str) -> int:
    """The exit code, as a mail server sees it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "notifications.tell_bounce",
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "no_proxy": "127.0.0.1", **environment},
    )
    await process.communicate(content)
    assert process.returncode is not None
    return process.returncode


async def test_a_mail_server_pipes_it_and_the_gateway_is_told(gateway: Gateway) -> None:
    settings = {"SLOTWELL_PUBLIC_URL": gateway.url, "SLOTWELL_EMAIL_HOOK_SECRET": SECRET}
    assert await piped(notification(), **settings) == 0
    assert gateway.got == [{"message_id": MESSAGE_ID, "status": "bounced", "problem": "5.1.1"}]
    assert await piped(b"Subject: Out of office\n\nI am away.", **settings) == 0
    gateway.status = 503
    assert await piped(notification(), **settings) == 75
    settings["SLOTWELL_PUBLIC_URL"] = "http://127.0.0.1:1"
    assert await piped(notification(), **settings) == 75
    assert await piped(notification(), SLOTWELL_PUBLIC_URL="", SLOTWELL_EMAIL_HOOK_SECRET="") == 64
