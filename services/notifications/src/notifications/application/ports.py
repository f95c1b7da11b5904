"""What the use cases need from outside: the ledger, booking, writers and providers."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from notifications.domain.agenda import Day
from notifications.domain.allowance import Budget, Granted, TooMuch
from notifications.domain.declined import Declined
from notifications.domain.facts import Facts
from notifications.domain.fallback import Text
from notifications.domain.outcome import Outcome, Repeats
from notifications.domain.relevance import Told
from notifications.domain.rules import Rule
from notifications.domain.staff import Contact, Post
from notifications.domain.values import BookingId, CallReason, Change, Channel, Key, LocationId, Owed, Reason, State


class LedgerAway(Exception):
    """The ledger's database does not answer. Whatever was asked of it may or may not have happened."""


class BookingAway(Exception):
    """Booking did not answer in time, or not in a way that can be read."""


class Unwritable(Exception):
    """A template and the facts do not go together; the message names the template, never a guest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger, for people. It holds neither contact nor text.

    `state` and `reason` take the provider's receipt into account; `problem` is the code that it gave.
    """

    key: Key
    state: State
    reason: Reason | None
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    provider: str | None = None
    provider_id: str | None = None
    receipt_at: datetime | None = None
    problem: str | None = None
    segments: int | None = None
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry with its place in the whole ledger: newer lines have higher numbers."""

    number: int
    location_id: LocationId
    entry: Entry
    practitioner_id: str | None = None
    """Whose day it is about, if it is about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines of the ledger: None is any. Of the due times `since` is included, `until` is not."""

    state: State | None = None
    rule: str | None = None
    channel: Channel | None = None
    location_id: LocationId | None = None
    booking_id: BookingId | None = None
    practitioner_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the service is doing. The sender was seen in real time, by the clock that also says `real_now`."""

    sender_seen_at: datetime | None
    real_now: datetime
    parked: int
    due: int
    oldest_due_at: datetime | None
    budgets: Sequence[Budget] = ()


class Ledger(Protocol):
    """The messages owed, as the planner sees them: inside the transaction of the event's inbox row."""

    def advance(self, change: Change) -> int:
        """Note the booking's revision, and its series, and return the highest revision known, this one included.

        Until the transaction ends nobody else advances the same booking.
        """

    def void_before(self, booking_id: BookingId, revision: int) -> None:
        """Skip, as superseded, what earlier revisions owe and no provider has in hand."""

    def owe(self, owed: Sequence[Owed], *, correlation_id: str, now: datetime) -> None:
        """Write the messages down; those already there stay as they are.

        But for those about a day, to which every booking adds: it is owed if any of them owes it, and due at the
        earliest of their times, whichever is heard of first.
        """

    def of_booking(self, booking_id: BookingId) -> list[Entry]:
        """Everything owed about one booking, and about the series it was booked with, in the order of its times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that this sender has to itself until its lease ends.

    `attempts` counts hand-overs to a provider so far; `unknown` those whose outcome nobody knows. `instead_after` as
    in `Owed`.
    """

    key: Key
    lease: str
    start: datetime
    useful_until: datetime
    attempts: int
    unknown: int
    correlation_id: str
    instead_after: timedelta | None = None
    day: Day | None = None
    """What it is about, if that is a practitioner's day and no booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the ledger keeps of a message that was handed over: enough to know an answer to it, no contact.

    `recipient` is a keyed digest of the address; `segments` are what networks bill a text as.
    """

    recipient: bytes | None = None
    language: str | None = None
    segments: int | None = None
    provider: str | None = None


