"""A small TCP proxy whose owner may break the line: down, silent, in one direction, or in the middle of a COMMIT."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

CHUNK = 65_536
# How PostgreSQL's clients say it in the simple query protocol: psycopg2 the first way, asyncpg the second.
COMMITS = (b"COMMIT\x00", b"COMMIT;\x00")


@dataclass(slots=True, eq=False)
class _Line:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    swallowing: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """End both halves at once, with a reset where the system allows it."""
        for writer in (self.client, self.server):
            with contextlib.suppress(Exception):
                writer.transport.abort()


@dataclass(slots=True)
class _Wish:
    """What to do with the next COMMITs."""

    cuts: int = 0
    swallow: bool = True
    delay: float = 0.0


@dataclass(slots=True)
class Proxy:
    """Listens on `port` of 127.0.0.1 and speaks for a server at a TCP port or a unix socket.

    Its methods run on the loop that it was opened on.
    """

    target: int | Path
    port: int = 0
    commits_cut: int = 0
    _server: asyncio.Server | None = None
    _lines: set[_Line] = field(default_factory=set)
    _to_server: asyncio.Event = field(default_factory=asyncio.Event)
    _to_client: asyncio.Event = field(default_factory=asyncio.Event)
    _wish: _Wish = field(default_factory=_Wish)

    async def open(self) -> None:
        """Listen, on the same port as before if there was one, and let everything through."""
        self._to_server.set()
        self._to_client.set()
        self._wish = _Wish()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse new connections and cut those that stand."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def cut(self) -> None:
        """Cut those that stand; new ones may come."""
        for line in list(self._lines):
            line.cut()
            await line.gone.wait()

    async def silent(self, *, to_server: bool = True, to_client: bool = True) -> None:
        """Hold back what goes in these directions: connections stay open, nothing arrives until `open`."""
        if to_server:
            self._to_server.clear()
        if to_client:
            self._to_client.clear()

    async def cut_commits(self, count: int, *, swallow: bool) -> None:
        """Break the connection at each of the next `count` COMMITs.

        With `swallow` the server gets it and its answer is lost; without, it never arrives.
        """
        self._wish = _Wish(cuts=count, swallow=swallow)

    async def delay_commits(self, seconds: float) -> None:
        """Let every other COMMIT arrive late, so that later transactions overtake earlier ones."""
        self._wish = _Wish(delay=seconds)

    async def _serve(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        await self._to_server.wait()
        try:
            if isinstance(self.target, Path):
                server_reader, server = await asyncio.open_unix_connection(str(self.target))
            else:
                server_reader, server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            client.transport.abort()
            return
        line = _Line(client, server)
        self._lines.add(line)
        asked, answered = partial(self._asked, line), partial(self._answered, line)
        pumps = [
            asyncio.create_task(self._pump(client_reader, server, self._to_server, asked)),
            asyncio.create_task(self._pump(server_reader, client, self._to_client, answered)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._lines.discard(line)
            line.cut()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            line.gone.set()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        passage: asyncio.Event,
        judged: Callable[[bytes], float],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await passage.wait()
                wait = judged(data)
                if wait < 0:
                    return
                if wait:
                    await asyncio.sleep(wait)
                writer.write(data)
                await writer.drain()

    def _asked(self, line: _Line, data: bytes) -> float:
        """Return how long to wait before passing this on; below zero, never."""
        wish = self._wish
        if not (wish.cuts or wish.delay) or not data.endswith(COMMITS):
            return 0.0
        if wish.delay:
            wish.cuts += 1
            return wish.delay if wish.cuts % 2 else 0.0
        wish.cuts -= 1
        self.commits_cut += 1
        line.swallowing = wish.swallow
        return 0.0 if wish.swallow else -1.0

    def _answered(self, line: _Line, _data: bytes) -> float:
        return -1.0 if line.swallowing else 0.0
