"""Blocks as rows, and back. A block's allocations stand under the same exclusion constraint as those of bookings."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select

from booking.adapters.tables import allocations, blocks
from booking.application.ports import Taken
from booking.domain.block import Block
from booking.domain.ids import BlockId

_ALLOCATE = """
    INSERT INTO allocations (block_id, resource_id, during, active)
    SELECT %(block_id)s::uuid, wanted.id, tstzrange(%(since)s, %(until)s), true
    FROM unnest(%(resources)s::uuid[]) AS wanted (id) ORDER BY wanted.id
    ON CONFLICT DO NOTHING RETURNING 1
"""


def with_resources() -> Select[Any]:
    """Blocks as they are read."""
    theirs = (
        select(func.array_agg(allocations.c.resource_id))
        .where(allocations.c.block_id == blocks.c.id)
        .scalar_subquery()
        .label("resource_ids")
    )
    return select(blocks, theirs)


def block_of(row: Mapping[Any, Any]) -> Block:
    """Return the block that a row holds."""
    return Block(
        id=row["id"],
        location_id=row["location_id"],
        resource_ids=tuple(sorted(row["resource_ids"])),
        start=row["starts_at"],
        end=row["ends_at"],
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=row["made_at"],
    )


def add(connection: Connection, block: Block) -> None:
    """Write the block and its allocations; raise `Taken` if one of them, or the block itself, is there already."""
    row = {
        "id": block.id,
        "location_id": block.location_id,
        "starts_at": block.start,
        "ends_at": block.end,
        "reason": block.reason,
        "made_by": block.made_by,
        "made_at": block.made_at,
    }
    if connection.execute(select(blocks.c.id).where(blocks.c.id == block.id)).first() is not None:
        raise Taken
    connection.execute(insert(blocks).values(row))
    asked = {
        "block_id": block.id,
        "resources": list(block.resource_ids),
        "since": block.start,
        "until": block.end,
    }
    if len(connection.exec_driver_sql(_ALLOCATE, asked).all()) < len(block.resource_ids):
        raise Taken


def remove(connection: Connection, block_id: BlockId) -> Block | None:
    """Take the block and its allocations away; return it as it was, None if there was none."""
    connection.execute(select(blocks.c.id).where(blocks.c.id == block_id).with_for_update())
    row = connection.execute(with_resources().where(blocks.c.id == block_id)).mappings().one_or_none()
    if row is None:
        return None
    connection.execute(delete(allocations).where(allocations.c.block_id == block_id))
    connection.execute(delete(blocks).where(blocks.c.id == block_id))
    return block_of(row)
