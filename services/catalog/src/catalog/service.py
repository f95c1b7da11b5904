"""Catalog's calls: parse, run one use case, dump the answer."""

from collections.abc import Callable
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

from catalog import admin, answers
from catalog.adapters.guide_book import comparison_texts, rulebook
from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.postgres_vitals import PostgresVitals
from catalog.application.comparison import comparison
from catalog.application.errors import Refused
from catalog.application.export import export
from catalog.application.guide import Consult, consult
from catalog.application.health import health
from catalog.application.load import load, preview, revision_of
from catalog.application.ports import Catalog, Vitals
from catalog.application.published import Kind
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
    def load(self, document: Any, *, dry_run: bool = False, if_revision: int | None = None) -> dict[str, Any]:
        """Make the catalog say what the document says, or refuse it with all of its problems."""

        def work() -> dict[str, Any]:
            if dry_run:
                tried = preview(parse(document), catalog=self.outside.catalog)
                told = {
                    "difference": answers.difference(tried.difference),
                    **answers.tried(tried.changes, dry_run=True),
                }
                return {**answers.loaded(tried.summary), **told}
            done = load(parse(document), catalog=self.outside.catalog, if_revision=if_revision, **self._moment())
            return answers.loaded(done)

        return _answered(work)

    @rpc
    def export(self) -> dict[str, Any]:
        """The whole catalog as a document, and its revision."""
        entities = self.outside.catalog.snapshot()
        return {"ok": {"document": export(entities), "revision": revision_of(entities)}}

    @rpc
    def entries(self, kind: str) -> dict[str, Any]:
        """Every entry of a kind, for its editor."""
        return {"ok": {"items": [answers.entry(*each) for each in admin.listed(Kind(kind), self.outside.catalog)]}}

    @rpc
    def put_entry(
        self,
        kind: str,
        entry: Any,
        *,
        id: str | None = None,  # noqa: A002 - its name on the wire
        new_id: str | None = None,
        if_revision: int | None = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Put an entry in the place of the one with `id`, or add one; `new_id` is for an entry without a key."""

        def work() -> dict[str, Any]:
            wanted = admin.Wanted(kind=Kind(kind), entry=entry, id=id, new_id=new_id)
            done = admin.put(wanted, if_version=if_revision, dry_run=dry_run, **self._editing())
            return {**answers.entry(done.entity, done.entry), **answers.tried(done.changes, dry_run=dry_run)}

        return _answered(work)

    @rpc
    def withdraw_entry(
        self,
        kind: str,
        id: str,  # noqa: A002 - its name on the wire
        *,
        if_revision: int | None = None,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Withdraw an entry; what refers to it must go first."""

        def work() -> dict[str, Any]:
            done = admin.withdraw(Kind(kind), id, if_version=if_revision, dry_run=dry_run, **self._editing())
            return answers.tried(done.changes, dry_run=dry_run)

        return _answered(work)

    @rpc
    def time_off(self) -> dict[str, Any]:
        """Everybody's time off."""
        return {"ok": {"items": admin.time_off(self.outside.catalog)}}

    @rpc
    def add_time_off(self, practitioner_id: str, since: str, until: str, *, dry_run: bool = False) -> dict[str, Any]:
        """Add time off; saying it twice adds it once."""

        def work() -> dict[str, Any]:
            off, done = admin.add_time_off(practitioner_id, since, until, dry_run=dry_run, **self._editing())
            return {**off, **answers.tried(done.changes, dry_run=dry_run)}

        return _answered(work)

    @rpc
    def remove_time_off(self, id: str) -> dict[str, Any]:  # noqa: A002 - its name on the wire
        """Take a time off away."""

        def work() -> dict[str, Any]:
            admin.remove_time_off(id, **self._editing())
            return {}

        return _answered(work)

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
        book = rulebook()
        return _answered(
            lambda: answers.advice(consult(command, catalog=self.outside.catalog, book=book), book, reading(languages))
        )

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        return {"ok": health(vitals=self.outside.vitals, now=SystemClock().now())}

    def _moment(self) -> dict[str, Any]:
        return {
            "now": self.outside.clock.now(),
            "correlation_id": correlation.current() or correlation.new_id(),
        }

    def _editing(self) -> dict[str, Any]:
        return {"catalog": self.outside.catalog, "read": parse, **self._moment()}


def _answered(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work returns, or its refusal; anything else that it raises is a fault."""
    try:
        return {"ok": work()}
    except Refused as refused:
        return {"refused": answers.refusal(refused)}
