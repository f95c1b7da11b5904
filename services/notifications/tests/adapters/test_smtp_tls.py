"""E-mail over TLS, to servers whose certificates are good and to one whose is not."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP
from notifications.adapters.smtp_email import SmtpEmail
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow

from services.notifications.tests.made import MADE_AT, key

pytestmark = pytest.mark.anyio

LETTER = Letter(
    key=key(), written_at=MADE_AT, to="camille@example.com", to_name="Camille", subject="Booked", text="You are booked."
)


@dataclass(slots=True)
class Mailbox:
    """Takes everything, and notes over which version of TLS it came."""

    came_by: list[str | None] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        over = server.transport.get_extra_info("ssl_object")
        self.came_by.append(over and over.version())
        return "250 OK"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority, as it would one that is in its store."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@asynccontextmanager
async def serving(
    mailbox: Mailbox, authority: trustme.CA, *, scheme: str, name: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """A mail server with TLS from the start (smtps) or on demand (smtp); its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    talks: list[SMTP] = []

    def talk() -> SMTP:
        on_demand = {"tls_context": context, "require_starttls": True} if scheme == "smtp" else {}
        talks.append(SMTP(mailbox, loop=asyncio.get_running_loop(), hostname="mx.example", **on_demand))
        return talks[-1]

    server = await asyncio.get_running_loop().create_server(
        talk, "127.0.0.1", 0, ssl=context if scheme == "smtps" else None
    )
    yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for one in talks:
        if one.transport is not None:
            one.transport.close()
    await asyncio.sleep(0.01)


@asynccontextmanager
async def adapter(url: str) -> AsyncIterator[SmtpEmail]:
    made = SmtpEmail(url=url, sender="La Belle <hello@labelle.example>", timeout=5)
    yield made
    await made.close()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.usefixtures("trusted")
async def test_mail_goes_over_tls_where_the_server_offers_it_and_the_connection_is_kept(
    authority: trustme.CA, scheme: str
) -> None:
    mailbox = Mailbox()
    async with serving(mailbox, authority, scheme=scheme) as url, adapter(url) as email:
        assert [await email.send(LETTER) for _ in range(2)] == [Accepted(), Accepted()]
    assert len(mailbox.came_by) == 2
    assert all(version is not None and version.startswith("TLS") for version in mailbox.came_by)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("name", ["127.0.0.1", "another.example"])
async def test_nothing_is_handed_to_a_server_that_cannot_prove_its_name(
    authority: trustme.CA, request: pytest.FixtureRequest, scheme: str, name: str
) -> None:
    if name == "another.example":
        request.getfixturevalue("trusted")  # the authority is known, and the name is not this server's
    mailbox = Mailbox()
    async with serving(mailbox, authority, scheme=scheme, name=name) as url, adapter(url) as email:
        assert isinstance(await email.send(LETTER), NotNow)
    assert mailbox.came_by == []
