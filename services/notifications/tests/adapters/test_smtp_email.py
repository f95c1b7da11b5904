"""E-mail against a real SMTP server in this process, well-behaved and otherwise."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.mime import BadAddress, address, compose, mailbox
from notifications.adapters.smtp_email import SmtpEmail
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown
from notifications.domain.rules import BY_NAME

from services.notifications.tests.adapters.local_server import local_server
from services.notifications.tests.made import MADE_AT, facts, key

pytestmark = pytest.mark.anyio

SENDER = "La Belle <hello@labelle.example>"


WRITER = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")


def letter(rule: str = "confirmation", **differences: Any) -> Letter:
    written = WRITER.write(BY_NAME[rule], key(rule), facts(), now=MADE_AT)
    return replace(written, **differences)


@dataclass(slots=True)
class Mailbox:
    """An aiosmtpd handler that keeps what it accepts; `answers` replace its answers by command."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    got: list[EmailMessage] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, sender: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = sender
        return self._answer("MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:  # noqa: N802
        answer = self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._answer("DATA")
        if answer == "hang up after taking it":
            self._keep(envelope)
            server.transport.abort()
            return "250 never seen"
        if answer == "fall silent after taking it":
            self._keep(envelope)
            await asyncio.sleep(3)
            return "250 too late"
        if answer.startswith("250"):
            self._keep(envelope)
        return answer

    def _keep(self, envelope: Any) -> None:
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.got.append(found)

    def _answer(self, command: str) -> str:
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else "250 OK"


class Server:
    """The mailbox behind a real port of this event loop."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.url = ""
        self._talks: list[SMTP] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._talk, "127.0.0.1", 0)
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.close()
        await asyncio.sleep(0.01)

    def _talk(self) -> SMTP:
        self._talks.append(SMTP(self.mailbox, loop=asyncio.get_running_loop(), hostname="mx.example"))
        return self._talks[-1]


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def email(server: Server, anyio_backend: str) -> AsyncIterator[SmtpEmail]:
    adapter = SmtpEmail(url=server.url, sender=SENDER, timeout=1)
    yield adapter
    await adapter.close()


async def test_a_letter_arrives_as_text_html_and_calendar_file(email: SmtpEmail, server: Server) -> None:
    assert await email.send(letter()) == Accepted()
    (message,) = server.mailbox.got
    assert message.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert message["From"] == "La Belle <hello@labelle.example>"
    assert message["To"] == "Camille Roux <camille@example.com>"
    assert message["Subject"] == "Booked: Tuesday 1 December, 10:30, La Belle Paris"
    assert message["Auto-Submitted"] == "auto-generated"
    (calendar,) = message.iter_attachments()
    assert calendar.get_filename() == "appointment.ics"
    assert (calendar.get_params() or [])[1:3] == [("charset", "utf-8"), ("method", "PUBLISH")]
    (event,) = Calendar.from_ical(str(calendar.get_content())).walk("VEVENT")
    assert event["uid"] == f"{key().booking_id}@slotwell"


async def test_its_identity_comes_from_its_key_and_is_the_same_each_time(email: SmtpEmail, server: Server) -> None:
    for _ in range(2):
        await email.send(letter())
    first, second = server.mailbox.got
    expected = f"<{key().booking_id}.1.confirmation.email@labelle.example>"
    assert first["Message-ID"] == second["Message-ID"] == expected


async def test_a_connection_is_kept_for_the_next_letter(email: SmtpEmail, server: Server) -> None:
    for _ in range(3):
        assert await email.send(letter()) == Accepted()
    assert server.mailbox.connections == 1


async def test_a_kept_connection_that_died_meanwhile_is_replaced(server: Server) -> None:
    email = SmtpEmail(url=server.url, sender=SENDER, timeout=1)
    await email.send(letter())
    email._idle[0].close()
    assert await email.send(letter()) == Accepted()
    assert server.mailbox.connections == 2
    await email.close()


async def test_a_kept_connection_that_the_server_closes_as_idle_is_replaced(email: SmtpEmail, server: Server) -> None:
    await email.send(letter())
    server.mailbox.answers["MAIL"] = ["421 4.4.2 idle for too long"]
    assert await email.send(letter()) == Accepted()
    assert server.mailbox.connections == 2


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("MAIL", "451 busy", NotNow("SMTPSenderRefused 451")),
        ("MAIL", "550 who are you", NotNow("SMTPSenderRefused 550")),  # our settings, not the guest's address
        ("RCPT", "450 greylisted", NotNow("SMTPRecipientRefused 450")),
        ("RCPT", "550 no such user camille@example.com", Rejected("SMTPRecipientRefused 550")),
        ("RCPT", "550 5.1.1 <camille@example.com> unknown", Rejected("SMTPRecipientRefused 550", gone=True)),
        ("RCPT", "550 5.7.1 you are on a list", Rejected("SMTPRecipientRefused 550")),  # about us, not the guest
        ("RCPT", "550 5.2.2 mailbox full", Rejected("SMTPRecipientRefused 550")),
        ("DATA", "452 disk full", NotNow("SMTPDataError 452")),
        ("DATA", "554 spam", Rejected("SMTPDataError 554")),
    ],
)
async def test_what_the_server_says_decides_what_happens_next(
    email: SmtpEmail, server: Server, command: str, answer: str, outcome: Outcome
) -> None:
    server.mailbox.answers[command] = [answer]
    assert await email.send(letter()) == outcome
    assert server.mailbox.got == []
    assert await email.send(letter()) == Accepted()  # and the next letter is none the worse


@pytest.mark.parametrize("how", ["hang up after taking it", "fall silent after taking it"])
async def test_a_server_that_takes_it_and_never_says_so_leaves_a_doubt(
    email: SmtpEmail, server: Server, how: str
) -> None:
    server.mailbox.answers["DATA"] = [how]
    assert isinstance(await email.send(letter()), Unknown)
    assert len(server.mailbox.got) == 1


async def test_no_server_means_not_now() -> None:
    email = SmtpEmail(url="smtp://127.0.0.1:1", sender=SENDER, timeout=1)
    assert await email.send(letter()) == NotNow("SMTPConnectError")


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xfe\r\n", b"421 closing\r\n"])
async def test_something_that_is_no_mail_server_means_not_now(greeting: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(100)

    async with local_server(talk) as port:
        email = SmtpEmail(url=f"smtp://127.0.0.1:{port}", sender=SENDER, timeout=0.3)
        assert isinstance(await email.send(letter()), NotNow)


async def test_a_password_is_not_told_to_a_server_without_tls(server: Server) -> None:
    email = SmtpEmail(url=server.url.replace("127.0.0.1", "user:secret@127.0.0.2"), sender=SENDER, timeout=1)
    assert isinstance(await email.send(letter()), NotNow)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "camille",
        "camille@",
        "@example.com",
        "a b@example.com",
        "camille@example.com\r\nBcc: eve@example.com",
        "camille@example.com, eve@example.com",
        "<camille@example.com>",
        "camillé@example.com",
        "a@\udcff.com",
    ],
)
async def test_what_is_no_address_is_refused_before_any_server_sees_it(
    email: SmtpEmail, server: Server, to: str
) -> None:
    assert await email.send(letter(to=to)) == Rejected("bad address")
    assert server.mailbox.connections == 0


def test_a_domain_outside_ascii_is_written_as_dns_knows_it() -> None:
    assert mailbox("", "camille@bücher.example").addr_spec == "camille@xn--bcher-kva.example"


@pytest.mark.parametrize("text", ["hello", "La Belle", "La Belle <hello>", "<>"])
def test_a_sender_that_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        address(text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_no_name_can_add_a_header_or_a_recipient(text: str) -> None:
    hostile = f"{text}\r\nBcc: eve@example.com\r\n\r\n"
    guest = replace(facts().guest, name=hostile)
    place = replace(facts().place, name=hostile)
    hostile_facts = facts(guest=guest, place=place, discreet_name=hostile)
    written = WRITER.write(BY_NAME["confirmation"], key(), hostile_facts, now=MADE_AT)
    content = compose(written, sender=address(SENDER)).content
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert b"bcc" not in names
    assert len(names) == len(set(names)) == 8
    read = message_from_bytes(content, policy=policy.default)
    assert [mailbox.addr_spec for mailbox in read["To"].addresses] == ["camille@example.com"]
