"""As little HTTP as a client can do: the machine that it shares with the servers is theirs."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    head: bytes = b""

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        found = re.search(rb"\r\n%s:[ \t]*([^\r]*)" % re.escape(name.encode()), self.head, flags=re.IGNORECASE)
        return found.group(1).decode("latin-1") if found else ""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Form:
    """A body that goes as a browser's form."""

    fields: Mapping[str, str]


class Unexpected(Exception):
    """An answer that the benchmark cannot go on with; the message shows it."""


class Connection(asyncio.Protocol):
    """One connection kept alive, one request at a time. Answers must state their length."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answer = parsed(self._buffer)
        if answer is not None and self._waiting is not None and not self._waiting.done():
            self._buffer.clear()
            self._waiting.set_result(answer)

    async def ask(
        self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[Answer, float]:
        """Send a request and return the answer and the seconds that it took."""
        sent = request(self._host, method, target, body, headers)
        assert self._transport is not None  # noqa: S101 - `connected` waits for it
        self._waiting = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self._transport.write(sent)
        answer = await asyncio.wait_for(self._waiting, 60)
        return answer, time.perf_counter() - began

    def close(self) -> None:
        if self._transport is not None:
            with suppress(OSError):
                self._transport.close()


async def connected(url: str) -> Connection:
    """Open a connection to the address."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(f"{host}:{port}"), host, port)
    return connection


def request(host: str, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None) -> bytes:
    """A request as bytes; a body goes as JSON, unless it is a form."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    content, kind = b"", ""
    if isinstance(body, Form):
        content, kind = urlencode(body.fields).encode(), "application/x-www-form-urlencoded"
    elif body is not None:
        content, kind = json.dumps(body).encode(), "application/json"
    if kind:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def parsed(buffer: bytes | bytearray) -> Answer | None:
    """The answer that the buffer holds, or None while it is not whole."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    status = int(head[9:12])
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        if status in {204, 304}:
            return Answer(status, b"", head)
        raise Unexpected(f"an answer without its length: {head!r}")
    length = int(head[at + 17 :].split(b"\r\n", 1)[0])
    body = bytes(buffer[end + 4 : end + 4 + length])
    return Answer(status, body, head) if len(body) == length else None
