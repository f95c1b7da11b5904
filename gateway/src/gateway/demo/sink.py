"""The demo's sink: `python -m gateway.demo.sink`. What would go to guests comes here and goes no further."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import uvicorn
import uvloop
from messaging.asyncpg_pool import pool_for
from messaging.bus import Bus
from runtime import logs
from runtime.clock import clock_from

from gateway.demo.settings import SinkSettings
from gateway.demo.sms import SmsReceiver
from gateway.demo.smtp import protocol
from gateway.demo.store import PostgresMessageStore

log = logs.get_logger(__name__)
_HOST = "127.0.0.1"


class CannotListen(Exception):
    """A port of the sink is taken."""


async def serve(settings: SinkSettings, bus: Bus | None, *, stop: asyncio.Event) -> None:  # noqa: ARG001  # every part is started alike
    """Take e-mail and SMS on the running loop until `stop`. Raises `CannotListen`."""
    clock = clock_from(settings)
    application = settings.process or "demo-sink"
    async with pool_for(settings.gateway_database_url, application=application, size=2) as database:
        store = PostgresMessageStore(database)
        try:
            smtp = await asyncio.get_running_loop().create_server(
                lambda: protocol(store, clock), _HOST, settings.demo_smtp_port
            )
        except OSError as problem:
            raise CannotListen(f"cannot listen on {_HOST}, port {settings.demo_smtp_port}") from problem
        sms = _Server(
            uvicorn.Config(
                SmsReceiver(store, clock, secret=settings.sms_secret).app(),
                host=_HOST,
                port=settings.demo_sms_port,
                loop="none",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        log.info("serving", smtp_port=settings.demo_smtp_port, sms_port=settings.demo_sms_port)
        try:
            async with asyncio.TaskGroup() as tasks:
                stopping = tasks.create_task(_stop(sms, stop))
                try:
                    await sms.serve()
                finally:
                    stopping.cancel()
        finally:
            smtp.close()


async def main() -> None:
    """Read the settings and serve until SIGTERM or SIGINT."""
    settings = SinkSettings.load()
    logs.configure(settings.process or "demo-sink", level=settings.log_level)
    if not settings.demo:
        raise SystemExit("The sink belongs to the demo only: set SLOTWELL_DEMO=1.")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, None, stop=stop)


class _Server(uvicorn.Server):
    """uvicorn as a guest on a loop that is not its own: it neither takes the signals nor ends the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as refusal:
            raise CannotListen(f"cannot listen on {_HOST}, port {self.config.port}") from refusal


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


if __name__ == "__main__":
    try:
        uvloop.run(main())
    except* CannotListen as refusals:
        raise SystemExit(f"The sink {refusals.exceptions[0]}.") from None
