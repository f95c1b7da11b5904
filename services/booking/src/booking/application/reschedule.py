"""Move an appointment: the new time is taken before the old one is given up, in one transaction."""

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.access import Access, note
from booking.application.alternatives import gone, not_a_start
from booking.application.availability import without
from booking.application.choosing import (
    candidates,
    choice,
    held_parts,
    practitioners_among,
    startable,
    those_taken,
    with_resources,
)
from booking.application.clearing import check_cleared
from booking.application.needs import look_again
from booking.application.own_claim import own_claim
from booking.application.ports import Desk, HoldsAway, Outcome, Question, Reading, Taken, Transaction
from booking.application.sought import sought_again
from booking.domain.availability import is_a_start, still_serves
from booking.domain.booking import Booking, Claim, check_movable, rescheduled
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import RESCHEDULED, BookingEvent
from booking.domain.hold import CONFIRM_LASTS, Hold
from booking.domain.ids import PractitionerId, ResourceId
from booking.domain.part import questions
from booking.domain.party import staying
from booking.domain.ranges import Instant
from booking.domain.screening import Answers, screened_again
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import instant, utc

_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Where to move it: a start, and with whom (None: with whom it was, or else with anyone)."""

    start: datetime
    practitioner_id: PractitionerId | None = None
    screening: Answers | None = None
    """Needed if the service asks other safety questions than when it was booked; of everyone in a party."""
    displaced: bool = False
    """The clinic cannot keep its time: it is never too late nor too far ahead to move it. Refused if that is not so."""


def reschedule(access: Access, to: To, *, desk: Desk) -> Booking:
    """Move the booking, or refuse and leave it where it was. It keeps its id and raises its revision.

    Moving it to where it is already changes nothing. Its own claims are not in its way: it may move by a quarter
    of an hour.
    """
    found = desk.bookings.find([access.booking_id]).get(access.booking_id)
    booking = access.checked(found, key=desk.manage_key)
    start = instant(to.start)
    if _is_there(booking, to):
        return booking
    phone = desk.calendar.known().location(booking.location_id).phone
    check_movable(booking, now=desk.clock.now(), phone=phone, at_no_fee=to.displaced)
    sought = sought_again(booking, to.practitioner_id)
    passed_over: set[Claim] = set()
    for _ in range(_MOST_ATTEMPTS):
        reading = _read(booking, sought, start, to, desk=desk)
        if to.start.timestamp() != start or not is_a_start(reading.clinic, reading.subject, start):
            raise not_a_start(sought, start, desk=desk)
        chosen = _best(booking, reading, start, passed_over)
        if chosen is None:
            break
        wanted = _claim(booking, start, chosen, reading, desk=desk)
        try:
            answer = desk.holds.claim(wanted, body_hash="")
            if answer.outcome is Outcome.TAKEN:
                passed_over |= those_taken(wanted, answer.taken)
                continue
        except HoldsAway:
            pass
        try:
            return desk.bookings.transact(_work(access, to, wanted, reading.subject, phone=phone, desk=desk))
        except Taken:
            continue  # by a booking since we looked: look again
        finally:
            with contextlib.suppress(HoldsAway):
                desk.holds.forget(wanted)
    raise gone("slot_taken", "Someone else has just taken this time.", sought, start, desk=desk)


def _is_there(booking: Booking, to: To) -> bool:
    same_hands = to.practitioner_id is None or to.practitioner_id in booking.practitioner_ids
    return booking.start == to.start and same_hands


def _read(booking: Booking, sought: Sought, start: Instant, to: To, *, desk: Desk) -> Reading[Wish]:
    """Return who could serve, as if the booking did not exist: it is not in its own way."""
    now = instant(desk.clock.now())

    def plan(clinic: Clinic) -> Question[Wish]:
        if to.displaced:
            return candidates(clinic, wish(clinic, sought), start)
        return startable(clinic, sought, start, now)

    reading = desk.calendar.look(plan)
    return replace(reading, busy=without(reading.busy, desk.bookings.claims(booking.id)))


def _best(
    booking: Booking, reading: Reading[Wish], start: Instant, passed_over: Collection[Claim]
) -> tuple[ResourceId, ...] | None:
    """Return the best choice, if the guest named nobody with the practitioner whom they know already."""
    together = [each.practitioner_id for each in staying(booking.guests)]
    if len(together) > 1:
        known = reading.subject.served_by(together)
        kept = choice(replace(reading, subject=known), start, passed_over=passed_over)
        if kept is not None:
            return kept
    elif reading.subject.practitioner_id is None and len(booking.practitioner_ids) == 1:
        known = replace(reading.subject, practitioner_id=booking.practitioner_ids[0])
        kept = choice(replace(reading, subject=known), start, passed_over=passed_over)
        if kept is not None:
            return kept
    return choice(reading, start, passed_over=passed_over)


def _claim(
    booking: Booking, start: Instant, chosen: tuple[ResourceId, ...], reading: Reading[Wish], *, desk: Desk
) -> Hold:
    """Return a short hold of the new time, so that nobody is offered it while it is taken."""
    attempt = f"{booking.id}:{booking.revision}:{start}:{','.join(chosen)}"
    claim = own_claim(
        booking,
        start=start,
        during=reading.subject.claim(start),
        resource_ids=chosen,
        practitioner_ids=practitioners_among(chosen, reading.clinic),
        lasts=CONFIRM_LASTS,
        attempt=("move", attempt),
        desk=desk,
    )
    return with_resources(replace(claim, guests=held_parts(reading.subject)), chosen, reading)


def _screened(clinic: Clinic, before: Booking, after: Booking, to: To) -> Booking:
    """Return `after` with what its guests have answered; refuse if any of them is asked something else now."""
    service, location = clinic.service(before.service_id), clinic.location(before.location_id)
    if not before.guests:
        kept = screened_again(service.screening, location, before.screening, to.screening)
        return replace(after, screening=kept)
    several = len(staying(before.guests)) > 1
    answers = [
        screened_again(
            questions(service, [add_on for add_on in service.add_ons if add_on.id in each.add_on_ids]),
            location,
            each.screening,
            to.screening,
            guest=place if several else None,
        )
        for place, each in enumerate(before.guests, start=1)
    ]
    guests = tuple(replace(each, screening=kept) for each, kept in zip(after.guests, answers, strict=True))
    return replace(after, screening=answers[0], guests=guests)


def _work(
    access: Access, to: To, wanted: Hold, asked: Wish, *, phone: str, desk: Desk
) -> Callable[[Transaction], Booking]:
    now = desk.clock.now()

    def work(transaction: Transaction) -> Booking:
        clinic = transaction.lock_catalog([wanted.location_id, wanted.service_id, *wanted.resource_ids])
        by_guest = [part.practitioner_id for part in wanted.guests]
        exactly = asked.served_by(by_guest) if by_guest else asked
        if not still_serves(clinic, exactly, wanted.start, wanted.resource_ids):
            raise Taken
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        start = utc(wanted.start)
        after = rescheduled(
            before,
            start=start,
            practitioner_ids=wanted.practitioner_ids,
            by_guest=by_guest or wanted.practitioner_ids,
            now=now,
            phone=phone,
            at_no_fee=to.displaced,
        )
        if to.displaced and not transaction.no_longer_displaced(before.id):
            raise Refused("session_stands", "The clinic can keep this time after all.")
        after = _screened(clinic, before, after, to)
        check_cleared(transaction, after, clinic, rules=desk.rules, kept=True)
        transaction.move(after, wanted.claims)
        look_again(transaction, after, desk=desk)
        moved = {"from": before.start.isoformat(), "to": after.start.isoformat()}
        transaction.note(note(access, "reschedule", at=now, detail=moved))
        transaction.tell(BookingEvent(name=RESCHEDULED, occurred_at=now, booking=after, moved_from=before.start))
        return after

    return work
