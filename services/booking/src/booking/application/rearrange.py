"""Move, shorten or extend an appointment, or give it other hands or another room: staff may, whatever the policy."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from booking.application.access import StaffAccess, note
from booking.application.availability import without
from booking.application.choosing import best_of, candidates, practitioners_among, practitioners_by_guest
from booking.application.in_the_way import in_the_way, nobody_at_work
from booking.application.needs import look_again
from booking.application.own_claim import own_claim
from booking.application.ports import Desk, HoldsAway, Outcome, Question, Taken, Transaction
from booking.application.sought import sought_again
from booking.domain.audit import Plain
from booking.domain.booking import (
    CHECKED_IN,
    CONFIRMED,
    NO_FEE,
    Booking,
    Claim,
    check_revision,
    rearranged,
    with_fee_for_moving,
)
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import RESCHEDULED, BookingEvent
from booking.domain.hold import CONFIRM_LASTS
from booking.domain.ids import PractitionerId, ResourceId
from booking.domain.liberties import Liberties, able_at, bends, check_not_long_ago, may_serve, taken_with
from booking.domain.party import served_by, staying
from booking.domain.ranges import Instant
from booking.domain.wish import Wish, wish
from booking.domain.zones import instant, utc

_MOST_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearranged:
    """What is to be otherwise; None leaves it as it is."""

    start: datetime | None = None
    minutes: int | None = None
    practitioner_id: PractitionerId | None = None
    room_id: ResourceId | None = None
    liberties: Liberties = field(default_factory=Liberties)
    fee: str = NO_FEE
    """What becomes of the fee for moving late: `none`, `owed` or `waived`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """The booking as it was seen, what it claims, and what is wished of it."""

    seen: Booking
    own: Sequence[Claim]
    to: Rearranged
    start: Instant

    def asked(self, clinic: Clinic) -> Wish:
        """Return what it is of, as long as wished, with the buffers that it has unless others are wished."""
        sought = replace(sought_again(self.seen, self.to.practitioner_id), duration_minutes=None)
        plain = wish(clinic, sought.by_whoever_it_is, by_staff=True)  # whom staff name, they have asked about
        together = [each.practitioner_id for each in staying(self.seen.guests)]
        if len(together) > 1:
            plain = plain.served_by(together)
        minutes = self.seen.minutes if self.to.minutes is None else self.to.minutes
        return taken_with(plain, self._buffers(plain), minutes=minutes)

    def question(self, clinic: Clinic) -> Question[Wish]:
        """Ask who and what could serve it, and what else they have that day."""
        return candidates(clinic, self.asked(clinic), self.start)

    def units(self, clinic: Clinic, asked: Wish) -> list[list[ResourceId]]:
        """Return who and what may serve, or refuse: whoever serves now, unless others are wished."""
        found = [
            self._of_those(unit, people=any(each in clinic.practitioners for each in unit))
            for unit in able_at(clinic, asked, self.start, outside_hours=self.to.liberties.outside_hours)
        ]
        if not all(found):
            raise nobody_at_work()
        return found

    def _of_those(self, able: Sequence[ResourceId], *, people: bool) -> list[ResourceId]:
        mine = {claim.resource_id for claim in self.own}
        if people:
            return [each for each in able if self.to.practitioner_id is not None or each in mine]
        if self.to.room_id is not None:
            return [each for each in able if each == self.to.room_id]
        if self.start == instant(self.seen.start):
            return [each for each in able if each in mine]
        return sorted(able, key=lambda each: each not in mine)

    def _buffers(self, plain: Wish) -> Liberties:
        wished, service = self.to.liberties, plain.service
        if not self.own:
            return wished
        before = (instant(self.seen.start) - self.own[0].during[0]) // 60
        after = (max(each.during[1] for each in self.own) - instant(self.seen.end)) // 60
        set_up, clean_up = min(before, service.set_up_minutes), min(after, service.clean_up_minutes)
        return replace(
            wished,
            set_up_minutes=set_up if wished.set_up_minutes is None else wished.set_up_minutes,
            clean_up_minutes=clean_up if wished.clean_up_minutes is None else wished.clean_up_minutes,
        )


