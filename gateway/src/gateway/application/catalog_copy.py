"""The gateway's copy of the public catalog: in memory to answer from, in its own database to start from.

With the catalog service stopped the gateway can restart and serve: the copy is what its database says. The feed brings
snapshots and changes; both are taken only if newer, so their order does not matter.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from runtime.logs import get_logger

from gateway.domain.catalog import Catalog, Entity, View

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Entities that came from the catalog service: all there are (`complete`), or those that changed."""

    entities: Sequence[Entity]
    complete: bool


class StoreAway(Exception):
    """The copy's database cannot be reached."""


class CatalogStore(Protocol):
    """Where the copy outlives the process."""

    async def load(self) -> Sequence[Entity] | None:
        """Everything kept, or None if no complete snapshot was ever kept. Raises `StoreAway`."""

    async def save(self, arrival: Arrival) -> None:
        """Keep what is newer than what is there. Raises `StoreAway` and then has kept nothing."""


class CatalogFeed(Protocol):
    """The catalog service's word, for as long as we listen."""

    def arrivals(self) -> AsyncIterator[Arrival]:
        """A snapshot as soon as one can be had, again after every gap, and each change in between."""


class CatalogCopy:
    """Public views of branches, services and practitioners. Empty until `loaded`."""

    def __init__(self, store: CatalogStore, *, retry_seconds: float = 1.0) -> None:
        self._store = store
        self._retry_seconds = retry_seconds
        self._catalog = Catalog()
        self._loaded = False

    @property
    def loaded(self) -> bool:
        """Whether a complete catalog is here, from the database or from the catalog service."""
        return self._loaded

    def locations(self, modality: str | None = None) -> Sequence[View]:
        """The branches, or those that offer services of `modality`, by name."""
        return self._catalog.locations(modality=modality)

    def location(self, location_id: str) -> View | None:
        """One branch, or None."""
        return self._catalog.one("location", location_id)

    def services(self, modality: str | None = None, location_id: str | None = None) -> Sequence[View]:
        """The services: what is booked most easily first, by phone last, by name among equals."""
        return self._catalog.services(modality=modality, location_id=location_id)

    def service(self, service_id: str) -> View | None:
        """One service, or None."""
        return self._catalog.one("service", service_id)

    def practitioners(
        self,
        location_id: str | None = None,
        service_id: str | None = None,
        modality: str | None = None,
    ) -> Sequence[View]:
        """The practitioners who work at the branch and can give the service, or any service of the modality."""
        return self._catalog.practitioners(location_id=location_id, service_id=service_id, modality=modality)

    async def restore(self) -> None:
        """Take what the database has, if anything. Raises `StoreAway`."""
        kept = await self._store.load()
        if kept is not None:
            self._take(Arrival(entities=kept, complete=True))

    async def follow(self, feed: CatalogFeed) -> None:
        """Restore, then take every arrival, for ever. An unreachable database delays nothing but the keeping."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._restore_patiently())
            both.create_task(self._take_all(feed))

    async def _restore_patiently(self) -> None:
        told = False
        while True:
            try:
                return await self.restore()
            except StoreAway as problem:
                if not told:  # once an outage, not once a second
                    log.warning("catalog_copy_not_restored", reason=str(problem))
                told = True
                await asyncio.sleep(self._retry_seconds)

    async def _take_all(self, feed: CatalogFeed) -> None:
        async for arrival in feed.arrivals():
            self._take(arrival)
            try:
                await self._store.save(arrival)
            except StoreAway as problem:
                # The copy in memory is right; the next snapshot brings the database up to date.
                log.warning("catalog_copy_not_kept", reason=str(problem))

    def _take(self, arrival: Arrival) -> None:
        self._catalog = self._catalog.with_newer(arrival.entities)
        if arrival.complete and not self._loaded:
            self._loaded = True
            log.info("catalog_copy_loaded", entities=len(arrival.entities))
