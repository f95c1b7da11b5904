"""Run as a program: booking and a catalog in one process, on eventlet's asyncio hub and the broker inside it.

Prints one JSON object of what was found. A process of its own, because it patches the standard library.
"""

from messaging import green

green.patch(asyncio_hub=True)

import json  # noqa: E402 - after the patch
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from typing import Any  # noqa: E402

import eventlet  # noqa: E402
from booking.adapters.redis_holds import connect as connect_redis  # noqa: E402
from booking.migrate import migrate  # noqa: E402
from booking.outside import outside  # noqa: E402
from booking.run import nameko_config  # noqa: E402
from booking.service import BookingService  # noqa: E402
from booking.settings import BookingSettings  # noqa: E402
from eventlet.asyncio import spawn_for_awaitable  # noqa: E402
from messaging.bus import connect  # noqa: E402
from messaging.embedded.broker import broker_for  # noqa: E402
from messaging.nameko_ext import rpc, start_service  # noqa: E402
from sqlalchemy import text  # noqa: E402

from services.booking.tests.clinic_data import PARIS, SWEDISH, entities  # noqa: E402

BROKER = "embedded://"


class CatalogService:
    """The catalog, as far as booking asks it."""

    name = "catalog"

    @rpc
    def snapshot(self) -> dict[str, Any]:
        """Return everything."""
        return {"ok": {"entities": entities()}}


def main() -> None:
    """Start both, wait until booking is ready, book, and see whether waiting in the database blocks others."""
    settings = BookingSettings.load()
    migrate(settings.booking_database_url)
    broker = broker_for(BROKER)
    broker.declare_exchange("catalog")
    broker.declare_queue("booking.catalog.v1")
    broker.bind("booking.catalog.v1", "catalog", "catalog.#")
    runners = [
        start_service(CatalogService, {"AMQP_URI": BROKER}),
        start_service(BookingService, nameko_config(settings)),
    ]
    bus = spawn_for_awaitable(connect(BROKER, name="test")).wait()

    def call(method: str, **message: Any) -> Any:
        return spawn_for_awaitable(bus.call("booking", method, message, timeout=5)).wait()

    until = time.monotonic() + 20
    while not call("health")["ok"]["ready"] and time.monotonic() < until:
        eventlet.sleep(0.05)
    now = datetime.now(UTC)
    asked = {"location_id": PARIS, "service_id": SWEDISH}
    window = {"since": (now + timedelta(days=1)).isoformat(), "until": (now + timedelta(days=3)).isoformat()}
    start = call("availability", **asked, **window)["ok"]["slots"][0]["start"]

    def try_for_it() -> str:
        answer = call("hold", **asked, start=start)
        if "refused" in answer:
            return str(answer["refused"]["code"])
        held = answer["ok"]
        guest = {"name": "Ana", "email": "ana@example.com"}
        made = call("book", hold_id=held["id"], hold_token=held["token"], guest=guest)
        return "booked" if "ok" in made else str(made["refused"]["code"])

    rivals = [eventlet.spawn(try_for_it) for _ in range(12)]
    outcomes = sorted(rival.wait() for rival in rivals)
    print(json.dumps({"health": call("health"), "outcomes": outcomes, "slept": _slept(settings)}))  # noqa: T201
    for runner in runners:
        runner.stop()
    spawn_for_awaitable(bus.close()).wait()


def _slept(settings: BookingSettings) -> float:
    """Return how long eight greenlets need that each wait 0.3 s in the database."""
    here = outside(settings)

    def wait() -> None:
        with here.engine.connect() as connection:
            connection.execute(text("SELECT pg_sleep(0.3)"))

    wait()
    began = time.monotonic()
    for each in [eventlet.spawn(wait) for _ in range(8)]:
        each.wait()
    slept = time.monotonic() - began
    here.close()
    connect_redis(settings.redis_url, answers_within=settings.redis_seconds).close()
    return slept


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
