"""The ports in memory: they keep the promises that the port suites check on the real things."""

import contextlib
import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from booking.adapters.phones import parse_phone
from booking.adapters.therapy_rules import therapy_rules
from booking.application.ports import (
    AlreadyMade,
    Desk,
    Earlier,
    Idempotency,
    Occupied,
    OftenMissed,
    Question,
    Reading,
    StorageAway,
    Taken,
    Transaction,
)
from booking.domain.audit import Note
from booking.domain.block import Block
from booking.domain.booking import NO_SHOW, Booking, Claim
from booking.domain.clinic import Clinic
from booking.domain.displacement import Misfits
from booking.domain.errors import Refused
from booking.domain.events import Happened
from booking.domain.guest import Guest
from booking.domain.hold import LASTS
from booking.domain.ids import BlockId, BookingId, EntryId, HoldId, LeaseId, PractitionerId, ResourceId, SeriesId
from booking.domain.patience import Patience
from booking.domain.ranges import Range, overlaps
from booking.domain.series import Series
from booking.domain.waitlist import ANSWER_WITHIN, Entry

from services.booking.tests.fake_agenda import FakeAgenda
from services.booking.tests.fake_displacements import FakeDisplacements
from services.booking.tests.fake_holds import FakeHolds, HandClock
from services.booking.tests.fake_series import FakeSeries, FakeSeriesUnit
from services.booking.tests.fake_therapy import Charts, FakeTherapy, FakeTherapyUnit
from services.booking.tests.fake_waitlist import FakeDemand, FakeWaitlist, FakeWaitlistUnit

T = TypeVar("T")


@dataclass
class _Allocation:
    booking_id: BookingId | LeaseId | BlockId
    claim: Claim
    active: bool = True


