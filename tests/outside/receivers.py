"""What guests' providers are to the platform: a mail server and a text message gateway that may misbehave.

They keep every message they took, as a provider would deliver it: a text message whose key is known is not delivered
again (docs/sms.md), while each e-mail taken is one more e-mail in somebody's box.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
SLOW = 1.5
MOODS = ("well", "slow", "hanging", "takes_and_hangs", "takes_and_hangs_up", "puts_off", "stumbles")

Dialogue = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message that reached a guest. `key` is the sender's name for it, the same at each attempt."""

    channel: str
    to: str
    key: str
    at: float


@dataclass(slots=True)
class Receivers:
    """Both receivers. `mail` and `text` are their moods, one of MOODS; they run on the loop that opened them."""

    received: list[Received] = field(default_factory=list)
    # The keys of text messages that came again and, their key being known, were not delivered again.
    repeated: list[str] = field(default_factory=list)
    mail: str = "well"
    text: str = "well"
    mail_port: int = 0
    text_port: int = 0
    _known: set[str] = field(default_factory=set)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _sessions: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def open(self) -> None:
        mail = await asyncio.start_server(partial(self._session, self._mail_dialogue), "127.0.0.1", 0)
        text = await asyncio.start_server(partial(self._session, self._text_dialogue), "127.0.0.1", 0)
        self.mail_port, self.text_port = (each.sockets[0].getsockname()[1] for each in (mail, text))
        self._servers = [mail, text]

    def forget(self) -> None:
        """Begin with nothing received."""
        self.received.clear()
        self.repeated.clear()
        self._known.clear()

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _session(self, dialogue: Dialogue, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = asyncio.current_task()
        assert session
        self._sessions.add(session)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                await dialogue(reader, writer)
        finally:
            self._sessions.discard(session)
            writer.transport.abort()

    async def _mail_dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await self._patience("mail")
        await say("220 receiver")
        to = ""
        while line := await reader.readline():
            word = line[:4].upper()
            if word in {b"EHLO", b"HELO"}:
                await say("250 receiver")
            elif word == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                await say("250 ok")
            elif word == b"DATA":
                if self.mail == "puts_off":
                    await say("451 come again")
                    continue
                await self._patience("mail")
                at = time.time()
                await say("354 go on")
                await self._mail_taken(await reader.readuntil(b"\r\n.\r\n"), to, at)
                if self.mail == "takes_and_hangs_up":
                    return
                await self._as_long_as("mail", "takes_and_hangs")
                await say("250 taken")
            elif word == b"QUIT":
                await say("221 bye")
                return
            else:
                await say("250 ok")

    async def _mail_taken(self, content: bytes, to: str, at: float) -> None:
        found = MESSAGE_ID.search(content)
        key = found.group(1).decode() if found else "?"
        self.received.append(Received(channel="email", to=to, key=key, at=at))

    async def _text_dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while length := LENGTH.search(await reader.readuntil(b"\r\n\r\n")):
            body = json.loads(await reader.readexactly(int(length.group(1))))
            if not await self._text_answered(body, writer):
                break

    async def _text_answered(self, body: dict[str, str], writer: asyncio.StreamWriter) -> bool:
        """Take the message or not, and say so or not; False ends the connection."""
        await self._patience("text")
        if self.text == "puts_off":
            return await self._said(writer, 503, b"{}", retry=1)
        if body["key"] not in self._known:
            self._known.add(body["key"])
            self.received.append(Received(channel="sms", to=body["to"], key=body["key"], at=time.time()))
        else:
            self.repeated.append(body["key"])
        if self.text == "takes_and_hangs_up":
            return False
        if self.text == "stumbles":
            return await self._said(writer, 500, b"{}")
        await self._as_long_as("text", "takes_and_hangs")
        return await self._said(writer, 200, json.dumps({"id": body["key"]}).encode())

    async def _said(self, writer: asyncio.StreamWriter, status: int, body: bytes, *, retry: int | None = None) -> bool:
        more = f"Retry-After: {retry}\r\n" if retry is not None else ""
        head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return True

    async def _patience(self, receiver: str) -> None:
        """Be as slow as the mood has it."""
        if getattr(self, receiver) == "slow":
            await asyncio.sleep(SLOW)
        await self._as_long_as(receiver, "hanging")

    async def _as_long_as(self, receiver: str, mood: str) -> None:
        while getattr(self, receiver) == mood:  # noqa: ASYNC110 - a mood is a plain value that a test sets
            await asyncio.sleep(0.2)
