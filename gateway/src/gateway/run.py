"""The gateway's process: `python -m gateway.run`."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import uvicorn
import uvloop
from messaging import bus as buses
from messaging.asyncpg_pool import pool_for
from messaging.bus import Bus
from runtime import logs
from runtime.clock import clock_from

from gateway.adapters.catalog_feed import BusCatalogFeed
from gateway.adapters.postgres_catalog import PostgresCatalogStore
from gateway.app import build_app
from gateway.application.booking import Booking
from gateway.application.catalog_copy import CatalogCopy
from gateway.application.editing import Editing
from gateway.application.feeds import Feeds
from gateway.application.front_desk import FrontDesk
from gateway.application.guide import Guide
from gateway.application.notifications import Notifications
from gateway.application.series import Series
from gateway.application.service import WRITE_SECONDS
from gateway.application.therapy import Therapy
from gateway.application.waitlist import Waitlist
from gateway.platform import Platform
from gateway.settings import GatewaySettings

log = logs.get_logger(__name__)


class CannotListen(Exception):
    """The address is taken, or not ours."""


async def serve(settings: GatewaySettings, bus: Bus, *, stop: asyncio.Event) -> None:
    """Serve on the running loop until `stop`, then finish what is under way. Raises `CannotListen`.

    Needs neither a database nor services to start: what is missing is asked for again, and /readyz names it.
    """
    application = settings.process or "gateway"
    async with pool_for(settings.gateway_database_url, application=application, size=5) as database:
        catalog = CatalogCopy(PostgresCatalogStore(database))
        platform = Platform(
            settings=settings,
            bus=bus,
            catalog=catalog,
            booking=Booking(bus),
            feeds=Feeds(bus),
            guide=Guide(bus),
            editing=Editing(bus),
            front_desk=FrontDesk(bus),
            therapy=Therapy(bus),
            notifications=Notifications(bus),
            waitlist=Waitlist(bus),
            series=Series(bus),
            clock=clock_from(settings),
            database=database,
        )
        server = _server(platform)
        feed = BusCatalogFeed(bus)
        try:
            async with asyncio.TaskGroup() as tasks:
                helpers = [tasks.create_task(catalog.follow(feed)), tasks.create_task(_stop(server, stop))]
                try:
                    await server.serve()
                finally:
                    for helper in helpers:
                        helper.cancel()
        except ExceptionGroup as group:
            refusal = group.subgroup(CannotListen)
            raise refusal.exceptions[0] if refusal else group from None


async def main() -> None:
    """Read the settings, connect, serve until SIGTERM or SIGINT."""
    settings = GatewaySettings.load()
    logs.configure(settings.process or "gateway", level=settings.log_level)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bus = await buses.connect(settings.amqp_url, name=settings.process or "gateway")
    try:
        await serve(settings, bus, stop=stop)
    finally:
        await bus.close()


class _Server(uvicorn.Server):
    """uvicorn as a guest on a loop that is not its own: it neither takes the signals nor ends the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as refusal:
            raise CannotListen(f"cannot listen on {self.config.host}, port {self.config.port}") from refusal
        log.info("serving", host=self.config.host, port=self.config.port)


def _server(platform: Platform) -> _Server:
    settings = platform.settings
    return _Server(
        uvicorn.Config(
            build_app(platform),
            host=settings.host,
            port=settings.port,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",  # that it serves, and where, is said in our own words
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_keep_alive=65,  # longer than the 60 s after which proxies drop an idle connection
            timeout_graceful_shutdown=int(WRITE_SECONDS) + 1,
        )
    )


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


if __name__ == "__main__":
    try:
        uvloop.run(main())
    except CannotListen as refusal:
        raise SystemExit(f"The gateway {refusal}.") from None