@dataclass
class Truth:
    bookings: dict[BookingId, Booking] = field(default_factory=dict)
    allocations: list[_Allocation] = field(default_factory=list)
    keys: dict[tuple[str, str], tuple[str, BookingId, datetime]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    blocks: dict[BlockId, Block] = field(default_factory=dict)
    told: list[Happened] = field(default_factory=list)
    missed: dict[BookingId, tuple[Guest, datetime]] = field(default_factory=dict)
    entries: dict[EntryId, Entry] = field(default_factory=dict)
    displaced: dict[BookingId, Misfits] = field(default_factory=dict)
    series: dict[SeriesId, Series] = field(default_factory=dict)
    charts: Charts = field(default_factory=Charts)

    def allocate(self, owner: BookingId | LeaseId | BlockId, claims: Iterable[Claim]) -> None:
        self.allocations += [_Allocation(owner, claim) for claim in claims]

    def taken(self, claims: Iterable[Claim], *, but: BookingId | None = None) -> bool:
        return any(
            theirs.active
            and theirs.booking_id != but
            and theirs.claim.resource_id == ours.resource_id
            and overlaps([theirs.claim.during], ours.during)
            for theirs in self.allocations
            for ours in claims
        )


class FakeBookings:
    """Bookings in dictionaries; a transaction works on a copy."""

    def __init__(self, clinic: Clinic | None = None) -> None:
        self.clinic = clinic or Clinic(version=0)
        self.truth = Truth()
        self.before_commit: Callable[[], None] = lambda: None

    @property
    def told(self) -> list[Happened]:
        return self.truth.told

    def find(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, Booking]:
        return {each: self.truth.bookings[each] for each in booking_ids if each in self.truth.bookings}

    def claims(self, booking_id: BookingId) -> list[Claim]:
        theirs = [each.claim for each in self.truth.allocations if each.booking_id == booking_id]
        return sorted(theirs, key=lambda claim: claim.resource_id)

    def overlapping(self, wanted: Sequence[Claim], *, but: BookingId | None = None) -> list[Occupied]:
        found = [
            Occupied(kind=self._kind_of(theirs.booking_id), id=theirs.booking_id, claim=theirs.claim)
            for theirs in self.truth.allocations
            for ours in wanted
            if theirs.active
            and theirs.booking_id != but
            and theirs.claim.resource_id == ours.resource_id
            and overlaps([theirs.claim.during], ours.during)
        ]
        return sorted(found, key=lambda each: (each.claim.during[0], each.claim.resource_id))

    def _kind_of(self, owner: str) -> str:
        return "booking" if owner in self.truth.bookings else "block" if owner in self.truth.blocks else "lease"

    def notes(self, subject_kind: str, subject_id: str) -> list[Note]:
        return [each for each in self.truth.notes if (each.subject_kind, each.subject_id) == (subject_kind, subject_id)]

    def earlier(self, hold_id: HoldId, idempotency: Idempotency | None = None) -> Earlier:
        if idempotency is not None:
            known = self.truth.keys.get((idempotency.scope, idempotency.key))
            if known is not None and known[0] != idempotency.body_hash:
                return Earlier(key_reused=True)
            if known is not None:
                return Earlier(booking=self.truth.bookings[known[1]])
        return Earlier(booking=next((each for each in self.truth.bookings.values() if each.hold_id == hold_id), None))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        unit = _FakeTransaction(self.clinic, copy.deepcopy(self.truth))
        result = work(unit)
        self.before_commit()
        self.truth = unit.truth
        return result

    def sweep(self, *, before: datetime) -> int:
        old = [key for key, (_, _, made_at) in self.truth.keys.items() if made_at < before]
        for key in old:
            del self.truth.keys[key]
        return len(old)


class _FakeTransaction:
    def __init__(self, clinic: Clinic, truth: Truth) -> None:
        self.clinic = clinic
        self.truth = truth

    @property
    def waitlist(self) -> FakeWaitlistUnit:
        return FakeWaitlistUnit(self.truth)

    @property
    def series(self) -> FakeSeriesUnit:
        return FakeSeriesUnit(self.truth)

    @property
    def therapy(self) -> FakeTherapyUnit:
        return FakeTherapyUnit(self.truth)

    def lock_catalog(self, ids: Iterable[str]) -> Clinic:
        return self.clinic

    def add(self, booking: Booking, claims: Sequence[Claim], idempotency: Idempotency | None) -> None:
        if any(each.hold_id == booking.hold_id for each in self.truth.bookings.values()):
            raise AlreadyMade
        if idempotency is not None:
            if (idempotency.scope, idempotency.key) in self.truth.keys:
                raise AlreadyMade
            known = (idempotency.body_hash, booking.id, booking.made_at)
            self.truth.keys[idempotency.scope, idempotency.key] = known
        if self.truth.taken(claims):
            raise Taken
        self.truth.bookings[booking.id] = booking
        self.truth.allocate(booking.id, claims)

    def lock(self, booking_id: BookingId) -> Booking | None:
        return self.truth.bookings.get(booking_id)

    def change(self, booking: Booking) -> None:
        self.truth.bookings[booking.id] = replace(booking, owed=self.truth.bookings[booking.id].owed)

    def settle(self, booking: Booking) -> None:
        kept = self.truth.bookings[booking.id]
        self.truth.bookings[booking.id] = replace(kept, owed=booking.owed)
        self.truth.missed.pop(booking.id, None)
        if booking.state == NO_SHOW:
            self.truth.missed[booking.id] = (booking.guest, booking.start)

    def check_came(self, guest: Guest, patience: Patience, *, now: datetime) -> None:
        times = sum(
            start >= patience.since(now)
            and (
                (who.email is not None and guest.email is not None and who.email.lower() == guest.email.lower())
                or (who.phone is not None and who.phone == guest.phone)
            )
            for who, start in self.truth.missed.values()
        )
        if 0 < patience.times <= times:
            raise OftenMissed

    def move(self, booking: Booking, claims: Sequence[Claim]) -> None:
        self.no_longer_displaced(booking.id)
        self.truth.allocations = [each for each in self.truth.allocations if each.booking_id != booking.id]
        if self.truth.taken(claims):
            raise Taken
        self.change(booking)
        self.truth.allocate(booking.id, claims)

    def claims(self, booking_id: BookingId) -> list[Claim]:
        theirs = [each.claim for each in self.truth.allocations if each.booking_id == booking_id and each.active]
        return sorted(theirs, key=lambda claim: claim.resource_id)

    def keep_only(self, booking_id: BookingId, claims: Sequence[Claim]) -> None:
        self.free(booking_id)
        self.truth.allocations += [_Allocation(booking_id, claim) for claim in claims]

    def free(self, booking_id: BookingId) -> None:
        for each in self.truth.allocations:
            if each.booking_id == booking_id:
                each.active = False

    def allocate_again(self, booking_id: BookingId) -> None:
        theirs = [each for each in self.truth.allocations if each.booking_id == booking_id and not each.active]
        if self.truth.taken([each.claim for each in theirs], but=booking_id):
            raise Taken
        if theirs:
            others = [each for each in self.truth.allocations if each.booking_id != booking_id]
            self.truth.allocations = others + [replace(each, active=True) for each in theirs]

    def block(self, block: Block) -> None:
        if block.id in self.truth.blocks or self.truth.taken(block.claims):
            raise Taken
        self.truth.blocks[block.id] = block
        self.truth.allocate(block.id, block.claims)

    def unblock(self, block_id: BlockId) -> Block | None:
        self.truth.allocations = [each for each in self.truth.allocations if each.booking_id != block_id]
        return self.truth.blocks.pop(block_id, None)

    def no_longer_displaced(self, booking_id: BookingId) -> bool:
        return self.truth.displaced.pop(booking_id, None) is not None

    def note(self, note: Note) -> None:
        self.truth.notes.append(note)

    def tell(self, event: Happened) -> None:
        self.truth.told.append(event)


class FakeCalendar:
    """A clinic that a test may change, over the allocations of `FakeBookings`."""

    def __init__(self, bookings: FakeBookings) -> None:
        self.bookings = bookings
        self.after_looking: Callable[[], None] = lambda: None
        self.away = False

    def known(self) -> Clinic:
        if not self.bookings.clinic.locations:
            raise Refused("not_ready", "The catalog has not been loaded yet.")
        return self.bookings.clinic

    def look(self, plan: Callable[[Clinic], Question[T]]) -> Reading[T]:
        clinic = self.known()
        question = plan(clinic)
        reading = Reading(
            clinic=clinic, subject=question.subject, busy=self._busy(question.resource_ids, question.during)
        )
        self.after_looking()
        return reading

    def allocated(self, resource_ids: Sequence[ResourceId], during: Range) -> frozenset[ResourceId]:
        if self.away:
            raise StorageAway
        return frozenset(self._busy(resource_ids, during))

    def _busy(self, resource_ids: Sequence[ResourceId], during: Range) -> dict[ResourceId, list[Range]]:
        busy: dict[ResourceId, list[Range]] = {}
        for each in self.bookings.truth.allocations:
            claim = each.claim
            if each.active and claim.resource_id in resource_ids and overlaps([claim.during], during):
                busy.setdefault(claim.resource_id, []).append(claim.during)
        return busy


class FakeDiaries:
    """Diaries over the fake bookings."""

    def __init__(self, bookings: FakeBookings) -> None:
        self.bookings = bookings
        self.generations: dict[str, int] = {}

    def booked(self, practitioner_id: PractitionerId, during: Range) -> list[Booking]:
        truth = self.bookings.truth
        claimed = {
            each.booking_id
            for each in truth.allocations
            if each.active and each.claim.resource_id == practitioner_id and overlaps([each.claim.during], during)
        }
        return sorted((truth.bookings[each] for each in claimed), key=lambda made: (made.start, made.id))

    def generation(self, practitioner_id: PractitionerId) -> int:
        return self.generations.get(practitioner_id, 1)

    def revoke(self, practitioner_id: PractitionerId) -> None:
        self.generations[practitioner_id] = self.generation(practitioner_id) + 1


@dataclass
class Office:
    """A desk over fakes, and the fakes."""

    desk: Desk
    clock: HandClock
    holds: FakeHolds
    bookings: FakeBookings
    calendar: FakeCalendar
    waitlist: FakeWaitlist
    demand: FakeDemand

    @contextlib.contextmanager
    def holds_away(self) -> Iterator[None]:
        self.holds.away = True
        yield
        self.holds.away = False


def office(clinic: Clinic, **changes: Any) -> Office:
    """Return a desk at a clinic; one clock tells real and clinic's time, as outside a demo."""
    clock = HandClock()
    holds, bookings = FakeHolds(clock), FakeBookings(clinic)
    calendar = FakeCalendar(bookings)
    waitlist, demand = FakeWaitlist(bookings), FakeDemand()
    desk = Desk(
        calendar=calendar,
        holds=holds,
        bookings=bookings,
        agenda=FakeAgenda(bookings),
        waitlist=waitlist,
        demand=demand,
        diaries=FakeDiaries(bookings),
        displacements=FakeDisplacements(bookings),
        series=FakeSeries(bookings),
        therapy=FakeTherapy(bookings),
        rules=therapy_rules(),
        parse_phone=parse_phone,
        clock=clock,
        real_clock=clock,
        hold_lasts=LASTS,
        offer_lasts=ANSWER_WITHIN,
        hold_key=b"h" * 32,
        manage_key=b"m" * 32,
    )
    return Office(replace(desk, **changes), clock, holds, bookings, calendar, waitlist, demand)
