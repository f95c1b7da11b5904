"""Ports without a network: a ledger in memory, a booking service that says what it is told, a provider that notes."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from notifications.application.ports import (
    Answer,
    BookingAway,
    Claimed,
    Entry,
    LedgerAway,
    Letter,
    Trace,
    Unwritable,
)
from notifications.domain.agenda import Day
from notifications.domain.declined import Declined
from notifications.domain.facts import Facts
from notifications.domain.fallback import Text
from notifications.domain.outcome import Accepted, Outcome, Repeats
from notifications.domain.receipt import Fate
from notifications.domain.relevance import Told
from notifications.domain.rules import Rule
from notifications.domain.staff import Contact, Post
from notifications.domain.values import TELLS_NOTHING, BookingId, CallReason, Change, Channel, Key, Owed, Reason, State


@dataclass(slots=True, kw_only=True)
class Row:
    owed: Owed
    state: State
    reason: Reason | None
    due_at: datetime
    not_before: datetime
    correlation_id: str
    lease: str | None = None
    lease_until: datetime | None = None
    handed_over: bool = False
    attempts: int = 0
    unknown: int = 0
    sent_at: datetime | None = None
    provider_id: str | None = None
    problem: str | None = None
    trace: Trace | None = None
    fate: Fate | None = None


@dataclass(slots=True)
class MemoryLedger:
    """The `Ledger` and the `DueMessages` over the same rows. `real` is the time that leases and waits go by."""

    rows: dict[Key, Row] = field(default_factory=dict)
    revisions: dict[BookingId, int] = field(default_factory=dict)
    real: datetime = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    lease: timedelta = timedelta(seconds=30)
    quiet: set[str] = field(default_factory=set)
    calls: list[tuple[BookingId, int, CallReason]] = field(default_factory=list)
    dead: set[bytes] = field(default_factory=set)
    unwanted: set[Declined] = field(default_factory=set)
    series: dict[BookingId, BookingId] = field(default_factory=dict)
    away: int = 0  # how many of the next calls find nobody home

    def advance(self, change: Change) -> int:
        if change.series_id is not None:
            self.series[change.booking_id] = change.series_id
        known = max(self.revisions.get(change.booking_id, 0), change.revision)
        self.revisions[change.booking_id] = known
        return known

    def void_before(self, booking_id: BookingId, revision: int) -> None:
        for key, row in self.rows.items():
            in_hand = row.state is State.SENDING and row.handed_over
            if key.booking_id != booking_id or key.revision >= revision or in_hand:
                continue
            if row.state in (State.DUE, State.SENDING):
                row.state = State.UNCERTAIN if row.unknown else State.SKIPPED
                row.reason = Reason.OUTCOME_UNKNOWN if row.unknown else Reason.SUPERSEDED
                row.lease = None

    def owe(self, owed: Sequence[Owed], *, correlation_id: str, now: datetime) -> None:
        for message in owed:
            row = Row(
                owed=message,
                state=State.SKIPPED if message.skipped else State.DUE,
                reason=message.skipped,
                due_at=message.due_at,
                not_before=self.real,
                correlation_id=correlation_id,
            )
            kept = self.rows.setdefault(message.key, row)
            if message.practitioner_id is not None and _adds(row, kept, now):
                kept.state, kept.reason, kept.due_at = row.state, row.reason, row.due_at

    def of_booking(self, booking_id: BookingId) -> list[Entry]:
        entries = [
            Entry(
                key=key,
                state=row.state,
                reason=row.reason,
                due_at=row.due_at,
                sent_at=row.sent_at,
                attempts=row.attempts,
                problem=row.problem,
            )
            for key, row in self.rows.items()
            if key.booking_id in (booking_id, self.series.get(booking_id))
        ]
        return sorted(entries, key=lambda e: (e.key.revision, e.due_at, e.key.rule, e.key.channel.value))

    async def claim(self, channel: Channel, *, now: datetime, limit: int) -> list[Claimed]:
        self._answer()
        for row in self.rows.values():
            if row.state is State.SENDING and row.lease_until is not None and row.lease_until < self.real:
                row.unknown += row.handed_over
                row.state, row.lease, row.handed_over, row.not_before = State.DUE, None, False, self.real
        due = sorted(
            (
                (key, row)
                for key, row in self.rows.items()
                if row.state is State.DUE and key.channel is channel
                if row.due_at <= now and row.not_before <= self.real
            ),
            key=lambda item: item[1].due_at,
        )
        places = Counter(row.owed.location_id for _, row in due)
        share = max(1, limit // max(1, len(places)))
        taken: Counter[str] = Counter()
        due = [item for item in due if (taken.update([where := item[1].owed.location_id]) or taken[where]) <= share]
        due = due[:limit]
        lease = str(uuid.uuid4())
        for _, row in due:
            row.state, row.lease, row.lease_until = State.SENDING, lease, self.real + self.lease
            row.handed_over = False
        return [
            Claimed(
                key=key,
                lease=lease,
                start=row.owed.start,
                useful_until=row.owed.useful_until,
                attempts=row.attempts,
                unknown=row.unknown,
                correlation_id=row.correlation_id,
                instead_after=row.owed.instead_after,
                day=_day(key, row.owed),
            )
            for key, row in due
        ]

    async def told(self, claimed: Collection[Claimed]) -> Mapping[Key, list[Told]]:
        self._answer()
        return {
            message.key: [
                Told(rule=key.rule, revision=key.revision, start=row.owed.start, state=state)
                for key, row in self.rows.items()
                if (key.booking_id, key.channel) == (message.key.booking_id, message.key.channel)
                if key.revision < message.key.revision
                if (state := self._told(row)) is not None
            ]
            for message in claimed
        }

    def _told(self, row: Row) -> State | None:
        if row.state in (State.SENT, State.UNCERTAIN):
            return row.state
        if row.reason is Reason.TOLD_WITH_SERIES and row.handed_over:
            return State.SENT
        open_ = row.state in (State.DUE, State.SENDING)
        return State.SENDING if (open_ and row.unknown) or (row.state is State.SENDING and row.handed_over) else None

    async def texts(self, claimed: Collection[Claimed]) -> Mapping[Key, Text]:
        self._answer()
        found = {
            message.key: self.rows.get(replace(message.key, channel=Channel.SMS))
            for message in claimed
            if message.instead_after is not None
        }
        return {
            key: Text(state=row.state, reason=row.reason, due_at=row.due_at, sent_at=row.sent_at, fate=row.fate)
            for key, row in found.items()
            if row is not None
        }

    async def silenced(self, numbers: AbstractSet[str]) -> AbstractSet[str]:
        self._answer()
        return self.quiet & numbers

    async def bounced(self, recipients: AbstractSet[bytes], *, now: datetime) -> AbstractSet[bytes]:
        self._answer()
        return self.dead & recipients

    async def mark_bounced(self, recipient: bytes, problem: str, *, now: datetime) -> None:
        self._answer()
        self.dead.add(recipient)

    async def declined(self, asked: AbstractSet[Declined]) -> AbstractSet[Declined]:
        self._answer()
        return self.unwanted & asked

    async def also_owed(self, claimed: Claimed) -> bool:
        self._answer()
        mine = claimed.key
        return any(
            row.state is not State.FAILED
            and not (row.state is State.SKIPPED and row.reason in TELLS_NOTHING)
            and row.fate is not Fate.UNDELIVERED
            for key, row in self.rows.items()
            if replace(key, channel=mine.channel) == mine and key.channel is not mine.channel
        )

    async def owe_call(self, claimed: Claimed, reason: CallReason, *, now: datetime) -> None:
        self._answer()
        series = [session for session, series in self.series.items() if series == claimed.key.booking_id]
        series.sort(key=lambda each: min(row.owed.start for key, row in self.rows.items() if key.booking_id == each))
        owed = ((*series, claimed.key.booking_id)[0], claimed.key.revision, reason)
        if owed not in self.calls:
            self.calls.append(owed)

    async def hand_over(self, claimed: Claimed, trace: Trace | None = None) -> bool:
        row = self._ours(claimed)
        if row is None or row.handed_over or row.lease_until is None or row.lease_until <= self.real:
            return False
        row.handed_over, row.lease_until, row.trace = True, self.real + self.lease, trace
        row.attempts += 1
        return True

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
        row = self._ours(claimed)
        for key, one in self.rows.items():
            if key.booking_id in told and key.channel is claimed.key.channel and one.reason is Reason.TOLD_WITH_SERIES:
                one.handed_over = True
        if row is not None:
            row.state, row.reason, row.provider_id, row.lease = state, reason, provider_id, None
            row.sent_at = now if state is State.SENT else None
            row.problem = problem

    async def release(
        self, claimed: Claimed, *, wait: timedelta, due_at: datetime | None = None, doubtful: bool = False
    ) -> None:
        row = self._ours(claimed)
        if row is not None:
            row.state, row.lease, row.handed_over = State.DUE, None, False
            row.not_before, row.due_at = self.real + wait, due_at or row.due_at
            row.unknown += doubtful

    def _ours(self, claimed: Claimed) -> Row | None:
        self._answer()
        row = self.rows[claimed.key]
        return row if row.state is State.SENDING and row.lease == claimed.lease else None

    def _answer(self) -> None:
        if self.away:
            self.away -= 1
            raise LedgerAway("not now")


def _adds(new: Row, kept: Row, now: datetime) -> bool:
    """Whether a further booking of a day changes what it owes."""
    window, off = Reason.MADE_INSIDE_WINDOW, Reason.RULE_OFF
    if kept.reason is window:
        return new.reason is not window
    if kept.reason is off and new.state is State.DUE:
        return new.due_at > now
    open_ = kept.state is State.DUE or kept.reason is off
    return open_ and (kept.state, kept.reason) == (new.state, new.reason) and new.due_at < kept.due_at


def _day(key: Key, owed: Owed) -> Day | None:
    if owed.practitioner_id is None:
        return None
    return Day(
        id=key.booking_id,
        practitioner_id=owed.practitioner_id,
        location_id=owed.location_id,
        since=owed.start,
        until=owed.useful_until,
    )


@dataclass(slots=True)
class FakeBookings:
    """Booking, saying what it is told to say."""

    known: dict[BookingId, Facts] = field(default_factory=dict)
    away: bool = False
    unreadable: set[BookingId] = field(default_factory=set)
    questions: list[AbstractSet[BookingId]] = field(default_factory=list)

    async def facts(self, booking_ids: AbstractSet[BookingId], days: Collection[Day] = ()) -> Answer:
        self.questions.append(booking_ids)
        if self.away:
            raise BookingAway("not now")
        asked = [*booking_ids, *(day.id for day in days)]
        found = {key: self.known[key] for key in asked if key in self.known}
        return Answer(facts=found, unreadable=self.unreadable)


@dataclass(slots=True)
class FakeProvider:
    """Notes what it gets; answers what stands next in `answers`, else that it took it."""

    repeats: Repeats = Repeats.ONCE
    name: str = "fake"
    answers: list[Outcome] = field(default_factory=list)
    got: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Outcome:
        self.got.append(letter)
        return self.answers.pop(0) if self.answers else Accepted("p-1")

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass(slots=True)
class PlainWriter:
    """Writes the rule's name."""

    broken: bool = False

    def write(self, rule: Rule, key: Key, facts: Facts, *, now: datetime) -> Letter:
        if self.broken:
            raise Unwritable("en/confirmation/sms.txt")
        to = facts.guest.address(key.channel) or ""
        return Letter(key=key, written_at=now, to=to, to_name=facts.guest.name, text=rule.name)


class FakeContacts:
    """The `Contacts`: those it was made with."""

    def __init__(self, known: Mapping[Post, Contact]) -> None:
        self.known = dict(known)

    async def of(self, posts: AbstractSet[Post]) -> Mapping[Post, Contact]:
        return {post: contact for post, contact in self.known.items() if post in posts}
