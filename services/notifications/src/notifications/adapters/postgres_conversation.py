"""What guests answered, in PostgreSQL, on the connection and in the transaction of whoever holds it."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.adapters.digests import Digests
from notifications.adapters.first_session import booking_known_by
from notifications.adapters.tables import call_tasks, heard_texts, messages, silenced_numbers
from notifications.application.conversation import About, Call, Confirmed, Heard, Incoming
from notifications.domain.answers import Said
from notifications.domain.rules import RULES
from notifications.domain.values import BookingId, CallReason

_END_IT = [rule.name for rule in RULES if rule.state == "cancelled"]


class PostgresConversation:
    """The `Conversation` of one transaction."""

    def __init__(self, connection: Connection, digests: Digests) -> None:
        self._connection = connection
        self._digests = digests

    def about(self, number: str, *, now: datetime) -> About | None:
        later = messages.alias("later")
        told_off = (
            select(later.c.id)
            .where(
                later.c.booking_id == messages.c.booking_id,
                later.c.revision > messages.c.revision,
                later.c.rule.in_(_END_IT),
                later.c.sent_at.is_not(None),
            )
            .exists()
        )
        row = self._connection.execute(
            select(messages.c.booking_id, messages.c.revision, messages.c.language)
            .where(
                messages.c.recipient == self._digests.of(number),
                messages.c.start > now,
                messages.c.rule.not_in(_END_IT),
                ~told_off,
            )
            .order_by(messages.c.handed_over_at.desc().nulls_last(), messages.c.id.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        about = booking_known_by(self._connection, BookingId(row.booking_id), now=now)
        return About(booking_id=about, revision=row.revision, language=row.language)

    def hear(self, incoming: Incoming, heard: Heard, *, now: datetime) -> bool:
        about = heard.about
        added = self._connection.execute(
            insert(heard_texts)
            .values(
                provider=incoming.provider,
                provider_id=incoming.provider_id,
                said=heard.said.value,
                length=heard.length,
                booking_id=about and about.booking_id,
                revision=about and about.revision,
                language=about and about.language,
                heard_at=now,
            )
            .on_conflict_do_nothing(constraint="heard_texts_key")
            .returning(heard_texts.c.provider_id)
        )
        return added.first() is not None

    def silence(self, number: str, *, now: datetime) -> None:
        row = insert(silenced_numbers).values(number=number, silenced_at=now)
        self._connection.execute(
            row.on_conflict_do_update(
                index_elements=[silenced_numbers.c.number],
                set_={"silenced_at": now, "restored_at": None},
                where=silenced_numbers.c.restored_at.is_not(None),
            )
        )

    def restore(self, number: str, *, now: datetime) -> None:
        self._connection.execute(
            update(silenced_numbers)
            .where(silenced_numbers.c.number == number, silenced_numbers.c.restored_at.is_(None))
            .values(restored_at=now)
        )

    def owe_call(self, about: About, reason: CallReason, *, now: datetime) -> None:
        row = insert(call_tasks).values(
            booking_id=about.booking_id, revision=about.revision, reason=reason.value, made_at=now
        )
        self._connection.execute(
            row.on_conflict_do_update(
                constraint="call_tasks_once",
                set_={"made_at": now, "done_at": None},
                where=call_tasks.c.done_at.is_not(None),
            )
        )

    def confirmations(self, booking_id: BookingId) -> list[Confirmed]:
        rows = self._connection.execute(
            select(heard_texts.c.revision, func.min(heard_texts.c.heard_at).label("first"))
            .where(heard_texts.c.booking_id == booking_id, heard_texts.c.said == Said.CONFIRM.value)
            .group_by(heard_texts.c.revision)
            .order_by(heard_texts.c.revision)
        )
        return [Confirmed(revision=row.revision, confirmed_at=row.first) for row in rows]

    def calls(self, *, limit: int) -> list[Call]:
        rows = self._connection.execute(
            select(call_tasks)
            .where(call_tasks.c.done_at.is_(None))
            .order_by(call_tasks.c.made_at, call_tasks.c.id)
            .limit(limit)
        )
        return [
            Call(
                id=row.id,
                booking_id=BookingId(row.booking_id),
                revision=row.revision,
                reason=CallReason(row.reason),
                made_at=row.made_at,
            )
            for row in rows
        ]

    def call_done(self, call_id: int, *, now: datetime) -> bool:
        done = self._connection.execute(
            update(call_tasks)
            .where(call_tasks.c.id == call_id)
            .values(done_at=func.coalesce(call_tasks.c.done_at, now))
            .returning(call_tasks.c.id)
        )
        return done.first() is not None