def rearrange(access: StaffAccess, to: Rearranged, *, desk: Desk) -> Booking:
    """Do it, or refuse and change nothing: `in_the_way` says what is there, and nothing ever overlaps.

    Hands change only if others are named, the room only with the time or if another is named. Price and policy stay.
    Another room or shorter buffers alone are the house's own affair: no new revision, and nobody is told.
    """
    found = desk.bookings.find([access.booking_id]).get(access.booking_id)
    booking = access.checked(found, key=desk.manage_key)
    if booking.state not in {CONFIRMED, CHECKED_IN}:
        raise Refused("wrong_state", "This appointment is over or cancelled.", state=booking.state)
    start = instant(to.start or booking.start)
    if start != instant(booking.start):
        check_not_long_ago(start, instant(desk.clock.now()))
    attempt = _Attempt(seen=booking, own=desk.bookings.claims(booking.id), to=to, start=start)
    for _ in range(_MOST_ATTEMPTS):
        reading = desk.calendar.look(attempt.question)
        units = attempt.units(reading.clinic, reading.subject)
        during = reading.subject.claim(start)
        lengths = [unit.minutes for unit in reading.subject.units(reading.clinic)]
        wanted = [
            Claim(resource_id=each, during=reading.subject.claim(start, minutes))
            for unit, minutes in zip(units, lengths, strict=True)
            for each in unit
        ]
        free = replace(reading, busy=without(reading.busy, attempt.own))
        chosen = best_of(free, units, start)
        if chosen is None:
            break
        claims = reading.subject.claims(reading.clinic, start, chosen)
        claim = own_claim(
            booking,
            start=start,
            during=during,
            resource_ids=chosen,
            practitioner_ids=practitioners_among(chosen, reading.clinic),
            lasts=CONFIRM_LASTS,
            attempt=("rearrange", f"{booking.id}:{booking.revision}:{during}:{','.join(sorted(chosen))}"),
            desk=desk,
        )
        claim = replace(claim, shorter=tuple(each for each in claims if each.during != during))
        try:
            if desk.holds.claim(claim, body_hash="").outcome is Outcome.TAKEN:
                break
        except HoldsAway:
            pass
        try:
            return desk.bookings.transact(_work(access, attempt, chosen, desk=desk))
        except Taken:
            continue  # by a booking since we looked: look again
        finally:
            with contextlib.suppress(HoldsAway):
                desk.holds.forget(claim)
    raise in_the_way(wanted, zone=booking.zone, but=booking.id, desk=desk)


def _work(
    access: StaffAccess, attempt: _Attempt, chosen: Sequence[ResourceId], *, desk: Desk
) -> Callable[[Transaction], Booking]:
    now, seen, start = desk.clock.now(), attempt.seen, attempt.start

    def work(transaction: Transaction) -> Booking:
        clinic = transaction.lock_catalog([seen.location_id, seen.service_id, *chosen])
        asked, wished = attempt.asked(clinic), attempt.to.liberties
        if not may_serve(able_at(clinic, asked, start, outside_hours=wished.outside_hours), chosen):
            raise Taken
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        check_revision(before, seen.revision)
        after = rearranged(
            before, start=utc(start), minutes=asked.minutes, practitioner_ids=practitioners_among(chosen, clinic)
        )
        by = practitioners_by_guest(asked, chosen)
        after = replace(after, guests=served_by(after.guests, by, [part.minutes for part in asked.guests]))
        after = with_fee_for_moving(before, after, now=now, fee=attempt.to.fee)
        transaction.move(after, asked.claims(clinic, start, chosen))
        if after.owed != before.owed:
            transaction.settle(after)
        detail: dict[str, Plain] = {
            "from": before.start.isoformat(),
            "to": after.start.isoformat(),
            "minutes": [before.minutes, after.minutes],
            "resources": [*chosen],
            "bends": [*bends(asked, wished, start, instant(now))],
        }
        if after.owed != before.owed:
            detail["fee"] = attempt.to.fee
        transaction.note(note(access, "rearrange", at=now, detail=detail))
        look_again(transaction, after, desk=desk)
        if after.revision != before.revision:
            transaction.tell(BookingEvent(name=RESCHEDULED, occurred_at=now, booking=after, moved_from=before.start))
        return after

    return work
