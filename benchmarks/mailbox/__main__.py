"""`python -m benchmarks.mailbox`: takes every e-mail; says at SIGTERM how many came, and to how many recipients."""

import asyncio
import os
import signal
import sys

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session


class Counter:
    """aiosmtpd's handler: answers so many seconds after the last byte, as a server that is far away or busy does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._recipients: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        await asyncio.sleep(self._seconds)
        self._recipients += map(str, envelope.rcpt_tos)
        return "250 2.0.0 Taken"

    def __str__(self) -> str:
        return f"{len(self._recipients)} e-mails, {len(set(self._recipients))} recipients"


async def _main(*, port: int, seconds: float) -> None:
    counter, stop = Counter(seconds), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(lambda: SMTP(counter, hostname="mailbox.localhost"), "127.0.0.1", port)
    sys.stdout.write("ready\n")
    await stop.wait()
    server.close()
    sys.stdout.write(f"{counter}\n")


if __name__ == "__main__":
    uvloop.run(_main(port=int(os.environ["BENCH_PORT"]), seconds=float(os.environ["BENCH_SECONDS"])))
