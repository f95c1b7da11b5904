"""Catalog's calls: parse, run one use case, dump the answer."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from messaging.nameko_ext import rpc
from messaging.outbox import Waker
from messaging.postgres import engine_for
from nameko.extensions import DependencyProvider
from runtime import correlation
from runtime.clock import Clock, SystemClock, clock_from
from sqlalchemy import Engine

from catalog import answers
from catalog.adapters.guide_book import comparison_texts, rulebook
from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.postgres_vitals import PostgresVitals
from catalog.application.comparison import comparison
from catalog.application.errors import Refused
from catalog.application.guide import Consult, consult
from catalog.application.health import health
from catalog.application.load import load
from catalog.application.ports import Catalog, Vitals
from catalog.application.snapshot import snapshot
from catalog.documents import parse
from catalog.domain.guide.questions import FIELDS, Word
from catalog.domain.identity import LocationId
from catalog.domain.languages import reading
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
    def comparison(self, languages: list[str]) -> dict[str, Any]:
        """Massage and physical therapy side by side, in the first of these languages that it is written in."""
        return {"ok": comparison(languages, texts=comparison_texts())}

    @rpc
    def guide_questions(self, languages: list[str]) -> dict[str, Any]:
        """What the guide asks, in the order in which it asks."""
        return {"ok": answers.guide_questions(rulebook(), reading(languages))}

    @rpc
    def guide(self, location_id: str, given: dict[str, list[str]], languages: list[str]) -> dict[str, Any]:
        """What would serve somebody who answered so, at this branch. Nothing of it is kept."""
        command = Consult(
            location_id=LocationId(UUID(location_id)),
            answers={field: tuple(Word(word) for word in given.get(field, ())) for field in FIELDS},
        )
        try:
            consulted = consult(command, catalog=self.outside.catalog, book=rulebook())
        except Refused as refused:
            return {"refused": answers.refusal(refused)}
        return {"ok": answers.advice(consulted, rulebook(), reading(languages))}

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        return {"ok": health(vitals=self.outside.vitals, now=SystemClock().now())}
