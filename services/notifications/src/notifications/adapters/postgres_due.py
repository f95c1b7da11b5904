"""The messages due, in PostgreSQL: claimed by SKIP LOCKED under a lease that the database's own clock measures.

The clinic's clock says what is due; leases and waits are real time, which a demo's travel must not shorten.
"""

import uuid
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

import asyncpg
from messaging import heartbeat

from notifications.adapters.message_keys import key_of
from notifications.adapters.pool import lent
from notifications.application.ports import Claimed, Trace
from notifications.domain.agenda import Day
from notifications.domain.declined import Declined
from notifications.domain.fallback import Text
from notifications.domain.receipt import Fate
from notifications.domain.relevance import Told
from notifications.domain.values import TELLS_NOTHING, BookingId, CallReason, Channel, Key, LocationId, Reason, State

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

# Renewed at the hand-over, and longer than any provider may take: who holds it alone may send.
LEASE = timedelta(seconds=30)

# What a sender took and never settled. One that was handed over may have reached the guest.
_TAKE_BACK = """
UPDATE messages
SET state = 'due', lease = NULL, lease_until = NULL, handed_over_at = NULL, not_before = clock_timestamp(),
    unknown = unknown + CASE WHEN handed_over_at IS NULL THEN 0 ELSE 1 END
WHERE id = ANY (ARRAY (
    SELECT id FROM messages
    WHERE state = 'sending' AND lease_until < clock_timestamp() AND channel = $1
    ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
))
"""
# Every location that has something due gets the same share of a batch, so that what one of them owes all at once
# delays nobody else's. The first part hops over the index from one location to the next.
# Rows are compared as pairs, and ids as an array, so that no statistics lead the planner astray: with 100,000 messages
# due it would rather read the whole ledger, once for each location.
_CLAIM = """
WITH RECURSIVE known AS (
    (
        SELECT location_id FROM messages WHERE state = 'due' AND channel = $1 ORDER BY location_id LIMIT 1
    ) UNION ALL
    SELECT (
        SELECT next.location_id FROM messages AS next
        WHERE next.state = 'due' AND next.channel = $1 AND next.location_id > known.location_id
        ORDER BY next.location_id LIMIT 1
    ) FROM known WHERE known.location_id IS NOT NULL
), busy AS MATERIALIZED (
    SELECT known.location_id FROM known CROSS JOIN LATERAL (
        SELECT id FROM messages
        WHERE state = 'due' AND channel = $1 AND not_before <= clock_timestamp()
          AND (location_id, due_at) >= (known.location_id, '-infinity')
          AND (location_id, due_at) <= (known.location_id, $2)
        ORDER BY location_id, due_at LIMIT 1
    ) AS first
)
UPDATE messages
SET state = 'sending', lease = $4, lease_until = clock_timestamp() + $5::interval, handed_over_at = NULL
WHERE id = ANY (ARRAY (
    SELECT share.id FROM busy CROSS JOIN LATERAL (
        SELECT id FROM messages
        WHERE state = 'due' AND channel = $1 AND not_before <= clock_timestamp()
          AND (location_id, due_at) >= (busy.location_id, '-infinity')
          AND (location_id, due_at) <= (busy.location_id, $2)
        ORDER BY location_id, due_at
        LIMIT (SELECT greatest(1, $3 / greatest(1, count(*))) FROM busy) FOR UPDATE SKIP LOCKED
    ) AS share LIMIT $3
))
RETURNING booking_id, revision, rule, channel, recipient_kind, start, due_at, useful_until, attempts, unknown,
    correlation_id, instead_after, location_id, practitioner_id
"""
# A message that a sender died over may have arrived: as long as nobody has settled it, it is on its way.
_TOLD = """
SELECT booking_id, channel, rule, revision, start,
    CASE state WHEN 'due' THEN 'sending' WHEN 'skipped' THEN 'sent' ELSE state END AS state
FROM messages
WHERE booking_id = ANY($1) AND receipt IS DISTINCT FROM 'undelivered'
  AND (state IN ('sent', 'uncertain') OR (state = 'sending' AND handed_over_at IS NOT NULL)
       OR (state IN ('due', 'sending') AND unknown > 0)
       OR (state = 'skipped' AND reason = 'told_with_series' AND handed_over_at IS NOT NULL))
"""
# What a message about a whole series spoke of: what each session's own would have said was said.
_TELL_SESSIONS = """
UPDATE messages SET handed_over_at = clock_timestamp()
WHERE booking_id = ANY($1) AND channel = $2 AND state = 'skipped' AND reason = 'told_with_series'
"""
_TEXTS = """
SELECT booking_id, revision, rule, state, reason, due_at, sent_at, receipt FROM messages
WHERE channel = 'sms' AND booking_id = ANY($1)
"""
_OURS = """
WHERE booking_id = $1 AND revision = $2 AND rule = $3 AND channel = $4 AND state = 'sending' AND lease = $5
"""
_HAND_OVER = f"""
UPDATE messages
SET handed_over_at = clock_timestamp(), attempts = attempts + 1,
    lease_until = clock_timestamp() + $6::interval, recipient = $7, language = $8, segments = $9,
    provider = $10
{_OURS} AND lease_until > clock_timestamp() AND handed_over_at IS NULL
RETURNING id
"""  # noqa: S608  (no value from outside)
_SILENCED = "SELECT number FROM silenced_numbers WHERE number = ANY($1) AND restored_at IS NULL"
_DECLINED = "SELECT recipient, kind FROM declined_kinds WHERE recipient = ANY($1) AND wanted_again_at IS NULL"
_BOUNCED = "SELECT recipient FROM bounced_addresses WHERE recipient = ANY($1) AND bounced_at > $2"
_MARK_BOUNCED = """
INSERT INTO bounced_addresses (recipient, problem, bounced_at) VALUES ($1, $2, $3)
ON CONFLICT (recipient) DO UPDATE SET bounced_at = excluded.bounced_at, problem = excluded.problem
"""
BOUNCE_COUNTS_FOR = timedelta(days=90)
"""A mailbox may come back: after so long it is tried again."""
_ALSO_OWED = """
SELECT EXISTS (
    SELECT FROM messages
    WHERE booking_id = $1 AND revision = $2 AND rule = $3 AND channel <> $4 AND state <> 'failed'
      AND (state <> 'skipped' OR reason <> ALL ($5)) AND receipt IS DISTINCT FROM 'undelivered'
)
"""
_OWE_CALL = """
INSERT INTO call_tasks (booking_id, revision, reason, made_at)
SELECT coalesce((
    SELECT session.booking_id FROM series_bookings AS session JOIN messages USING (booking_id)
    WHERE session.series_id = $1 ORDER BY messages.start, messages.id LIMIT 1
), $1), $2, $3, $4
ON CONFLICT ON CONSTRAINT call_tasks_once DO NOTHING
"""
_SETTLE = f"""
UPDATE messages
SET state = $6, reason = $7, provider_id = $8, sent_at = $9, lease = NULL, lease_until = NULL,
    receipt_problem = coalesce(receipt_problem, $10)
{_OURS}
"""  # noqa: S608
_RELEASE = f"""
UPDATE messages
SET state = 'due', lease = NULL, lease_until = NULL, handed_over_at = NULL,
    not_before = clock_timestamp() + $6::interval, due_at = coalesce($7, due_at),
    unknown = unknown + $8
{_OURS}
"""  # noqa: S608


