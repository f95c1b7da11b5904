"""The catalog service, as its editors ask it: entries, time off, the clinic as one document.

Each method is one RPC. It returns the service's answer, or raises `Refused` (nothing changed), `Unavailable` (nothing
was done) or, for what changes something, `OutcomeUnknown`; putting an entry twice is putting it once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from messaging.bus import Bus

from gateway.application.errors import Refused
from gateway.application.service import Answer, Service


class Editing:
    """The catalog service behind `bus`."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "catalog")

    async def entries(self, kind: str) -> list[Answer]:
        """Every {id, revision, entry} of a kind."""
        items: list[Answer] = (await self._service.read("entries", kind=kind))["items"]
        return items

    async def put(
        self,
        kind: str,
        entry: Mapping[str, Any],
        *,
        id_: str | None = None,
        new_id: str | None = None,
        if_revision: int | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """{id, revision, entry}, put in the place of the one with `id_`, or added.

        Of a dry run also `changes`, as events would tell them: here as in what follows.
        """
        return await self._write(
            "put_entry", kind=kind, entry=entry, id=id_, new_id=new_id, if_revision=if_revision, dry_run=dry_run
        )

    async def withdraw(self, kind: str, id_: str, *, if_revision: int | None = None, dry_run: bool = False) -> Answer:
        """Withdraw an entry."""
        return await self._write("withdraw_entry", kind=kind, id=id_, if_revision=if_revision, dry_run=dry_run)

    async def time_off(self) -> list[Answer]:
        """Everybody's {id, practitioner_id, from, to}."""
        items: list[Answer] = (await self._service.read("time_off"))["items"]
        return items

    async def add_time_off(self, practitioner_id: str, since: datetime, until: datetime, *, dry_run: bool) -> Answer:
        """{id, practitioner_id, from, to}; adding the same twice adds it once."""
        span = {"since": since.isoformat(), "until": until.isoformat()}
        return await self._write("add_time_off", practitioner_id=practitioner_id, dry_run=dry_run, **span)

    async def remove_time_off(self, id_: str) -> None:
        """Take a time off away."""
        await self._write("remove_time_off", id=id_)

    async def export(self) -> Answer:
        """{document, revision}."""
        return await self._service.read("export")

    async def load(self, document: Mapping[str, Any], *, if_revision: int | None, dry_run: bool) -> Answer:
        """{added, changed, withdrawn, unchanged}, and for a dry run the difference."""
        return await self._write("load", document=document, if_revision=if_revision, dry_run=dry_run)

    async def _write(self, method: str, **asked: Any) -> Answer:
        try:
            return await self._service.write(method, **asked)
        except Refused as refused:
            if refused.code == "revision_mismatch":
                refused.code = "entry_changed"
            raise
