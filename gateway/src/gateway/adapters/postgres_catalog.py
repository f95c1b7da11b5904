"""The catalog copy's home in the gateway's own database."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

from gateway.application.catalog_copy import Arrival, StoreAway
from gateway.domain.catalog import Entity

_KEEP = """
INSERT INTO catalog_entities AS kept (kind, id, version, deleted, view, skills)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, id) DO UPDATE
SET version = excluded.version, deleted = excluded.deleted, view = excluded.view, skills = excluded.skills
WHERE excluded.version > kept.version
"""
_COMPLETE = "INSERT INTO catalog_snapshots (only_row) VALUES (true) ON CONFLICT DO NOTHING"
_LOAD = "SELECT kind, id::text, version, deleted, view, skills FROM catalog_entities"
_LOADED = "SELECT EXISTS (SELECT FROM catalog_snapshots)"


class PostgresCatalogStore:
    """Keeps entities by kind and id, the newest version of each. Several gateways may share it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def load(self) -> Sequence[Entity] | None:
        """Everything kept, or None if no complete snapshot was ever kept. Raises `StoreAway`."""
        try:
            async with self._pool.acquire() as connection:
                if not await connection.fetchval(_LOADED):
                    return None
                return [_entity(row) for row in await connection.fetch(_LOAD)]
        except AWAY as problem:
            raise StoreAway(str(problem)) from problem

    async def save(self, arrival: Arrival) -> None:
        """Keep what is newer than what is there, all or nothing. Raises `StoreAway`."""
        # In one order, so that two gateways that keep the same snapshot never wait for each other in a circle.
        rows = [_row(entity) for entity in sorted(arrival.entities, key=lambda entity: entity.key)]
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.executemany(_KEEP, rows)
                if arrival.complete:
                    await connection.execute(_COMPLETE)
        except AWAY as problem:
            raise StoreAway(str(problem)) from problem


async def reachable(pool: asyncpg.Pool) -> bool:
    """Whether the database answers."""
    try:
        return bool(await pool.fetchval("SELECT true"))
    except AWAY:
        return False


# A connection that the server ends while it lies in the pool may surface as asyncpg's "internal" error.
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


def _row(entity: Entity) -> tuple[Any, ...]:
    return (
        entity.kind,
        entity.id,
        entity.version,
        entity.deleted,
        json.dumps(entity.view),
        sorted(entity.skills),
    )


def _entity(row: asyncpg.Record) -> Entity:
    return Entity(
        kind=row["kind"],
        id=row["id"],
        version=row["version"],
        deleted=row["deleted"],
        view=json.loads(row["view"]),
        skills=frozenset(row["skills"]),
    )
