"""As little HTTP as a client can do: the machine that it shares with the servers is theirs."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


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
    """A request as bytes; a body goes as JSON."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    content = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def parsed(buffer: bytes | bytearray) -> Answer | None:
    """The answer that the buffer holds, or None while it is not whole."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end]).lower()
    status = int(head[9:12])
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        if status in {204, 304}:
            return Answer(status, b"")
        raise Unexpected(f"an answer without its length: {head!r}")
    length = int(head[at + 17 :].split(b"\r\n", 1)[0])
    body = bytes(buffer[end + 4 : end + 4 + length])
    return Answer(status, body) if len(body) == length else None
