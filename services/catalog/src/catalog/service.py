"""Catalog's calls: parse, run one use case, dump the answer."""

from dataclasses import dataclass
from typing import Any, cast

from messaging.nameko_ext import rpc
from messaging.outbox import Waker
from messaging.postgres import engine_for
from nameko.extensions import DependencyProvider
from runtime import correlation
from runtime.clock import Clock, SystemClock, clock_from
from sqlalchemy import Engine

from catalog import answers
from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.postgres_vitals import PostgresVitals
from catalog.application.errors import Refused
from catalog.application.health import health
from catalog.application.load import load
from catalog.application.ports import Catalog, Vitals
from catalog.application.snapshot import snapshot
from catalog.documents import parse
from catalog.settings import CatalogSettings

SETTINGS = "slotwell"
"""Where in nameko's configuration the service's settings stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the calls need of the outside world."""

    catalog: Catalog
    vitals: Vitals
    clock: Clock


class OutsideProvider(DependencyProvider):
    """Opens the outside when the service starts and lets go of it when it stops."""

    engine: Engine
    waker: Waker
    outside: Outside

    def setup(self) -> None:
        settings: CatalogSettings = self.container.config[SETTINGS]
        self.engine = engine_for(settings.catalog_database_url, application="slotwell-catalog")
        self.waker = Waker(settings.catalog_database_url)
        self.outside = Outside(
            catalog=PostgresCatalog(self.engine, wake=self.waker.wake),
            vitals=PostgresVitals(self.engine),
            clock=clock_from(settings),
        )

    def stop(self) -> None:
        self.waker.close()
        self.engine.dispose()

    def get_dependency(self, worker_ctx: object) -> Outside:  # noqa: ARG002 - nameko's signature
        return self.outside


class CatalogService:
    """What is on offer: the whole of it, a new one, and whether we are well."""

    name = "catalog"
    outside = cast("Outside", OutsideProvider())  # nameko puts what the provider gives in its place

    @rpc
    def snapshot(self) -> dict[str, Any]:
        """Every entity at its version, tombstones included."""
        return {"ok": {"entities": snapshot(catalog=self.outside.catalog)}}

    @rpc
    def load(self, document: Any) -> dict[str, Any]:
        """Make the catalog say what the document says, or refuse it with all of its problems."""
        try:
            summary = load(
                parse(document),
                catalog=self.outside.catalog,
                now=self.outside.clock.now(),
                correlation_id=correlation.current() or correlation.new_id(),
            )
        except Refused as refused:
            return {"refused": answers.refusal(refused)}
        return {"ok": answers.loaded(summary)}

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        return {"ok": health(vitals=self.outside.vitals, now=SystemClock().now())}
