"""Take in the whole catalog afresh: `python -m booking.rebuild`, with `--replace` if the catalog itself was set back.

Bookings go on meanwhile; what is newer than the snapshot stays, unless it is to be replaced.
"""

import argparse
import asyncio
from typing import Any

from messaging.bus import connect
from messaging.postgres import engine_for
from runtime import logs
from runtime.clock import SystemClock, clock_from

from booking.adapters.catalog_changes import CatalogChanges
from booking.adapters.catalog_copy import ClinicMemory
from booking.settings import BookingSettings

WITHIN = 10.0


def rebuild(settings: BookingSettings, *, replace: bool = False) -> int:
    """Ask the catalog for all of it and take it in, in one transaction; return how many entities changed."""
    entities = asyncio.run(_snapshot(settings.amqp_url))
    engine = engine_for(settings.booking_database_url, application="slotwell-booking-rebuild")
    changes = CatalogChanges(ClinicMemory(), now=clock_from(settings).now)
    with engine.begin() as connection:
        changed = changes.load(connection, entities, loaded_at=SystemClock().now(), replace=replace)
    engine.dispose()
    return changed


async def _snapshot(amqp_url: str) -> list[dict[str, Any]]:
    bus = await connect(amqp_url, name="booking-rebuild")
    try:
        answer = await bus.call("catalog", "snapshot", {}, timeout=WITHIN)
    finally:
        await bus.close()
    entities: list[dict[str, Any]] = answer["ok"]["entities"]
    return entities


def main() -> None:
    """Rebuild as the command line says."""
    arguments = argparse.ArgumentParser(prog="python -m booking.rebuild", description="Take in the catalog afresh.")
    arguments.add_argument(
        "--replace", action="store_true", help="what the catalog says stands, even where it is older"
    )
    options = arguments.parse_args()
    settings = BookingSettings.load()
    logs.configure("booking-rebuild", level=settings.log_level)
    changed = rebuild(settings, replace=options.replace)
    logs.get_logger(__name__).info("catalog rebuilt", changed=changed, replaced=options.replace)


if __name__ == "__main__":
    main()