class DueMessages(Protocol):
    """The messages owed, as senders see them. Every method may raise `LedgerAway`."""

    async def claim(self, channel: Channel, *, now: datetime, limit: int) -> list[Claimed]:
        """Take up to `limit` messages that are due; no two senders get the same one while its lease lasts."""

    async def told(self, claimed: Collection[Claimed]) -> Mapping[Key, list[Told]]:
        """For each message, the earlier ones to the same guest that went out, may have, or are about to."""

    async def texts(self, claimed: Collection[Claimed]) -> Mapping[Key, Text]:
        """For each message that may take a text's place, that text, where there is one."""

    async def silenced(self, numbers: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the numbers whose owners asked for no more texts."""

    async def bounced(self, recipients: AbstractSet[bytes], *, now: datetime) -> AbstractSet[bytes]:
        """Those of the e-mail addresses, by their digests, from which a message came back not long ago."""

    async def mark_bounced(self, recipient: bytes, problem: str, *, now: datetime) -> None:
        """Note that nothing arrives there."""

    async def declined(self, asked: AbstractSet[Declined]) -> AbstractSet[Declined]:
        """Those of them that guests do without."""

    async def hand_over(self, claimed: Claimed, trace: Trace | None = None) -> bool:
        """Note that the provider gets it now, and renew the lease; False if it is no longer ours to send."""

    async def also_owed(self, claimed: Claimed) -> bool:
        """Whether the same is owed on another channel too, was sent there, or needed no telling."""

    async def owe_call(self, claimed: Claimed, reason: CallReason, *, now: datetime) -> None:
        """Ask staff to call the guest, once for each reason and revision of a booking.

        About a series: under the booking of its first session, which staff can look up.
        """

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
        """Give it its final state; nothing happens if it is no longer ours. `problem` is a code of its provider's.

        `told` are the sessions that it spoke of, if it was about a series: from then on their guest knows of each.
        """

    async def release(
        self, claimed: Claimed, *, wait: timedelta, due_at: datetime | None = None, doubtful: bool = False
    ) -> None:
        """Give it back, to be claimed again after `wait` of real time, and not before `due_at` if given.

        `doubtful` when it may have reached the guest all the same.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What booking said. A booking, or a day, in neither is one that it does not know."""

    facts: Mapping[BookingId, Facts]
    unreadable: Collection[BookingId] = ()


class Contacts(Protocol):
    """How staff are reached."""

    async def of(self, posts: AbstractSet[Post]) -> Mapping[Post, Contact]:
        """Those of them who can be; may raise `LedgerAway`."""


class Bookings(Protocol):
    """Booking, as far as messages need it."""

    async def facts(self, booking_ids: AbstractSet[BookingId], days: Collection[Day] = ()) -> Answer:
        """State and contact of the bookings, in one question, and what stands on the days, in another.

        Or `BookingAway`; days that alone cannot be learnt are unreadable.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message, written in `language`. `html`, `attachment` and `subject` are for channels that carry them.

    With `unsubscribe_url` a POST there ends messages of this kind (RFC 8058).
    """

    key: Key
    written_at: datetime
    to: str
    to_name: str
    text: str
    subject: str = ""
    html: str = ""
    attachment: Attachment | None = None
    language: str = ""
    unsubscribe_url: str = ""


class Writer(Protocol):
    """Writes messages in the guest's language."""

    def write(self, rule: Rule, key: Key, facts: Facts, *, now: datetime) -> Letter:
        """The message to the guest, true at `now`; raises `Unwritable`."""


class Allowance(Protocol):
    """How much more one provider may be given. May raise `LedgerAway`."""

    async def take(self, units: int) -> Granted | TooMuch:
        """Count these units, or say how long to wait and count nothing."""

    async def give_back(self, units: int) -> None:
        """The provider did not take them after all: they cost nothing of the day's budget."""


class Provider(Protocol):
    """Carries messages on one channel. `repeats` says what may be done when nobody knows what became of one."""

    @property
    def name(self) -> str: ...

    @property
    def repeats(self) -> Repeats: ...

    async def send(self, letter: Letter) -> Outcome:
        """Hand it over and say what became of it; raises nothing that a network or a provider can cause."""

    async def close(self) -> None:
        """Let go of connections."""
