"""Receipts in PostgreSQL, on the connection and in the transaction of whoever holds it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.adapters.first_session import booking_known_by
from notifications.adapters.message_keys import key_of
from notifications.adapters.tables import bounced_addresses, call_tasks, messages, receipts
from notifications.domain.receipt import ORDER, Fate, Receipt
from notifications.domain.values import TELLS_NOTHING, CallReason, Key, State


class PostgresFates:
    """The `Fates` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, receipt: Receipt) -> Key | None:
        by_name = and_(messages.c.provider == receipt.provider, messages.c.provider_id == receipt.provider_id)
        by_key = _is(receipt.key) if receipt.key is not None else None
        for condition in (by_key, by_name):
            if condition is None:
                continue
            row = self._connection.execute(select(messages).where(condition).limit(1)).mappings().first()
            if row is not None:
                return key_of(row)
        return None

    def move(self, key: Key, receipt: Receipt, *, now: datetime) -> bool:
        less = [fate.value for fate in ORDER[: ORDER.index(receipt.fate)]]
        moved = self._connection.execute(
            update(messages)
            .where(_is(key), or_(messages.c.receipt.is_(None), messages.c.receipt.in_(less)))
            .values(
                receipt=receipt.fate.value,
                receipt_at=now,
                receipt_problem=receipt.problem,
                provider_id=func.coalesce(messages.c.provider_id, receipt.provider_id),
            )
            .returning(messages.c.id)
        ).first()
        if receipt.cost is not None:
            self._connection.execute(
                update(messages).where(_is(key)).values(cost=receipt.cost, cost_currency=receipt.currency)
            )
        return moved is not None

    def mark_bounced(self, key: Key, problem: str, *, now: datetime) -> None:
        where = select(messages.c.recipient, literal(problem), literal(now)).where(
            _is(key), messages.c.recipient.is_not(None)
        )
        columns = [bounced_addresses.c.recipient, bounced_addresses.c.problem, bounced_addresses.c.bounced_at]
        self._connection.execute(
            insert(bounced_addresses)
            .from_select(columns, where)
            .on_conflict_do_update(
                index_elements=[bounced_addresses.c.recipient], set_={"bounced_at": now, "problem": problem}
            )
        )

    def note(self, receipt: Receipt, *, known: bool, now: datetime) -> None:
        self._connection.execute(
            insert(receipts)
            .values(
                provider=receipt.provider,
                provider_id=receipt.provider_id,
                fate=receipt.fate.value,
                problem=receipt.problem,
                known=known,
                received_at=now,
            )
            .on_conflict_do_nothing(constraint="receipts_key")
        )

    def owe_call_unless_also_by_another_channel(self, key: Key, reason: CallReason, *, now: datetime) -> None:
        other = self._connection.execute(
            select(messages.c.id).where(
                messages.c.booking_id == key.booking_id,
                messages.c.revision == key.revision,
                messages.c.rule == key.rule,
                messages.c.channel != key.channel.value,
                messages.c.state != State.FAILED,
                or_(messages.c.state != State.SKIPPED, messages.c.reason.not_in(TELLS_NOTHING)),
                messages.c.receipt.is_distinct_from(Fate.UNDELIVERED),
            )
        ).first()
        if other is None:
            about = booking_known_by(self._connection, key.booking_id, now=now)
            self._connection.execute(
                insert(call_tasks)
                .values(booking_id=about, revision=key.revision, reason=reason.value, made_at=now)
                .on_conflict_do_nothing(constraint="call_tasks_once")
            )


def _is(key: Key) -> ColumnElement[bool]:
    return and_(
        messages.c.booking_id == key.booking_id,
        messages.c.revision == key.revision,
        messages.c.rule == key.rule,
        messages.c.channel == key.channel.value,
    )
