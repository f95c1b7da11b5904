"""The outbox's relay: `python -m booking.relay` publishes what booking owes the world."""

import asyncio

from messaging import relay
from messaging.bus import Bus
from runtime import logs

from booking.adapters.health import RELAY
from booking.settings import BookingSettings


async def serve(settings: BookingSettings, bus: Bus, *, stop: asyncio.Event) -> None:
    """Relay until `stop` is set."""
    await relay.serve(dsn=settings.booking_database_url, bus=bus, process=_process(settings), stop=stop)


def main() -> None:
    """Relay until told to stop."""
    settings = BookingSettings.load()
    logs.configure(_process(settings), level=settings.log_level)
    relay.run(
        dsn=settings.booking_database_url,
        amqp_url=settings.amqp_url,
        process=_process(settings),
        pulse_file=settings.pulse_file,
    )


def _process(settings: BookingSettings) -> str:
    return settings.process or RELAY


if __name__ == "__main__":
    main()
