"""Where the demo's messages are kept: a table of the gateway's database."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import asyncpg

from gateway.adapters.postgres_catalog import AWAY
from gateway.demo.message import Attachment, Message
from gateway.demo.threads import Trace

_COLUMNS = "id, channel, recipient, subject, body, html, headers, attachments, key, received_at, is_answer"


class StoreAway(Exception):
    """The database cannot be reached just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages: to some addresses (None: to all), with some words in them, with guests' answers or without."""

    to: Sequence[str] | None = None
    words: str = ""
    answers: bool = False


EVERYTHING = Wanted()


class MessageStore(Protocol):
    """Keeps messages and gives them back, newest first."""

    async def add(self, message: Message, *, source: str | None = None) -> bool:
        """Keep it and say True, or False if a text message with this key is here already. Raises `StoreAway`."""

    async def newest(self, wanted: Wanted = EVERYTHING, *, limit: int = 200) -> Sequence[Message]:
        """The newest of those wanted. Raises `StoreAway`."""

    async def one(self, message_id: str) -> Message | None:
        """One of them. Raises `StoreAway`."""

    async def source(self, message_id: str) -> str | None:
        """An e-mail as it came. Raises `StoreAway`."""

    async def traces(self) -> Sequence[Trace]:
        """Everyone who got a message, and under which keys, the latest first. Raises `StoreAway`."""


class PostgresMessageStore:
    """The store in the table `demo_messages`."""

    def __init__(self, database: asyncpg.Pool) -> None:
        self._database = database

    async def add(self, message: Message, *, source: str | None = None) -> bool:
        added = await self._rows(
            f"INSERT INTO demo_messages ({_COLUMNS}, source) "  # noqa: S608  # constants
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
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
            message.is_answer,
            source,
        )
        return bool(added)

    async def newest(self, wanted: Wanted = EVERYTHING, *, limit: int = 200) -> Sequence[Message]:
        rows = await self._rows(
            f"SELECT {_COLUMNS} FROM demo_messages "  # noqa: S608  # constants
            "WHERE ($1::text[] IS NULL OR recipient = ANY($1)) AND (NOT is_answer OR $2) "
            "AND strpos(lower(concat_ws(' ', recipient, subject, body)), lower($3)) > 0 "
            "ORDER BY seq DESC LIMIT $4",
            None if wanted.to is None else list(wanted.to),
            wanted.answers,
            wanted.words,
            limit,
        )
        return [_message(row) for row in rows]

    async def one(self, message_id: str) -> Message | None:
        rows = await self._rows(
            f"SELECT {_COLUMNS} FROM demo_messages WHERE id::text = $1",  # noqa: S608  # constants
            message_id,
        )
        return _message(rows[0]) if rows else None

    async def source(self, message_id: str) -> str | None:
        rows = await self._rows("SELECT source FROM demo_messages WHERE id::text = $1", message_id)
        return rows[0]["source"] if rows else None

    async def traces(self) -> Sequence[Trace]:
        rows = await self._rows(
            "SELECT recipient, key FROM demo_messages WHERE NOT is_answer ORDER BY seq DESC LIMIT 1000"
        )
        return [Trace(row["recipient"], row["key"]) for row in rows]

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
        is_answer=row["is_answer"],
    )
