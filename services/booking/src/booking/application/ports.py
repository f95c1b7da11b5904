"""What the use cases need of the world, and nothing about how it is done."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, Protocol, TypeVar

from booking.application.diary_ports import Diaries
from booking.application.series_ports import SeriesShelf, SeriesUnit
from booking.application.therapy_ports import Therapy, TherapyUnit
from booking.application.waitlist_ports import Demand, Waitlist, WaitlistUnit
from booking.domain.audit import Note
from booking.domain.availability import Busy
from booking.domain.block import Block
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import Clinic
from booking.domain.displacement import Displaced, Standing
from booking.domain.events import Happened
from booking.domain.guest import Guest, ParsePhone
from booking.domain.hold import Hold, HoldState
from booking.domain.ids import BlockId, BookingId, HoldId, LocationId, ResourceId
from booking.domain.need_rules import Rules
from booking.domain.patience import Patience
from booking.domain.ranges import Range

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class StorageAway(Exception):
    """The database is out of reach, and nothing was changed. Anything that reads or writes may raise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """Which resources to look at, within which time, and what for."""

    subject: T
    resource_ids: Sequence[ResourceId]
    during: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[T]):
    """The newest version of the clinic, the question's subject judged by it, and what is allocated."""

    clinic: Clinic
    subject: T
    busy: Busy


class Calendar(Protocol):
    """The clinic as booking knows it, and what is allocated of it. Refuses `not_ready` until the catalog was loaded."""

    def known(self) -> Clinic:
        """Return the version in memory, which may be a moment old: for names, never for rules."""
        ...

    def look(self, plan: Callable[[Clinic], Question[T]]) -> Reading[T]:
        """Answer the question that `plan` makes of the newest version.

        `plan` may be asked more than once; what it refuses stands only if the version it judged was the newest.
        """
        ...

    def allocated(self, resource_ids: Sequence[ResourceId], during: Range) -> frozenset[ResourceId]:
        """Return which of the resources are allocated at any time within `during`."""
        ...


class HoldsAway(Exception):
    """The memory of holds is out of reach: go on without it, less politely."""