class PostgresDue:
    """The `DueMessages` of one sender; any number of senders share the table."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        lease: timedelta = LEASE,
        take_back_every: timedelta = timedelta(seconds=1),
    ) -> None:
        """While batches come full, ended leases are looked for only every so often.

        That look walks over everything that was under way since the last vacuum: in a long drain it came to cost more
        than the claim.
        """
        self._pool = pool
        self._lease = lease
        self._take_back_every = take_back_every.total_seconds()
        self._take_back_at: dict[Channel, float] = {}

    async def claim(self, channel: Channel, *, now: datetime, limit: int) -> list[Claimed]:
        lease = uuid.uuid4()
        async with lent(self._pool) as connection:
            if monotonic() >= self._take_back_at.get(channel, 0.0):
                await connection.execute(_TAKE_BACK, channel.value, limit)
                self._take_back_at[channel] = monotonic() + self._take_back_every
            rows = await connection.fetch(_CLAIM, channel.value, now, limit, lease, self._lease)
        if len(rows) < limit:
            self._take_back_at[channel] = 0.0
        return [
            Claimed(
                key=key_of(row),
                lease=str(lease),
                start=row["start"],
                useful_until=row["useful_until"],
                attempts=row["attempts"],
                unknown=row["unknown"],
                correlation_id=row["correlation_id"],
                instead_after=row["instead_after"],
                day=_day(row),
            )
            for row in sorted(rows, key=lambda row: row["due_at"])
        ]

    async def told(self, claimed: Collection[Claimed]) -> Mapping[Key, list[Told]]:
        async with lent(self._pool) as connection:
            rows = await connection.fetch(_TOLD, {uuid.UUID(message.key.booking_id) for message in claimed})
        said: dict[tuple[str, str], list[Told]] = {}
        for row in rows:
            said.setdefault((str(row["booking_id"]), row["channel"]), []).append(
                Told(rule=row["rule"], revision=row["revision"], start=row["start"], state=State(row["state"]))
            )
        return {
            message.key: [
                told
                for told in said.get((message.key.booking_id, message.key.channel.value), ())
                if told.revision < message.key.revision
            ]
            for message in claimed
        }

    async def texts(self, claimed: Collection[Claimed]) -> Mapping[Key, Text]:
        waiting = {message.key for message in claimed if message.instead_after is not None}
        if not waiting:
            return {}
        async with lent(self._pool) as connection:
            rows = await connection.fetch(_TEXTS, {uuid.UUID(key.booking_id) for key in waiting})
        texts = {(str(row["booking_id"]), row["revision"], row["rule"]): _text(row) for row in rows}
        return {key: text for key in waiting if (text := texts.get((key.booking_id, key.revision, key.rule)))}

    async def silenced(self, numbers: AbstractSet[str]) -> AbstractSet[str]:
        if not numbers:
            return frozenset()
        async with lent(self._pool) as connection:
            return {row["number"] for row in await connection.fetch(_SILENCED, numbers)}

    async def bounced(self, recipients: AbstractSet[bytes], *, now: datetime) -> AbstractSet[bytes]:
        if not recipients:
            return frozenset()
        async with lent(self._pool) as connection:
            rows = await connection.fetch(_BOUNCED, recipients, now - BOUNCE_COUNTS_FOR)
        return {row["recipient"] for row in rows}

    async def mark_bounced(self, recipient: bytes, problem: str, *, now: datetime) -> None:
        async with lent(self._pool) as connection:
            await connection.execute(_MARK_BOUNCED, recipient, problem, now)

    async def declined(self, asked: AbstractSet[Declined]) -> AbstractSet[Declined]:
        if not asked:
            return frozenset()
        async with lent(self._pool) as connection:
            rows = await connection.fetch(_DECLINED, [one.recipient for one in asked])
        return {Declined(row["recipient"], row["kind"]) for row in rows} & asked

    async def hand_over(self, claimed: Claimed, trace: Trace | None = None) -> bool:
        kept = trace or Trace()
        traced = (kept.recipient, kept.language, kept.segments, kept.provider)
        async with lent(self._pool) as connection:
            return await connection.fetchval(_HAND_OVER, *_ours(claimed), self._lease, *traced) is not None

    async def also_owed(self, claimed: Claimed) -> bool:
        key = claimed.key
        which = (uuid.UUID(key.booking_id), key.revision, key.rule, key.channel.value)
        async with lent(self._pool) as connection:
            return bool(await connection.fetchval(_ALSO_OWED, *which, [reason.value for reason in TELLS_NOTHING]))

    async def owe_call(self, claimed: Claimed, reason: CallReason, *, now: datetime) -> None:
        key = claimed.key
        async with lent(self._pool) as connection:
            await connection.execute(_OWE_CALL, uuid.UUID(key.booking_id), key.revision, reason.value, now)

    async def settle(
        self,
        claimed: Claimed,
        state: State,
        *,
        now: datetime,
        reason: Reason | None = None,
        provider_id: str | None = None,
        problem: str | None = None,
        told: Collection[BookingId] = (),
    ) -> None:
        sent_at = now if state is State.SENT else None
        ending = (*_ours(claimed), state.value, reason and reason.value, provider_id, sent_at, problem)
        async with lent(self._pool) as connection:
            if not told:
                await connection.execute(_SETTLE, *ending)
                return
            async with connection.transaction():
                await connection.execute(_SETTLE, *ending)
                await connection.execute(_TELL_SESSIONS, [uuid.UUID(each) for each in told], claimed.key.channel.value)

    async def release(
        self, claimed: Claimed, *, wait: timedelta, due_at: datetime | None = None, doubtful: bool = False
    ) -> None:
        async with lent(self._pool) as connection:
            await connection.execute(_RELEASE, *_ours(claimed), wait, due_at, int(doubtful))

    async def beat(self, process: str) -> None:
        """Say that this sender is alive."""
        async with lent(self._pool) as connection:
            await heartbeat.beat(connection, process)


def _day(row: "asyncpg.Record") -> Day | None:
    if row["practitioner_id"] is None:
        return None
    return Day(
        id=BookingId(str(row["booking_id"])),
        practitioner_id=str(row["practitioner_id"]),
        location_id=LocationId(str(row["location_id"])),
        since=row["start"],
        until=row["useful_until"],
    )


def _text(row: "asyncpg.Record") -> Text:
    return Text(
        state=State(row["state"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        fate=Fate(row["receipt"]) if row["receipt"] else None,
    )


def _ours(claimed: Claimed) -> tuple[uuid.UUID, int, str, str, uuid.UUID]:
    key = claimed.key
    return uuid.UUID(key.booking_id), key.revision, key.rule, key.channel.value, uuid.UUID(claimed.lease)
