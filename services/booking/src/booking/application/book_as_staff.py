"""Make an appointment for a guest: on the phone, or of someone who has just come in."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from booking.application.access import StaffAccess, note
from booking.application.book import Booked
from booking.application.choosing import best_of, candidates, practitioners_among, those_taken
from booking.application.clearing import check_cleared
from booking.application.hold import reused
from booking.application.in_the_way import in_the_way, nobody_at_work
from booking.application.needs import NO_PAPERS, Papers, record_needs
from booking.application.own_claim import own_claim
from booking.application.ports import (
    AlreadyMade,
    Desk,
    HoldsAway,
    Idempotency,
    Outcome,
    Question,
    Reading,
    Taken,
    Transaction,
)
from booking.domain.audit import Actor
from booking.domain.booking import CONFIRMED, Booking, Claim, new_booking_id
from booking.domain.clinic import Clinic
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.guest import Contact, guest
from booking.domain.hold import CONFIRM_LASTS, hold_id_for, new_hold_id
from booking.domain.ids import HoldId, ResourceId
from booking.domain.liberties import Liberties, able_at, bends, check_not_long_ago, check_reason, may_serve, taken_with
from booking.domain.ranges import Instant
from booking.domain.screening import Answers, answered
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import instant, utc

_MOST_ATTEMPTS = 8
_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBook:
    """What staff want for a guest, from when on (None: now), and why if guests could not book it so."""

    sought: Sought
    start: datetime | None
    contact: Contact
    actor: Actor
    reason: str | None = None
    liberties: Liberties = field(default_factory=Liberties)
    screening: Answers | None = None
    papers: Papers = NO_PAPERS
    idempotency: Idempotency | None = None


def book_as_staff(command: StaffBook, *, desk: Desk) -> Booked:
    """Book it, or refuse and change nothing. What is booked by phone or on request only is booked here as well.

    Nothing overlaps, whatever the reason; what a guest holds just now is left to them.
    """
    hold_id = _hold_id(command, desk=desk)
    earlier = desk.bookings.earlier(hold_id, command.idempotency)
    if earlier.key_reused:
        raise reused()
    if earlier.booking is not None:
        return Booked(booking=earlier.booking, replayed=True)
    now = instant(desk.clock.now())
    start = instant(command.start) if command.start is not None else now // _MINUTE * _MINUTE
    check_not_long_ago(start, now)
    passed_over: set[Claim] = set()
    for _ in range(_MOST_ATTEMPTS):
        reading = desk.calendar.look(lambda clinic: _question(clinic, command, start, now))
        units = able_at(reading.clinic, reading.subject, start, outside_hours=command.liberties.outside_hours)
        if not all(units):
            raise nobody_at_work()
        chosen = best_of(reading, units, start, passed_over=passed_over)
        if chosen is None:
            claims = [Claim(resource_id=each, during=reading.subject.claim(start)) for unit in units for each in unit]
            raise in_the_way(claims, zone=reading.subject.location.zone, desk=desk)
        made = _made(command, reading, start, chosen, hold_id=hold_id, desk=desk)
        claim = own_claim(
            made,
            start=start,
            during=reading.subject.claim(start),
            resource_ids=chosen,
            practitioner_ids=made.practitioner_ids,
            lasts=CONFIRM_LASTS,
            attempt=("desk", f"{hold_id}:{','.join(sorted(chosen))}"),
            desk=desk,
        )
        try:
            answer = desk.holds.claim(claim, body_hash="")
            if answer.outcome is Outcome.TAKEN:
                passed_over |= those_taken(claim, answer.taken)
                continue
        except HoldsAway:
            pass
        try:
            desk.bookings.transact(_work(command, made, chosen, start, desk=desk))
        except AlreadyMade:
            again = desk.bookings.earlier(hold_id, command.idempotency)
            if again.key_reused:
                raise reused() from None
            if again.booking is None:
                raise
            return Booked(booking=again.booking, replayed=True)
        except Taken:
            continue  # somebody was faster: look again
        finally:
            with contextlib.suppress(HoldsAway):
                desk.holds.forget(claim)
        return Booked(booking=made)
    raise in_the_way([], zone=reading.subject.location.zone, desk=desk)


def _hold_id(command: StaffBook, *, desk: Desk) -> HoldId:
    """One identity for one request: when its key has been forgotten, the same key with another body is another."""
    key = command.idempotency
    if key is None:
        return new_hold_id()
    return hold_id_for(desk.hold_key, f"desk:{key.scope}", f"{key.body_hash}:{key.key}")


def _wish(clinic: Clinic, command: StaffBook) -> Wish:
    return taken_with(wish(clinic, command.sought, by_staff=True), command.liberties)


def _question(clinic: Clinic, command: StaffBook, start: Instant, now: Instant) -> Question[Wish]:
    asked = _wish(clinic, command)
    check_reason(command.reason, bends(asked, command.liberties, start, now))
    return candidates(clinic, asked, start)


def _made(
    command: StaffBook,
    reading: Reading[Wish],
    start: Instant,
    chosen: tuple[ResourceId, ...],
    *,
    hold_id: HoldId,
    desk: Desk,
) -> Booking:
    asked = reading.subject
    return Booking(
        id=new_booking_id(),
        hold_id=hold_id,
        state=CONFIRMED,
        revision=1,
        generation=1,
        location_id=asked.location.id,
        service_id=asked.service.id,
        practitioner_ids=practitioners_among(chosen, reading.clinic),
        start=utc(start),
        minutes=asked.minutes,
        zone=asked.location.zone,
        price=asked.price,
        policy=asked.service.cancellation,
        guest=guest(command.contact, region=asked.location.country, parse_phone=desk.parse_phone),
        screening=answered(asked.service.screening, command.screening),
        made_at=desk.clock.now(),
        preference=command.sought.preference,
    )


def _work(
    command: StaffBook, made: Booking, chosen: tuple[ResourceId, ...], start: Instant, *, desk: Desk
) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        clinic = transaction.lock_catalog([made.location_id, made.service_id, *chosen])
        asked = _wish(clinic, command)
        answered(asked.service.screening, command.screening)
        check_cleared(transaction, made, clinic, rules=desk.rules, kept=True)
        units = able_at(clinic, asked, start, outside_hours=command.liberties.outside_hours)
        if not may_serve(units, chosen):
            raise Taken
        transaction.add(
            made, [Claim(resource_id=each, during=asked.claim(start)) for each in sorted(chosen)], command.idempotency
        )
        bent = bends(asked, command.liberties, start, instant(made.made_at))
        access = StaffAccess(booking_id=made.id, actor=command.actor, reason=command.reason)
        transaction.note(note(access, "book", at=made.made_at, detail={"bends": [*bent]}))
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=made.made_at, booking=made))
        papers = replace(command.papers, said_by=command.actor)
        record_needs(transaction, made, clinic, papers, rules=desk.rules, by_staff=True)

    return work