class Outcome(Enum):
    """How an attempt to claim or keep a hold ended."""

    CLAIMED = "claimed"
    """It was not ours, and now is (again)."""
    KEPT = "kept"
    """It was ours, and still is."""
    REPEATED = "repeated"
    """The same request was answered before; this is that answer."""
    REUSED = "reused"
    """The same idempotency key was used for another request."""
    TAKEN = "taken"
    """Another hold overlaps."""
    EXPIRED = "expired"
    RELEASED = "released"
    BOOKED = "booked"
    STRANGER = "stranger"
    """The hold of this identity is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome, the hold with its times as they now stand, and who was in the way."""

    outcome: Outcome
    hold: Hold
    taken: frozenset[ResourceId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of a hold."""

    state: HoldState
    hold: Hold
    body_hash: str


class Holds(Protocol):
    """The memory of holds, in real time. Every call is atomic and may raise `HoldsAway`."""

    def claim(self, hold: Hold, *, body_hash: str) -> Answer:
        """Claim all of its resources for `hold.lasts`, or none: CLAIMED, TAKEN, or REPEATED or REUSED if it exists."""
        ...

    def keep(self, hold: Hold, *, lasts: int, reclaim: bool) -> Answer:
        """Let it last at least `lasts` more seconds (never past `extendable_until` unless reclaiming).

        KEPT; CLAIMED if it had been forgotten, or had expired and `reclaim` is set; TAKEN; EXPIRED; RELEASED; BOOKED;
        STRANGER.
        The hold's resources may differ from those claimed before.
        """
        ...

    def settle(self, hold: Hold, state: HoldState) -> bool:
        """Give its resources up and remember that it was released or booked; False if it is a stranger's."""
        ...

    def forget(self, hold: Hold) -> None:
        """Give its resources up as if it had never been."""
        ...

    def recall(self, hold_id: HoldId) -> Memory | None:
        """Return what is remembered of it, if anything."""
        ...

    def taken(self, resource_ids: Sequence[ResourceId], during: Range, *, but: HoldId | None = None) -> Busy:
        """Return what living holds claim of the resources within `during`, one's own left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """A request's identity: who asks for what (`scope`), under which key, with which body."""

    scope: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What came of the same request, or of the same hold, before."""

    booking: Booking | None = None
    key_reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """A claim that stands, and whose it is: a `booking`, a `block` or a `lease` of that id."""

    kind: str
    id: str
    claim: Claim


class Taken(Exception):
    """An allocation overlaps; the transaction was rolled back."""


class OftenMissed(Exception):
    """Its guest has often stayed away; the transaction was rolled back."""


class AlreadyMade(Exception):
    """The hold or the idempotency key has made a booking meanwhile; the transaction was rolled back."""


class Transaction(Protocol):
    """One unit of work on the truth. Any exception rolls it back."""

    @property
    def waitlist(self) -> WaitlistUnit:
        """Those who wait, in this unit of work."""
        ...

    @property
    def series(self) -> SeriesUnit:
        """Series, in this unit of work."""
        ...

    @property
    def therapy(self) -> TherapyUnit:
        """What physical therapy needs, in this unit of work."""
        ...

    def lock_catalog(self, ids: Iterable[str]) -> Clinic:
        """Keep these entities as they are until the transaction ends; return the clinic with them so."""
        ...

    def check_came(self, guest: Guest, patience: Patience, *, now: datetime) -> None:
        """Raise `OftenMissed` here or when it is added, if the guest, by e-mail or phone, has worn patience out."""
        ...

    def add(self, booking: Booking, claims: Sequence[Claim], idempotency: Idempotency | None) -> None:
        """Write a booking and its allocations; raise `Taken` or `AlreadyMade`."""
        ...

    def lock(self, booking_id: BookingId) -> Booking | None:
        """Return a booking and let no one else change it meanwhile."""
        ...

    def change(self, booking: Booking) -> None:
        """Write the changed booking."""
        ...

    def settle(self, booking: Booking) -> None:
        """Write down what its state entails: the fee that it owes, or none, and whether its guest has missed it."""
        ...

    def move(self, booking: Booking, claims: Sequence[Claim]) -> None:
        """Write the changed booking and its new allocations in the place of its old ones; raise `Taken`.

        What it lost is of no matter any more: it is not displaced.
        """
        ...

    def claims(self, booking_id: BookingId) -> list[Claim]:
        """Return what it claims at present, by resource."""
        ...

    def free(self, booking_id: BookingId) -> None:
        """Give up its allocations."""
        ...

    def keep_only(self, booking_id: BookingId, claims: Sequence[Claim]) -> None:
        """Give up its allocations but for these, which lie within them."""
        ...

    def allocate_again(self, booking_id: BookingId) -> None:
        """Take the given-up allocations again, in the place of what was kept of them; raise `Taken`."""
        ...

    def block(self, block: Block) -> None:
        """Write a block and its allocations; raise `Taken`, also if there is a block of that id."""
        ...

    def unblock(self, block_id: BlockId) -> Block | None:
        """Take a block away; return it as it was, None if there was none."""
        ...

    def no_longer_displaced(self, booking_id: BookingId) -> bool:
        """Take it off the list of displaced bookings; say whether it was there."""
        ...

    def note(self, note: Note) -> None:
        """Write down for good who did what and why."""
        ...

    def tell(self, event: Happened) -> None:
        """Let the event out if and when the transaction commits."""
        ...


class Bookings(Protocol):
    """The truth about bookings. Whatever is raised that is not named here is a fault: the outcome may be unknown."""

    def find(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, Booking]:
        """Return those that exist."""
        ...

    def claims(self, booking_id: BookingId) -> list[Claim]:
        """Return what a booking claims, or claimed before it was cancelled, by resource."""
        ...

    def overlapping(self, wanted: Sequence[Claim], *, but: BookingId | None = None) -> list[Occupied]:
        """Return what stands in the way of these claims, in order of time; `but` is in nobody's way."""
        ...

    def notes(self, subject_kind: str, subject_id: str) -> list[Note]:
        """Return what was done to it, the oldest first."""
        ...

    def earlier(self, hold_id: HoldId, idempotency: Idempotency | None = None) -> Earlier:
        """Return what the idempotency key or else the hold has made already."""
        ...

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do the work in one transaction and commit; it is repeated if the database had to sacrifice it."""
        ...

    def sweep(self, *, before: datetime) -> int:
        """Forget idempotency keys written before that moment; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a list by start has come to."""

    start: datetime
    id: BookingId


class Agenda(Protocol):
    """What stands at a location, for staff to see."""

    def bookings(
        self,
        location_id: LocationId,
        resource_ids: Sequence[ResourceId],
        during: Range,
        *,
        after: Place | None,
        limit: int,
    ) -> Sequence[Booking]:
        """Return the bookings that start within `during`, whatever became of them, by start and id.

        `resource_ids` are all that may serve there.
        """
        ...

    def claims(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Claim]]:
        """Return what each claims, or claimed before it gave all up, by resource."""
        ...

    def block(self, block_id: BlockId) -> Block | None:
        """Return a block."""
        ...

    def blocks(self, location_id: LocationId, during: Range) -> Sequence[Block]:
        """Return the blocks at any time within `during`, by start."""
        ...


class Displacements(Protocol):
    """The bookings that a change of the clinic left without what they need."""

    def standing(self, resource_ids: Collection[ResourceId], now: datetime) -> list[Standing]:
        """Return the bookings to come that claim any of the resources, or may do so again by an undo."""
        ...

    def listed(self, now: datetime, *, limit: int, beyond: BookingId | None = None) -> list[Displaced]:
        """Return those that are displaced and yet to begin, by start and id, after the one `beyond`."""
        ...

    def find(self, booking_id: BookingId) -> Displaced | None:
        """Return one that is displaced."""
        ...

    def among(self, booking_ids: Collection[BookingId]) -> list[Displaced]:
        """Return those of the bookings that are displaced, at the cost of one read where none is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a use case works with."""

    calendar: Calendar
    holds: Holds
    bookings: Bookings
    agenda: Agenda
    waitlist: Waitlist
    demand: Demand
    diaries: Diaries
    displacements: Displacements
    series: SeriesShelf
    therapy: Therapy
    rules: Rules
    parse_phone: ParsePhone
    clock: Clock
    """The clinic's clock, which a demo may move."""
    real_clock: Clock
    """The time that holds live in."""
    hold_lasts: int
    """Seconds a hold lasts, and by how much an extension renews it."""
    offer_lasts: timedelta
    """How long an offer to a guest who waits stands."""
    hold_key: bytes
    manage_key: bytes
    patience: Patience = field(default_factory=Patience)
