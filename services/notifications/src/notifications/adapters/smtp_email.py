"""E-mail by SMTP (RFC 5321), over TLS wherever the server offers it."""

import asyncio
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from notifications.adapters.mime import BadAddress, address, compose
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MOST_IDLE = 4
# A problem of the connection: aiosmtplib's own, and what asyncio and TLS raise beneath it.
_BROKEN = (aiosmtplib.SMTPException, OSError, asyncio.IncompleteReadError)


class SmtpEmail:
    """The e-mail `Provider`. Connections are kept for the next message; problems name codes, never addresses.

    SMTP knows no keys: a server that took a message and could not say so makes it doubtful. Up to the moment
    when the content is handed over, nothing can have been taken.
    """

    honours_keys = False

    def __init__(self, *, url: str, sender: str, timeout: float = 15) -> None:
        """`url` is `smtp://[user:password@]host[:port]` or `smtps://…`; `sender` a mailbox."""
        self._sender = address(sender)
        self._url = urlsplit(url)
        self._timeout = timeout
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, letter: Letter) -> Outcome:
        try:
            message = compose(letter, sender=self._sender)
        except BadAddress:
            return Rejected("bad address")
        client = await self._connected()
        if isinstance(client, NotNow):
            return client
        outcome = await self._carry(client, message)
        if isinstance(outcome, Unknown) or not client.is_connected or len(self._idle) >= _MOST_IDLE:
            client.close()
        else:
            self._idle.append(client)
        return outcome

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    async def _connected(self) -> aiosmtplib.SMTP | NotNow:
        """A connection that answers: a kept one, or a new one."""
        while self._idle:
            kept = self._idle.pop()
            try:
                await kept.rset()
            except _BROKEN:
                kept.close()
            else:
                return kept
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
        except _BROKEN as problem:
            client.close()
            return NotNow(_name(problem))
        return client

    async def _carry(self, client: aiosmtplib.SMTP, message: EmailMessage) -> Outcome:
        (to,) = message["To"].addresses
        try:
            await client.mail(self._sender.addr_spec)
        except _BROKEN as problem:
            return NotNow(_name(problem))  # also for a 5xx: it is our address that it does not like
        try:
            await client.rcpt(to.addr_spec)
        except aiosmtplib.SMTPResponseException as problem:
            return _refused(problem)
        except _BROKEN as problem:
            return NotNow(_name(problem))
        try:
            await client.data(message.as_bytes())
        except aiosmtplib.SMTPServerDisconnected as problem:
            return Unknown(_name(problem))
        except aiosmtplib.SMTPResponseException as problem:
            return _refused(problem)
        except _BROKEN as problem:
            return Unknown(_name(problem))
        return Accepted()


def _refused(problem: aiosmtplib.SMTPResponseException) -> NotNow | Rejected:
    return Rejected(_name(problem)) if 500 <= problem.code < 600 else NotNow(_name(problem))


def _name(problem: BaseException) -> str:
    """What went wrong without what was said: servers quote addresses in their answers."""
    code = f" {problem.code}" if isinstance(problem, aiosmtplib.SMTPResponseException) else ""
    return f"{type(problem).__name__}{code}"
