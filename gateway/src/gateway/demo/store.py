"""Where the demo's messages are kept: a table of the gateway's database."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

import asyncpg

from gateway.adapters.postgres_catalog import AWAY
from gateway.demo.message import Attachment, Message

_COLUMNS = "id, channel, recipient, subject, body, html, headers, attachments, key, received_at"


class StoreAway(Exception):
    """The database cannot be reached just now."""


class MessageStore(Protocol):
    """Keeps messages and gives them back, newest first."""

    async def add(self, message: Message) -> bool:
        """Keep it and say True, or False if a text message with this key is here already. Raises `StoreAway`."""

    async def newest(self, *, to: str | None = None, limit: int = 200) -> Sequence[Message]:
        """The newest, all or those to one recipient. Raises `StoreAway`."""

    async def one(self, message_id: str) -> Message | None:
        """One of them. Raises `StoreAway`."""

    async def recipients(self) -> Sequence[str]:
        """Everyone who got a message, the latest first. Raises `StoreAway`."""


class PostgresMessageStore:
    """The store in the table `demo_messages`."""

    def __init__(self, database: asyncpg.Pool) -> None:
        self._database = database

    async def add(self, message: Message) -> bool:
        added = await self._rows(
            f"INSERT INTO demo_messages ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "  # noqa: S608  # constants
            "ON CONFLICT (key) WHERE channel = 'sms' DO NOTHING RETURNING id",
            message.id,
            message.channel,
            message.to,
            message.subject,
            message.text,
            message.html,
            json.dumps(dict(message.headers)),
            json.dumps([asdict(attachment) for attachment in message.attachments]),
            message.key,
            message.received_at,
        )
        return bool(added)

    async def newest(self, *, to: str | None = None, limit: int = 200) -> Sequence[Message]:
        rows = await self._rows(
            f"SELECT {_COLUMNS} FROM demo_messages WHERE $1::text IS NULL OR recipient = $1 "  # noqa: S608  # constants
            "ORDER BY seq DESC LIMIT $2",
            to,
            limit,
        )
        return [_message(row) for row in rows]

    async def one(self, message_id: str) -> Message | None:
        rows = await self._rows(
            f"SELECT {_COLUMNS} FROM demo_messages WHERE id::text = $1",  # noqa: S608  # constants
            message_id,
        )
        return _message(rows[0]) if rows else None

    async def recipients(self) -> Sequence[str]:
        rows = await self._rows(
            "SELECT recipient FROM demo_messages GROUP BY recipient ORDER BY max(seq) DESC LIMIT 100"
        )
        return [row["recipient"] for row in rows]

    async def _rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        try:
            return await self._database.fetch(query, *values)
        except AWAY as problem:
            raise StoreAway(type(problem).__name__) from problem


def _message(row: asyncpg.Record) -> Message:
    return Message(
        id=str(row["id"]),
        channel=row["channel"],
        to=row["recipient"],
        subject=row["subject"],
        text=row["body"],
        html=row["html"],
        headers=json.loads(row["headers"]),
        attachments=tuple(Attachment(**attachment) for attachment in json.loads(row["attachments"])),
        key=row["key"],
        received_at=row["received_at"],
    )
