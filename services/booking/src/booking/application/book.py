"""Make the appointment."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.application.alternatives import gone
from booking.application.choosing import candidates, choice, those_taken, with_resources
from booking.application.clearing import check_cleared
from booking.application.hold import reused
from booking.application.keep_hold import genuine, released, stranger
from booking.application.needs import NO_PAPERS, Papers, record_needs
from booking.application.ports import (
    AlreadyMade,
    Desk,
    HoldsAway,
    Idempotency,
    OftenMissed,
    Outcome,
    Question,
    Taken,
    Transaction,
)
from booking.application.sought import sought_of
from booking.domain.availability import still_serves
from booking.domain.booking import CONFIRMED, Booking, Claim, new_booking_id
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.guest import Contact, Guest, ParsePhone, guest
from booking.domain.hold import CONFIRM_LASTS, RECLAIMABLE_FOR, HeldPart, Hold, HoldState
from booking.domain.ids import BookingId, HoldId, SeriesId
from booking.domain.need_rules import Rules
from booking.domain.part import questions, wrong_size
from booking.domain.party import PartyGuest
from booking.domain.patience import Patience, often_missed
from booking.domain.screening import Answers, answered, screened
from booking.domain.wish import Wish, check_start, wish
from booking.domain.zones import instant, utc

_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Someone who comes along, and what their own safety questions came to."""

    contact: Contact
    screening: Answers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The wish to turn a hold into an appointment."""

    hold_id: HoldId
    hold_token: str
    contact: Contact
    screening: Answers | None = None
    companions: tuple[Companion, ...] = ()
    """The other guests of a party, in the order in which they were held."""
    papers: Papers = NO_PAPERS
    idempotency: Idempotency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The booking; `replayed` if it was made before, by the same hold or idempotency key."""

    booking: Booking
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """One confirm in flight: the hold as the guest has it, and whether it had run out."""

    command: Book
    hold: Hold
    lapsed: bool
    booking_id: BookingId
    now: datetime
    parse_phone: ParsePhone
    patience: Patience
    rules: Rules
    series_id: SeriesId | None = None
    """The series that is booked with it, as one wish."""

    def guest(self, asked: Wish) -> Guest:
        """Return who comes, or refuse a contact that can't be written to."""
        return guest(self.command.contact, region=asked.location.country, parse_phone=self.parse_phone)

    def party(self, asked: Wish, serving: Hold, answers: Sequence[Answers | None]) -> tuple[PartyGuest, ...]:
        """Return each guest with what was held for them; nobody where one guest without add-ons is all."""
        contacts = [each.contact for each in self.command.companions]
        others = companions_of(contacts, asked, field="guests", parse_phone=self.parse_phone)
        return party_guests([None, *others], serving.guests, answers)


def companions_of(contacts: Sequence[Contact], asked: Wish, *, field: str, parse_phone: ParsePhone) -> list[Guest]:
    """Return those who come along, who need no contact, or refuse what cannot be read; problems are told of `field`."""
    return [
        guest(each, region=asked.location.country, parse_phone=parse_phone, field=f"{field}.{place}", reachable=False)
        for place, each in enumerate(contacts)
    ]


def party_guests(
    who: Sequence[Guest | None], parts: Sequence[HeldPart], answers: Sequence[Answers | None]
) -> tuple[PartyGuest, ...]:
    """Return each guest with what is kept for them and their answers; nobody where no parts are told apart."""
    return tuple(
        PartyGuest(
            guest=each,
            practitioner_id=part.practitioner_id,
            duration_minutes=part.duration_minutes,
            minutes=part.minutes,
            add_on_ids=part.add_on_ids,
            price=part.price,
            screening=cleared,
            preference=part.preference,
        )
        for each, part, cleared in zip(who, parts, answers, strict=False)
    )


def book(command: Book, *, desk: Desk) -> Booked:
    """Book what is held, or refuse and change nothing. One hold makes at most one booking, however often it is tried.

    A hold that ran out books if its time is still free. If the practitioner or room that was held is taken after
    all, the next that is free serves, unless the guest asked for that practitioner.
    """
    hold = genuine(command.hold_id, command.hold_token, desk=desk)
    try:
        return _booked(command, hold, desk=desk)
    except Refused:
        # What was made before is the answer, whatever is true now. Looked up only here: most bookings are new.
        earlier = _earlier(command, hold, desk=desk)
        if earlier is None:
            raise
        return earlier


