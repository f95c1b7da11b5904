"""The catalog service's word, over the bus: a snapshot by RPC, and changes as events."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError
from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation
from runtime.logs import get_logger

from gateway.application.catalog_copy import Arrival
from gateway.domain.catalog import Entity, Kind
from gateway.schemas import events

log = get_logger(__name__)

SNAPSHOT_SECONDS = 3.0
RETRY_SECONDS = 1.0
REFRESH_SECONDS = 600.0


class BusCatalogFeed:
    """Listens first and asks for a snapshot then, so that nothing falls between the two."""

    def __init__(
        self, bus: Bus, *, retry_seconds: float = RETRY_SECONDS, refresh_seconds: float = REFRESH_SECONDS
    ) -> None:
        self._bus = bus
        self._retry_seconds = retry_seconds
        self._refresh_seconds = refresh_seconds
        self._told = False

    async def arrivals(self) -> AsyncIterator[Arrival]:
        """A snapshot as soon as one can be had, again after every gap and every ten minutes, and each change."""
        changes: asyncio.Queue[Entity] = asyncio.Queue()
        gap = asyncio.Event()
        gap.set()

        async def hear(wire: dict[str, Any]) -> None:
            for entity in read_events([{"name": wire["name"], "data": wire["data"]}]):
                changes.put_nowait(entity)

        subscription = await self._bus.subscribe("catalog", ["catalog.#"], hear, established=gap.set)
        try:
            asked_again = asyncio.get_running_loop().time()
            while True:
                if gap.is_set():
                    gap.clear()
                    snapshot = await self._snapshot()
                    if snapshot is None:
                        gap.set()
                    else:
                        asked_again = asyncio.get_running_loop().time() + self._refresh_seconds
                        yield snapshot
                if asyncio.get_running_loop().time() >= asked_again:
                    gap.set()
                try:
                    change = await asyncio.wait_for(changes.get(), self._retry_seconds)
                except TimeoutError:
                    continue
                yield Arrival(entities=[change], complete=False)
        finally:
            await subscription.cancel()

    async def _snapshot(self) -> Arrival | None:
        try:
            answer = await self._bus.call(
                "catalog", "snapshot", {}, timeout=SNAPSHOT_SECONDS, correlation_id=correlation.new_id()
            )
        except (BrokerAway, DeadlinePassed, RemoteFault) as problem:
            if not self._told:  # once an outage, not once a second
                log.warning("catalog_snapshot_not_had", reason=type(problem).__name__)
            self._told = True
            return None
        self._told = False
        return Arrival(entities=list(read_events(answer["ok"]["entities"])), complete=True)


def read_events(wires: Iterable[Mapping[str, Any]]) -> Iterable[Entity]:
    """The entities among `wires` that guests may see. What does not fit its contract is logged and left out."""
    for wire in wires:
        reading = _READINGS.get(wire["name"])
        if reading is None:
            continue
        kind, schema = reading
        try:
            yield schema.read(wire["data"])
        except ValidationError as problem:
            log.error("catalog_event_malformed", kind=kind, wrong=sorted(problem.messages_dict))


_READINGS: Mapping[str, tuple[Kind, events.Reading]] = {
    "catalog.location_changed.v1": ("location", events.LOCATION),
    "catalog.service_changed.v1": ("service", events.SERVICE),
    "catalog.practitioner_changed.v1": ("practitioner", events.PRACTITIONER),
}
