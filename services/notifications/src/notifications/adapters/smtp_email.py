"""E-mail by SMTP (RFC 5321), over TLS wherever the server offers it."""

import asyncio
import contextlib
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from notifications.adapters.mime import BadAddress, address, compose
from notifications.application.ports import Letter
from notifications.domain.bounce import names_no_mailbox
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Repeats, Unknown

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MOST_IDLE = 8
"""As many as a sender uses at once: a new connection costs more than a message."""
_CLOSING = 421
"""The answer of a server that closes a connection, as one that was idle for too long (RFC 5321, 4.2.3)."""
# A problem of the connection: aiosmtplib's own, and what asyncio and TLS raise beneath it.
_BROKEN = (aiosmtplib.SMTPException, OSError, asyncio.IncompleteReadError)


class SmtpEmail:
    """The e-mail `Provider`. Connections are kept for the next message; problems name codes, never addresses.

    SMTP knows no keys: a server that took a message and could not say so makes it doubtful. Up to the moment
    when the content is handed over, nothing can have been taken.
    """

    name = "smtp"
    repeats = Repeats.ONCE

    def __init__(self, *, url: str, sender: str, timeout: float = 10) -> None:
        """`timeout` seconds for the envelope, connecting included, and as much again for the content.

        `url` is `smtp://[user:password@]host[:port]` or `smtps://…`; `sender` a mailbox.
        """
        self._sender = address(sender)
        self._url = urlsplit(url)
        self._timeout = timeout
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, letter: Letter) -> Outcome:
        try:
            mail = compose(letter, sender=self._sender)
        except BadAddress:
            return Rejected("bad address")
        try:
            async with asyncio.timeout(self._timeout):
                client = await self._addressed(mail.to)
        except _Answered as answer:
            return answer.outcome
        except _BROKEN as problem:
            return NotNow(_name(problem))
        outcome = await self._content(client, mail.content)
        # Who said no may still have our envelope on the table, and who said nothing may answer the next one by mistake.
        if isinstance(outcome, Accepted) and client.is_connected and len(self._idle) < _MOST_IDLE:
            self._idle.append(client)
        else:
            client.close()
        return outcome

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    async def _addressed(self, to: Address) -> aiosmtplib.SMTP:
        """A connection that has taken the envelope: a kept one that still answers, or a new one.

        Until the content follows, the server has taken nothing, so the envelope may be said again elsewhere.
        """
        while self._idle:
            kept = self._idle.pop()
            with contextlib.suppress(*_BROKEN):
                await self._envelope(kept, to)
                return kept
        client = await self._connected()
        await self._envelope(client, to)
        return client

    async def _connected(self) -> aiosmtplib.SMTP:
        host = self._url.hostname or "localhost"
        secure = self._url.scheme == "smtps"
        user = unquote(self._url.username) if self._url.username else None
        client = aiosmtplib.SMTP(
            hostname=host,
            port=self._url.port or (465 if secure else 25),
            username=user,
            password=unquote(self._url.password) if self._url.password else None,
            use_tls=secure,
            # A password never crosses a network in the clear; without one TLS is used if offered.
            start_tls=None if secure or user is None or host in _LOOPBACK else True,
            timeout=self._timeout,
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client

    async def _envelope(self, client: aiosmtplib.SMTP, to: Address) -> None:
        """Say from whom and to whom, or drop the connection."""
        try:
            try:
                await client.mail(self._sender.addr_spec)
            except aiosmtplib.SMTPResponseException as problem:
                if problem.code == _CLOSING:
                    raise
                # Also for a 5xx: it is our address or our standing that it does not like, and that can be mended.
                raise _Answered(NotNow(_name(problem))) from problem
            try:
                await client.rcpt(to.addr_spec)
            except aiosmtplib.SMTPResponseException as problem:
                raise _Answered(_refused(problem, gone=names_no_mailbox(problem.message))) from problem
        except BaseException:
            client.close()
            raise

    async def _content(self, client: aiosmtplib.SMTP, content: bytes) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout):
                await client.data(content)
        except aiosmtplib.SMTPServerDisconnected as problem:
            return Unknown(_name(problem))
        except aiosmtplib.SMTPResponseException as problem:
            return _refused(problem)
        except _BROKEN as problem:
            return Unknown(_name(problem))
        return Accepted()


class _Answered(Exception):
    """The server said no, in order, before it had taken anything."""

    def __init__(self, outcome: NotNow | Rejected) -> None:
        super().__init__(outcome.problem)
        self.outcome = outcome


def _refused(problem: aiosmtplib.SMTPResponseException, *, gone: bool = False) -> NotNow | Rejected:
    return Rejected(_name(problem), gone=gone) if 500 <= problem.code < 600 else NotNow(_name(problem))


def _name(problem: BaseException) -> str:
    """What went wrong without what was said: servers quote addresses in their answers."""
    code = f" {problem.code}" if isinstance(problem, aiosmtplib.SMTPResponseException) else ""
    return f"{type(problem).__name__}{code}"