def confirming(command: Book, hold: Hold, *, lapsed: bool = False, desk: Desk) -> Confirm:
    """Return what it takes to `appoint` what is held."""
    return Confirm(
        command=command,
        hold=hold,
        lapsed=lapsed,
        booking_id=new_booking_id(),
        now=desk.clock.now(),
        parse_phone=desk.parse_phone,
        patience=desk.patience,
        rules=desk.rules,
    )


def appoint(transaction: Transaction, clinic: Clinic, confirm: Confirm, serving: Hold) -> Booking:
    """Write the booking down as the clinic's rules allow it, and tell of it: every held time becomes one here.

    The clinic is the one that was locked. Raises `Taken` if what was held serves no more, and what refuses the guest.
    """
    made = _judged(clinic, confirm, serving)
    transaction.check_came(made.guest, confirm.patience, now=confirm.now)
    check_cleared(transaction, made, clinic, rules=confirm.rules, payer=confirm.command.papers.payer)
    transaction.add(made, serving.claims, confirm.command.idempotency)
    transaction.tell(BookingEvent(name=BOOKED, occurred_at=confirm.now, booking=made, series_id=confirm.series_id))
    record_needs(transaction, made, clinic, confirm.command.papers, rules=confirm.rules)
    return made


def _booked(command: Book, hold: Hold, *, desk: Desk) -> Booked:
    if instant(desk.real_clock.now()) >= hold.expires_at + RECLAIMABLE_FOR:
        raise _lost(hold, lapsed=True, desk=desk)
    outcome, in_the_way = _kept(hold, desk=desk)
    if outcome is Outcome.BOOKED:
        raise released()
    if outcome is not Outcome.KEPT:  # it may have been booked, and that be forgotten
        earlier = _earlier(command, hold, desk=desk)
        if earlier is not None:
            _settle(hold, earlier, desk=desk)
            return earlier
    lapsed = outcome is not Outcome.KEPT and hold.expires_at <= instant(desk.real_clock.now())
    confirm = confirming(command, hold, lapsed=lapsed, desk=desk)
    claimed, serving = [hold], None if outcome is Outcome.TAKEN else hold
    for _ in range(_MOST_ATTEMPTS):
        serving = serving or _next(confirm, in_the_way, desk=desk)
        if serving is None:
            break
        if serving is not hold:
            claimed.append(serving)
        try:
            made = desk.bookings.transact(_work(confirm, serving))
        except AlreadyMade:
            earlier = _earlier(command, hold, desk=desk)
            if earlier is None:
                raise
            _settle(hold, earlier, desk=desk)
            return earlier
        except Taken:
            serving = None
            continue
        except OftenMissed:
            _give_up(claimed, desk=desk)
            raise often_missed(desk.calendar.known().location(hold.location_id).phone) from None
        with contextlib.suppress(HoldsAway):
            for each in claimed:
                desk.holds.settle(each, HoldState.BOOKED)
        return Booked(booking=made)
    _give_up(claimed, desk=desk)
    raise _lost(hold, lapsed=lapsed, desk=desk)


def _give_up(claimed: Sequence[Hold], *, desk: Desk) -> None:
    with contextlib.suppress(HoldsAway):  # they expire by themselves
        for each in claimed:
            desk.holds.forget(each)


def _earlier(command: Book, hold: Hold, *, desk: Desk) -> Booked | None:
    earlier = desk.bookings.earlier(hold.id, command.idempotency)
    if earlier.key_reused:
        raise reused()
    if earlier.booking is None:
        return None
    made = earlier.booking
    moved = made.revision > 1  # since then its start may have changed, and says nothing about the hold
    same = made.service_id == hold.service_id and (moved or made.start == utc(hold.start))
    if made.hold_id == hold.id and not same:
        raise reused()  # one identity, two holds: their key was reused while the memory of holds was lost
    return Booked(booking=made, replayed=True)


def _settle(hold: Hold, earlier: Booked, *, desk: Desk) -> None:
    """Give up what was claimed for a confirm that turned out to repeat an earlier one."""
    if earlier.booking.hold_id == hold.id:
        with contextlib.suppress(HoldsAway):
            desk.holds.settle(hold, HoldState.BOOKED)


