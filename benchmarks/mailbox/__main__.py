"""`python -m benchmarks.mailbox`: takes every e-mail; says at SIGTERM how many came of those it looks for.

As little SMTP as senders need (RFC 5321), so that the mail server leaves the processors to whom it measures.
"""

import asyncio
import os
import signal
import sys
from typing import cast

import uvloop

_END = b"\r\n.\r\n"


class Talk(asyncio.Protocol):
    """One connection. Each message is answered so many seconds after its last byte, as by a server that is far away."""

    def __init__(self, seconds: float, recipients: list[bytes]) -> None:
        self._seconds = seconds
        self._recipients = recipients
        self._heard = b""
        self._to: list[bytes] = []
        self._content_comes = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        self._say(b"220 mailbox.localhost")

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(_END if self._content_comes else b"\r\n")) >= 0:
            told, self._heard = self._heard[:end], self._heard[end + (len(_END) if self._content_comes else 2) :]
            if self._content_comes:
                self._content_comes = False
                asyncio.get_running_loop().call_later(self._seconds, self._take)
            else:
                self._obey(told[:4].upper(), told)

    def _obey(self, verb: bytes, line: bytes) -> None:
        match verb:
            case b"RCPT":
                self._to.append(line[8:])
                self._say(b"250 OK")
            case b"DATA":
                self._content_comes = True
                self._say(b"354 Go on")
            case b"QUIT":
                self._say(b"221 Bye")
                self._transport.close()
            case _:
                self._say(b"250 OK")

    def _take(self) -> None:
        self._recipients += self._to
        self._to = []
        self._say(b"250 Taken")

    def _say(self, line: bytes) -> None:
        self._transport.write(line + b"\r\n")


async def _main(*, port: int, seconds: float, mark: bytes) -> None:
    recipients: list[bytes] = []
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(lambda: Talk(seconds, recipients), "127.0.0.1", port)
    sys.stdout.write("ready\n")
    await stop.wait()
    server.close()
    looked_for = [each for each in recipients if mark in each]
    sys.stdout.write(f"{len(looked_for)} e-mails, {len(set(looked_for))} recipients\n")


if __name__ == "__main__":
    given = os.environ
    mark = given["BENCH_MARK"].encode()
    uvloop.run(_main(port=int(given["BENCH_PORT"]), seconds=float(given["BENCH_SECONDS"]), mark=mark))
