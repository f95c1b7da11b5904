"""The ledger in PostgreSQL, on the connection and in the transaction of whoever holds it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, column, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

from notifications.adapters.message_keys import key_of
from notifications.adapters.tables import bookings, messages, series_bookings
from notifications.application.ports import Entry, Line, Wanted
from notifications.domain.receipt import Fate, stands
from notifications.domain.values import BookingId, Change, LocationId, Owed, Reason, State


class PostgresLedger:
    """The `Ledger` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def advance(self, change: Change) -> int:
        known = {"booking_id": change.booking_id, "revision": change.revision}
        latest = int(self._connection.execute(_ADVANCED, known).scalar_one())
        if change.series_id is not None:
            of = {"booking_id": change.booking_id, "series_id": change.series_id}
            self._connection.execute(_OF_SERIES, of)
        return latest

    def void_before(self, booking_id: BookingId, revision: int) -> None:
        doubtful = messages.c.unknown > 0
        self._connection.execute(
            update(messages)
            .where(
                messages.c.booking_id == booking_id,
                messages.c.revision < revision,
                or_(
                    messages.c.state == State.DUE,
                    (messages.c.state == State.SENDING) & messages.c.handed_over_at.is_(None),
                ),
            )
            .values(
                state=case((doubtful, State.UNCERTAIN), else_=State.SKIPPED),
                reason=case((doubtful, Reason.OUTCOME_UNKNOWN), else_=Reason.SUPERSEDED),
                lease=None,
                lease_until=None,
            )
        )

    def owe(self, owed: Sequence[Owed], *, correlation_id: str, now: datetime) -> None:
        if owed:
            rows = [_row(message, correlation_id=correlation_id, now=now) for message in owed]
            self._connection.execute(_owed(tuple(rows[0])), {"rows": rows})

    def of_booking(self, booking_id: BookingId) -> list[Entry]:
        series = select(series_bookings.c.series_id).where(series_bookings.c.booking_id == booking_id).scalar_subquery()
        rows = self._connection.execute(
            select(messages)
            .where(or_(messages.c.booking_id == booking_id, messages.c.booking_id == series))
            .order_by(messages.c.revision, messages.c.due_at, messages.c.rule, messages.c.channel)
        ).mappings()
        return [_entry(row) for row in rows]


def _row(message: Owed, *, correlation_id: str, now: datetime) -> dict[str, Any]:
    return {
        "booking_id": message.key.booking_id,
        "revision": message.key.revision,
        "rule": message.key.rule,
        "channel": message.key.channel.value,
        "recipient_kind": message.key.recipient.value,
        "modality": message.modality,
        "practitioner_id": message.practitioner_id,
        "location_id": message.location_id,
        "state": State.SKIPPED.value if message.skipped else State.DUE.value,
        "reason": message.skipped.value if message.skipped else None,
        "start": message.start.isoformat(),
        "due_at": message.due_at.isoformat(),
        "useful_until": message.useful_until.isoformat(),
        "instead_after": None if message.instead_after is None else f"{message.instead_after.total_seconds()} seconds",
        "correlation_id": correlation_id,
        "created_at": now.isoformat(),
    }


def _advanced() -> ReturningInsert[int]:
    row = insert(bookings)
    return row.on_conflict_do_update(
        index_elements=[bookings.c.booking_id],
        # Updated even when it stays: that locks the row, and with it the booking, until the end.
        set_={"revision": func.greatest(bookings.c.revision, row.excluded.revision)},
    ).returning(bookings.c.revision)


@cache
def _owed(names: tuple[str, ...]) -> Insert:
    """Every row of a change, of these columns, in one message; one that is there already stays, but for a day's.

    A further booking of a day may make its message come due earlier, or be owed although others came too late.
    """
    sent = [column(name, messages.c[name].type) for name in names]
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(*sent).render_derived(with_types=True)
    # In one order, so that two bookings of the same practitioners or series never wait for each other.
    ordered = select(rows).order_by(rows.c.booking_id, rows.c.rule, rows.c.channel)
    row = insert(messages).from_select(names, ordered, include_defaults=False)
    new, spared = row.excluded, (messages.c.state == State.SKIPPED)
    owed_after_all = spared & or_(
        (messages.c.reason == Reason.MADE_INSIDE_WINDOW) & new.reason.is_distinct_from(Reason.MADE_INSIDE_WINDOW),
        # Switched on again meanwhile, though not for what has come due until then.
        (messages.c.reason == Reason.RULE_OFF) & (new.state == State.DUE) & (new.due_at > new.created_at),
    )
    same = (messages.c.state == new.state) & messages.c.reason.is_not_distinct_from(new.reason)
    open_ = or_(messages.c.state == State.DUE, spared & (messages.c.reason == Reason.RULE_OFF))
    return row.on_conflict_do_update(
        constraint="messages_key",
        set_={"state": new.state, "reason": new.reason, "due_at": new.due_at},
        where=messages.c.practitioner_id.is_not(None)
        & or_(owed_after_all, open_ & same & (new.due_at < messages.c.due_at)),
    )


# Made once, as `_owed`: making a statement costs more than sending it.
_ADVANCED = _advanced()
_OF_SERIES = insert(series_bookings).on_conflict_do_nothing()


def lines(connection: Connection, wanted: Wanted) -> list[Line]:
    """The newest lines of the whole ledger that are wanted, by falling number."""
    asked = {
        messages.c.rule: wanted.rule,
        messages.c.channel: wanted.channel,
        messages.c.location_id: wanted.location_id,
        messages.c.booking_id: wanted.booking_id,
        messages.c.practitioner_id: wanted.practitioner_id,
        _STANDING: wanted.state,
    }
    query = select(messages).order_by(messages.c.id.desc()).limit(wanted.limit)
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    if wanted.since is not None:
        query = query.where(messages.c.due_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(messages.c.due_at < wanted.until)
    if wanted.before is not None:
        query = query.where(messages.c.id < wanted.before)
    return [
        Line(
            number=row["id"],
            location_id=LocationId(row["location_id"]),
            entry=_entry(row),
            practitioner_id=row["practitioner_id"],
        )
        for row in connection.execute(query).mappings()
    ]


# `domain.receipt.stands` in SQL; a test holds the two together.
_STANDING = case(
    (messages.c.state.not_in([State.SENDING, State.SENT, State.UNCERTAIN]), messages.c.state),
    (messages.c.receipt == Fate.DELIVERED, State.DELIVERED),
    (messages.c.receipt == Fate.UNDELIVERED, State.FAILED),
    ((messages.c.receipt == Fate.ACCEPTED) & (messages.c.state == State.UNCERTAIN), State.SENT),
    else_=messages.c.state,
)


def _entry(row: RowMapping) -> Entry:
    state, reason = stands(
        State(row["state"]),
        Reason(row["reason"]) if row["reason"] else None,
        Fate(row["receipt"]) if row["receipt"] else None,
    )
    return Entry(
        key=key_of(row),
        state=state,
        reason=reason,
        due_at=row["due_at"],
        sent_at=row["sent_at"],
        attempts=row["attempts"],
        provider=row["provider"],
        provider_id=row["provider_id"],
        receipt_at=row["receipt_at"],
        problem=row["receipt_problem"],
        segments=row["segments"],
        cost=row["cost"],
        currency=row["cost_currency"],
    )