def _kept(hold: Hold, *, desk: Desk) -> tuple[Outcome, set[Claim]]:
    """Make the hold outlast the transaction; say how that went and whose holds are in the way."""
    try:
        answer = desk.holds.keep(hold, lasts=CONFIRM_LASTS, reclaim=True)
    except HoldsAway:
        return Outcome.CLAIMED, set()
    if answer.outcome is Outcome.STRANGER:
        raise stranger()
    if answer.outcome is Outcome.RELEASED:
        raise released()
    return answer.outcome, those_taken(hold, answer.taken)


def _work(confirm: Confirm, serving: Hold) -> Callable[[Transaction], Booking]:
    def work(transaction: Transaction) -> Booking:
        clinic = transaction.lock_catalog([serving.location_id, serving.service_id, *serving.resource_ids])
        return appoint(transaction, clinic, confirm, serving)

    return work


def _judged(clinic: Clinic, confirm: Confirm, serving: Hold) -> Booking:
    """Return the booking as the clinic's present rules allow it; raise `Taken` if what was held serves no more."""
    hold = confirm.hold
    asked = wish(clinic, sought_of(hold))
    if asked.minutes != hold.minutes:
        raise Refused("add_on_not_offered", "What was held takes another time by now. Please choose a time again.")
    if confirm.lapsed:
        check_start(asked, hold.start, instant(confirm.now))
    elif hold.start <= instant(confirm.now):
        raise Refused("in_the_past", "This time has passed.")
    command = confirm.command
    answers = screenings(asked, [command.screening, *(each.screening for each in command.companions)])
    asked = asked.served_by([part.practitioner_id for part in serving.guests]) if serving.guests else asked
    if not still_serves(clinic, asked, hold.start, serving.resource_ids):
        raise Taken
    return Booking(
        id=confirm.booking_id,
        hold_id=hold.id,
        state=CONFIRMED,
        revision=1,
        generation=1,
        location_id=hold.location_id,
        service_id=hold.service_id,
        practitioner_ids=serving.practitioner_ids,
        start=utc(hold.start),
        minutes=hold.minutes,
        zone=asked.location.zone,
        price=hold.price,
        policy=asked.service.cancellation,
        guest=confirm.guest(asked),
        screening=answers[0],
        made_at=confirm.now,
        guests=confirm.party(asked, serving, answers),
        preference=hold.preference,
    )


def screenings(asked: Wish, given: Sequence[Answers | None]) -> list[Answers | None]:
    """Return what each guest's own answers came to, or refuse: other guests than held, or of several one not clear."""
    if len(given) != len(asked.guests):
        raise wrong_size(asked.service, len(given))
    if len(given) == 1:  # a yes may have been cleared: `check_cleared` sees to it
        return [answered(questions(asked.service, asked.guests[0].add_ons), given[0])]
    return [
        screened(questions(asked.service, part.add_ons), asked.location, answers, guest=place)
        for place, (part, answers) in enumerate(zip(asked.guests, given, strict=True), start=1)
    ]


def _next(confirm: Confirm, in_the_way: set[Claim], *, desk: Desk) -> Hold | None:
    """Claim the next who could serve the same start, if anyone can; `in_the_way` grows by those whom others hold."""
    hold = confirm.hold

    def plan(clinic: Clinic) -> Question[Wish]:
        return candidates(clinic, wish(clinic, sought_of(hold)), hold.start)

    reading = desk.calendar.look(plan)
    while (chosen := choice(reading, hold.start, passed_over=in_the_way)) is not None:
        following = with_resources(hold, chosen, reading)
        try:
            answer = desk.holds.keep(following, lasts=CONFIRM_LASTS, reclaim=True)
        except HoldsAway:
            return following
        if answer.outcome is not Outcome.TAKEN:
            return following
        in_the_way |= those_taken(following, answer.taken)
    return None


def _lost(hold: Hold, *, lapsed: bool, desk: Desk) -> Refused:
    code, detail = (
        ("hold_expired", "The time we kept for you ran out, and someone else has taken it.")
        if lapsed
        else ("slot_taken", "Someone else has just taken this time.")
    )
    return gone(code, detail, sought_of(hold), hold.start, desk=desk)
