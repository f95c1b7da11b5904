"""Offer freed times to those who wait: one pass over everyone, first whose turn it is.

Whatever freed the time (a cancellation past its undo, a move, new hours, an offer that lapsed), the next pass sees it
as every search does. Any number of processes may run passes: they take turns, so that the order is kept, and if two
look at once all the same, the exclusion constraint lets one of them have the time.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from booking.application.availability import Availability, joined, search
from booking.application.choosing import choice, held_parts, practitioners_among, served, startable, those_taken
from booking.application.own_claim import own_claim
from booking.application.ports import Desk, HoldsAway, Outcome, Reading, Taken, Transaction
from booking.domain.availability import Busy, still_serves
from booking.domain.booking import UNDO_FOR, Claim
from booking.domain.errors import Refused
from booking.domain.events import WAITLIST_OFFERED, OfferEvent
from booking.domain.hold import CONFIRM_LASTS, Hold
from booking.domain.ids import EntryId, ResourceId
from booking.domain.ranges import Range
from booking.domain.waitlist import (
    OFFERED,
    WAITING,
    Entry,
    Lease,
    answer_by,
    lapsed,
    new_lease_id,
    offered,
)
from booking.domain.wish import Sought, Wish
from booking.domain.zones import instant, utc

TURN_LASTS = timedelta(seconds=4)
"""How long other processes leave the looking to the one that began (real time)."""
MOST_AT_ONCE = 1000
"""Entries in one pass. Those whose turn comes later wait until some of these have ended."""
_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a pass did."""

    lapsed: int = 0
    offered: int = 0


NOTHING_DONE = Pass()


def offer_times(*, desk: Desk) -> Pass:
    """End offers that nobody answered, then offer every free time that someone waits for to the first who does."""
    now = desk.clock.now()
    overdue = desk.waitlist.overdue(now, limit=MOST_AT_ONCE)
    ended = sum(_lapsed(each, now, desk=desk) for each in overdue)
    desk.waitlist.close(now)
    real = desk.real_clock.now()
    if not desk.waitlist.take_turn(real, until=real + TURN_LASTS):
        return Pass(lapsed=ended)
    waiting = desk.waitlist.waiting(limit=MOST_AT_ONCE)
    if not waiting:
        return Pass(lapsed=ended)
    looking = _Looking(waiting, desk.waitlist.undoable(cancelled_since=now - UNDO_FOR), now=now, desk=desk)
    return Pass(lapsed=ended, offered=sum(looking.offers(entry) for entry in waiting))


def _lapsed(entry_id: EntryId, now: datetime, *, desk: Desk) -> bool:
    def work(transaction: Transaction) -> bool:
        entry = transaction.waitlist.take(entry_id)
        if entry is None or entry.state != OFFERED or entry.lease is None or now < entry.lease.deadline:
            return False  # answered, or in somebody's hands, meanwhile
        transaction.waitlist.give_up(entry.lease)
        transaction.waitlist.change(lapsed(entry, now))
        return True

    return desk.bookings.transact(work)


class _WaitsNoMore(Exception):
    """The guest gave up, has been offered something, or is in somebody else's hands."""


