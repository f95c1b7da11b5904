"""Is the whole platform ready, and if not, which part is not?"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation
from runtime.health import Part, report

SERVICES = ("catalog", "booking", "notifications")
# Without the others guests go on booking: from the copies of the catalog, their messages waiting in the outbox. If
# /readyz said no for them, a load balancer would take every gateway away for the loss of a part that nobody misses yet.
NEEDED = frozenset({"booking"})
SECONDS = 1.0


async def readiness(*, bus: Bus, broker: str, catalog_loaded: bool, database: Awaitable[bool]) -> dict[str, Any]:
    """{ready, parts}, within a second or so: our own parts, the broker, and each service's account of its own.

    Ready means that guests can book here.
    """
    own, services = await asyncio.gather(
        _database(database), asyncio.gather(*(_service(bus, name) for name in SERVICES))
    )
    parts = [
        Part(name=broker, ok=bus.connected, detail="" if bus.connected else "not connected"),
        Part(
            name="gateway.catalog",
            ok=catalog_loaded,
            detail="" if catalog_loaded else "the copy of the catalog is not loaded yet",
        ),
        # The copy in memory serves without it, so the gateway is only poorer: it could not restart alone.
        Part(name="gateway.database", ok=own, detail="" if own else "cannot be reached", needed=False),
    ]
    return report([*parts, *(part for service in services for part in service)])


async def _database(reachable: Awaitable[bool]) -> bool:
    try:
        return await asyncio.wait_for(reachable, SECONDS)
    except TimeoutError:
        return False


async def _service(bus: Bus, name: str) -> Sequence[Part]:
    needed = name in NEEDED
    try:
        answer = await bus.call(name, "health", {}, timeout=SECONDS, correlation_id=correlation.current())
    except BrokerAway as problem:
        return [Part(name=name, ok=False, detail=str(problem) or "cannot be reached", needed=needed)]
    except DeadlinePassed:
        return [Part(name=name, ok=False, detail=f"has not answered within {SECONDS:g} s", needed=needed)]
    except RemoteFault:
        return [Part(name=name, ok=False, detail="failed to say how it is", needed=needed)]
    health = answer["ok"]
    own = "" if health["ready"] else "says that it is not ready"
    return [
        Part(name=name, ok=bool(health["ready"]), detail=own, needed=needed),
        *(
            Part(
                name=f"{name}.{part['name']}",
                ok=bool(part["ok"]),
                detail=part["detail"],
                needed=needed and bool(part.get("needed", True)),
            )
            for part in health["parts"]
        ),
    ]
