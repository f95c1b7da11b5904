"""The outbox's relay: `python -m catalog.relay` publishes what catalog owes the world."""

import asyncio

from messaging import relay
from messaging.bus import Bus
from runtime import logs

from catalog.application.health import RELAY
from catalog.settings import CatalogSettings


async def serve(settings: CatalogSettings, bus: Bus, *, stop: asyncio.Event) -> None:
    """Relay until `stop` is set."""
    await relay.serve(dsn=settings.catalog_database_url, bus=bus, process=_name(settings), stop=stop)


def main() -> None:
    """Read the settings and relay until told to stop."""
    settings = CatalogSettings.load()
    logs.configure(_name(settings), level=settings.log_level)
    relay.run(
        dsn=settings.catalog_database_url,
        amqp_url=settings.amqp_url,
        process=_name(settings),
        pulse_file=settings.pulse_file,
    )


def _name(settings: CatalogSettings) -> str:
    return settings.process or RELAY


if __name__ == "__main__":
    main()
