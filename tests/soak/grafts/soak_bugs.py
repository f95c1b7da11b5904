"""Bugs that somebody could have written, by name: which modules each changes, and how.

They are grafted onto running processes by `sitecustomize`; the product's own code has none of them. The others
are changes of the database (`tests/soak/bugs.py`).
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

Graft = Callable[[Any], None]


def event_before_commit(outbox: Any) -> None:
    """The event is written down in a transaction of its own, before that of what it tells."""
    record = outbox.record

    def record_at_once(connection: Any, table: Any, event: Any) -> None:
        with connection.engine.begin() as own:
            record(own, table, event)

    outbox.record = record_at_once


def _call_by_call(postgres_bookings: Any) -> None:
    """Bookings, too, go the way on which each part of a transaction is a call, which a bug can be put into."""
    postgres_bookings.PostgresBookings._in_one_statement = lambda self, work: self._call_by_call(work)


def event_after_commit(postgres_bookings: Any) -> None:
    """The event is written down after the commit of what it tells."""
    pending: list[Any] = []
    module = postgres_bookings
    _call_by_call(module)

    def tell(self: Any, event: Any) -> None:
        pending.append(event)
        self.told = True

    first = module.PostgresBookings.__init__

    def init(self: Any, engine: Any, memory: Any, *, wake: Callable[[], None]) -> None:
        def write_down_and_wake() -> None:
            while pending:
                with engine.begin() as connection:
                    module.record(connection, module.outbox, module.to_event(pending.pop(0)))
            wake()

        first(self, engine, memory, wake=write_down_and_wake)

    module.PostgresTransaction.tell = tell
    module.PostgresBookings.__init__ = init


def commit_failure_swallowed(postgres_bookings: Any) -> None:
    """An error at COMMIT is taken for nothing."""
    module = postgres_bookings

    def once(self: Any, work: Callable[[Any], Any]) -> Any:
        with self._engine.connect() as connection:
            transaction = connection.begin()
            unit = module.PostgresTransaction(connection, self._memory)
            try:
                result = work(unit)
            except BaseException:
                transaction.rollback()
                raise
            module.failpoints.hit("booking.before_commit")
            try:
                transaction.commit()
            except module.DBAPIError:
                return result
        self._wake()
        return result

    module.PostgresBookings._in_one_statement = module.PostgresBookings._call_by_call = once


def retries_not_recognised(postgres_bookings: Any) -> None:
    """Neither the idempotency key nor the hold tells a repeated wish from a new one."""
    _call_by_call(postgres_bookings)
    add = postgres_bookings.PostgresTransaction.add

    def add_anew(self: Any, booking: Any, claims: Any, idempotency: Any) -> None:
        add(self, replace(booking, hold_id=str(uuid.uuid4())), claims, None)

    postgres_bookings.PostgresTransaction.add = add_anew
    postgres_bookings.PostgresBookings.earlier = lambda *_: postgres_bookings.Earlier()


def cancelling_keeps_the_time(postgres_bookings: Any) -> None:
    """A cancelled booking goes on occupying its resources."""
    postgres_bookings.PostgresTransaction.free = lambda *_: None


def undo_takes_nothing_back(postgres_bookings: Any) -> None:
    """A reinstated booking stands without resources."""
    postgres_bookings.PostgresTransaction.allocate_again = lambda *_: None


def token_not_compared(keep_hold: Any) -> None:
    """Any token of ours opens any hold."""
    genuine = keep_hold.genuine

    def anybodys(hold_id: Any, token: str, *, desk: Any) -> Any:
        memory = desk.holds.recall(hold_id)
        return memory.hold if memory is not None else genuine(hold_id, token, desk=desk)

    keep_hold.genuine = anybodys


def hold_never_ends(hold: Any) -> None:
    """A hold that was given out lasts a week."""
    hold.Hold.lasts = property(lambda _: 7 * 24 * 3600)


def ack_before_commit(subscriptions: Any) -> None:
    """An event is acknowledged when it arrives, not when its effect is committed."""
    arrived = subscriptions.Subscribe._arrived

    def acknowledged_at_once(self: Any, message: Any) -> None:
        self.consuming.ack(message)
        arrived(self, message)

    subscriptions.Subscribe._arrived = acknowledged_at_once
    subscriptions.Subscribe._done = lambda _self, _message, _worker, result, problem: (result, problem)


def inbox_off(inbox: Any) -> None:
    """A second delivery is taken for news."""
    receive = inbox.Inbox.receive

    def receive_all(self: Any, wire: Any, apply: Any) -> Any:
        outcome = receive(self, wire, apply)
        if outcome is inbox.Outcome.DUPLICATE:
            return receive(self, {**wire, "id": str(uuid.uuid4())}, apply)
        return outcome

    inbox.Inbox.receive = receive_all


def ledger_without_keys(postgres_ledger: Any) -> None:
    """What is owed is written down without a look at what is owed already."""
    owed = postgres_ledger._owed

    def careless(names: Any) -> Any:
        statement = owed(names)
        statement._post_values_clause = None  # ON CONFLICT
        return statement

    postgres_ledger._owed = careless


def failures_forgotten(inbox: Any) -> None:
    """An event whose effect failed is not tried again."""

    def forget(self: Any, connection: Any, identity: Any, *_: Any) -> Any:
        rows = self._table
        connection.execute(
            rows.update().where(rows.c.id == identity).values(handled_at=self._clock.now(), next_at=None, body=None)
        )
        return inbox.Outcome.HANDLED

    inbox.Inbox._keep = forget


def marked_before_published(relay: Any) -> None:
    """The relay notes that an event is published, and then publishes it."""

    async def publish_some(self: Any, connection: Any) -> int:
        now = self._clock.now()
        async with connection.transaction():
            rows = await connection.fetch(relay._CLAIM, now, relay.BATCH)
            await connection.execute(relay._MARK, now, [row["id"] for row in rows])
        if rows:
            relay.failpoints.hit("relay.before_publish")
            await asyncio.gather(*(self._publish(row) for row in rows))
        return len(rows)

    relay._Relay._publish_some = publish_some


def relay_goes_by_the_last_number(relay: Any) -> None:
    """The relay asks for what is newer than the last it saw, and never sees who committed late."""
    relay._CLAIM = relay._CLAIM.replace("attempts FROM", "attempts, seq FROM").replace(
        "ORDER BY seq",
        "AND seq > (SELECT coalesce(max(seq), 0) FROM outbox WHERE published_at IS NOT NULL) ORDER BY seq",
    )


def state_not_asked(relevance: Any) -> None:
    """The sender does not look at what became of the booking."""
    relevance._stale = lambda _rule, _key, _facts, useful_until, now: (
        relevance.Reason.TOO_LATE if now > useful_until else None
    )


def no_lease(postgres_due: Any) -> None:
    """Senders take what is due without keeping the others off it."""
    postgres_due._CLAIM = postgres_due._CLAIM.replace("state = 'due' AND", "state IN ('due', 'sending') AND").replace(
        "FOR UPDATE SKIP LOCKED", ""
    )
    for name in ("_HAND_OVER", "_SETTLE", "_RELEASE"):
        text = getattr(postgres_due, name)
        text = text.replace("AND lease = $5", "AND $5::uuid IS NOT NULL")
        text = text.replace(" AND lease_until > clock_timestamp() AND handed_over_at IS NULL", "")
        setattr(postgres_due, name, text)


def settled_before_sent(send_due: Any) -> None:
    """The ledger says sent before the provider has been asked."""

    async def send(desk: Any, message: Any, _case: Any, facts: Any, provider: Any) -> None:
        letter = desk.writer.write(send_due.BY_NAME[message.key.rule], message.key, facts, now=desk.clock.now())
        if await desk.due.hand_over(message, send_due._trace(desk, letter, provider)):
            await send_due._settle(desk, message, send_due.State.SENT)
            send_due.failpoints.hit("sender.after_hand_over")
            await provider.send(letter)

    send_due._send = send


def days_by_booking(agenda: Any) -> None:
    """Each booking of a practitioner's day owes a message of its own."""
    days_of = agenda.days_of

    def apart(change: Any) -> Any:
        return tuple(
            (day, replace(that, booking_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{day.id}{change.booking_id}"))))
            for day, that in days_of(change)
        )

    agenda.days_of = apart


def staff_forgotten(plan: Any) -> None:
    """What is owed to staff is left out."""
    owed_by = plan.owed_by

    def to_guests(change: Any, rules: Any = plan.RULES) -> Any:
        return tuple(each for each in owed_by(change, rules) if each.key.recipient == "guest")

    plan.owed_by = to_guests


def waiting_untold(postgres_bookings: Any) -> None:
    """Who begins to wait is written down, and nobody hears of it."""
    tell = postgres_bookings.PostgresTransaction.tell

    def all_but_that(self: Any, event: Any) -> None:
        if event.name != "booking.waitlist_joined.v1":
            tell(self, event)

    postgres_bookings.PostgresTransaction.tell = all_but_that


_BOOKINGS = "booking.adapters.postgres_bookings"
GRAFTS: dict[str, dict[str, Callable[[Any], None]]] = {
    "event_before_commit": {"messaging.outbox": event_before_commit, _BOOKINGS: _call_by_call},
    "event_after_commit": {_BOOKINGS: event_after_commit},
    "commit_failure_swallowed": {_BOOKINGS: commit_failure_swallowed},
    "retries_not_recognised": {_BOOKINGS: retries_not_recognised},
    "cancelling_keeps_the_time": {_BOOKINGS: cancelling_keeps_the_time},
    "undo_takes_nothing_back": {_BOOKINGS: undo_takes_nothing_back},
    "token_not_compared": {"booking.application.keep_hold": token_not_compared},
    "hold_never_ends": {"booking.domain.hold": hold_never_ends},
    "ack_before_commit": {"messaging.nameko_ext.subscriptions": ack_before_commit},
    "inbox_off": {"messaging.inbox": inbox_off, "notifications.adapters.postgres_ledger": ledger_without_keys},
    "failures_forgotten": {"messaging.inbox": failures_forgotten},
    "marked_before_published": {"messaging.relay": marked_before_published},
    "relay_goes_by_the_last_number": {"messaging.relay": relay_goes_by_the_last_number},
    "state_not_asked": {"notifications.domain.relevance": state_not_asked},
    "no_lease": {"notifications.adapters.postgres_due": no_lease},
    "days_by_booking": {"notifications.domain.agenda": days_by_booking},
    "staff_forgotten": {"notifications.domain.plan": staff_forgotten},
    "waiting_untold": {_BOOKINGS: waiting_untold},
    "settled_before_sent": {"notifications.application.send_due": settled_before_sent},
}