class _Looking:
    """One pass: what is free is searched once for all who want the same, and again after each offer."""

    def __init__(self, waiting: Sequence[Entry], undoable: Busy, *, now: datetime, desk: Desk) -> None:
        self._windows = _windows(waiting)
        self._undoable = undoable
        self._now = now
        self._desk = desk
        self._found: dict[Sought, Availability | None] = {}

    def offers(self, entry: Entry) -> bool:
        """Offer the entry the earliest free time that would do; say whether there was one."""
        found = self._search(entry.sought)
        try:
            return found is not None and self._offers(entry, found)
        except _WaitsNoMore:
            return False

    def _offers(self, entry: Entry, found: Availability) -> bool:
        zone = found.asked.location.zone
        for slot in found.slots:
            if not entry.would_take(slot.start, zone):
                continue
            deadline = answer_by(self._now, utc(slot.start), entry.guest.zone or zone, within=self._desk.offer_lasts)
            if deadline is not None and self._leased(entry, slot.start, deadline):
                self._found.clear()  # what is free has changed; trying the rest of it in vain would cost more
                return True
        return False

    def _search(self, sought: Sought) -> Availability | None:
        """Return what is free, but for what may still be taken back; None for what is offered no more."""
        if sought not in self._found:
            try:
                found = search(sought, self._windows[sought], taken=self._undoable, desk=self._desk)
            except Refused:
                self._found[sought] = None
            else:
                self._found[sought] = found
        return self._found[sought]

    def _leased(self, entry: Entry, start: int, deadline: datetime) -> bool:
        """Lease the time to the entry; False if others were faster, or hold it."""
        passed_over: set[Claim] = set()
        for _ in range(_MOST_ATTEMPTS):
            try:
                reading = self._read(entry.sought, start)
            except Refused:
                return False
            chosen = choice(reading, start, passed_over=passed_over)
            if chosen is None:
                return False
            lease = self._lease(entry, start, deadline, chosen, reading)
            with self._claimed(lease) as in_the_way:
                if in_the_way:
                    passed_over |= in_the_way
                    continue
                try:
                    self._desk.bookings.transact(partial(self._write, entry=entry, lease=lease, asked=reading.subject))
                except Taken:
                    continue  # by a booking since we looked: look again
                return True
        return False

    def _read(self, sought: Sought, start: int) -> Reading[Wish]:
        now = instant(self._now)
        reading = self._desk.calendar.look(lambda clinic: startable(clinic, sought, start, now))
        return replace(reading, busy=joined(reading.busy, self._undoable))

    def _lease(
        self, entry: Entry, start: int, deadline: datetime, chosen: Sequence[ResourceId], reading: Reading[Wish]
    ) -> Lease:
        asked = reading.subject
        claims, longest = asked.claims(reading.clinic, start, chosen), asked.claim(start)
        return Lease(
            id=new_lease_id(),
            entry_id=entry.id,
            state=OFFERED,
            location_id=entry.location_id,
            service_id=entry.service_id,
            practitioner_ids=practitioners_among(chosen, reading.clinic),
            resource_ids=tuple(sorted(chosen)),
            start=utc(start),
            minutes=asked.minutes,
            claim=longest,
            price=asked.price,
            made_at=self._now,
            deadline=deadline,
            shorter=tuple(each for each in claims if each.during != longest),
            parts=served(held_parts(asked), chosen),
        )

    @contextlib.contextmanager
    def _claimed(self, lease: Lease) -> Iterator[set[Claim]]:
        """Hold the time for a moment, so that no guest is given it meanwhile; yield whose holds are in the way."""
        holds, hold = self._desk.holds, self._hold(lease)
        try:
            answer = holds.claim(hold, body_hash="")
        except HoldsAway:
            yield set()
            return
        if answer.outcome is Outcome.TAKEN:
            yield those_taken(hold, answer.taken)
            return
        try:
            yield set()
        finally:
            with contextlib.suppress(HoldsAway):
                holds.forget(hold)

    def _hold(self, lease: Lease) -> Hold:
        return own_claim(
            lease,
            start=instant(lease.start),
            during=lease.claim,
            resource_ids=lease.resource_ids,
            shorter=lease.shorter,
            practitioner_ids=lease.practitioner_ids,
            lasts=CONFIRM_LASTS,
            attempt=("offer", f"{lease.entry_id}:{lease.start.isoformat()}:{','.join(lease.resource_ids)}"),
            desk=self._desk,
        )

    def _write(self, transaction: Transaction, *, entry: Entry, lease: Lease, asked: Wish) -> None:
        before = transaction.waitlist.take(entry.id)
        if before is None or before.state != WAITING:
            raise _WaitsNoMore
        clinic = transaction.lock_catalog([lease.location_id, lease.service_id, *lease.resource_ids])
        exactly = asked.served_by([each.practitioner_id for each in lease.parts]) if lease.parts else asked
        if not still_serves(clinic, exactly, instant(lease.start), lease.resource_ids):
            raise Taken
        transaction.waitlist.claim(lease)
        transaction.waitlist.change(offered(before, lease))
        told = OfferEvent(
            name=WAITLIST_OFFERED, occurred_at=self._now, entry=before, lease=lease, zone=asked.location.zone
        )
        transaction.tell(told)


def _windows(waiting: Sequence[Entry]) -> Mapping[Sought, Range]:
    windows: dict[Sought, Range] = {}
    for entry in waiting:
        since, until = entry.wanted.window
        known = windows.get(entry.sought, (since, until))
        windows[entry.sought] = min(known[0], since), max(known[1], until)
    return windows
