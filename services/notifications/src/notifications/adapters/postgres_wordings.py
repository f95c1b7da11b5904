"""Locations' words in PostgreSQL: for staff on a transaction's connection, for senders on their pool."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from notifications.adapters.pool import AWAY
from notifications.adapters.tables import wordings
from notifications.application.ports import LedgerAway
from notifications.application.wordings import Saved
from notifications.domain.values import Channel
from notifications.domain.wordings import Spot, Wording

if TYPE_CHECKING:
    import asyncpg

_SPOT = (wordings.c.location_id, wordings.c.kind, wordings.c.channel, wordings.c.language)
_NEWEST = """
SELECT DISTINCT ON (location_id, kind, channel, language) location_id, kind, channel, language, subject, body
FROM wordings ORDER BY location_id, kind, channel, language, version DESC
"""


class PostgresWordings:
    """The `Wordings` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, spot: Spot, wording: Wording | None, *, by: str, now: datetime) -> int:
        # One after the other: two who save at once each get a version of their own.
        self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wordings'))"))
        last = select(func.coalesce(func.max(wordings.c.version), 0)).where(*_at(spot))
        version = int(self._connection.execute(last).scalar_one()) + 1
        self._connection.execute(
            insert(wordings).values(
                location_id=spot.location_id,
                kind=spot.kind,
                channel=spot.channel.value,
                language=spot.language,
                version=version,
                subject=wording.subject if wording else None,
                body=wording.text if wording else None,
                saved_at=now,
                saved_by=by,
            )
        )
        return version

    def newest(self, location_id: str) -> list[Saved]:
        rows = self._connection.execute(
            select(wordings)
            .ext(distinct_on(*_SPOT))
            .where(wordings.c.location_id == location_id)
            .order_by(*_SPOT, wordings.c.version.desc())
        ).mappings()
        return [_saved(row) for row in rows]

    def standing(self) -> dict[Spot, Wording]:
        """Every location's words as they stand, without those that were given back."""
        rows = self._connection.execute(text(_NEWEST)).mappings()
        return _standing(rows)


class WordingsCopy:
    """A sender's copy of all words, brought up to date before each batch."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._seen = -1
        self.words: Mapping[Spot, Wording] = {}

    async def refresh(self) -> None:
        """Take in what was saved since; raises `LedgerAway`."""
        try:
            newest = await self._pool.fetchval("SELECT coalesce(max(id), 0) FROM wordings")
            if newest == self._seen:
                return
            rows = await self._pool.fetch(_NEWEST)
        except AWAY as problem:
            raise LedgerAway(type(problem).__name__) from problem
        self.words = _standing(rows)
        self._seen = newest


def _at(spot: Spot) -> tuple[ColumnElement[bool], ...]:
    values = (spot.location_id, spot.kind, spot.channel.value, spot.language)
    return tuple(column == value for column, value in zip(_SPOT, values, strict=True))


def _standing(rows: "Iterable[RowMapping | asyncpg.Record]") -> dict[Spot, Wording]:
    return {_spot(row): Wording(text=row["body"], subject=row["subject"]) for row in rows if row["body"]}


def _spot(row: "RowMapping | asyncpg.Record") -> Spot:
    return Spot(
        location_id=str(row["location_id"]),
        kind=row["kind"],
        channel=Channel(row["channel"]),
        language=row["language"],
    )


def _saved(row: RowMapping) -> Saved:
    wording = Wording(text=row["body"], subject=row["subject"]) if row["body"] is not None else None
    return Saved(
        spot=_spot(row), version=row["version"], wording=wording, saved_at=row["saved_at"], saved_by=row["saved_by"]
    )
