"""Take over a booking that was made elsewhere: with the system before this one, or on paper.

It is served by whoever is free then, and stands only if the database lets its allocations stand, like every other one.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from booking.application.access import StaffAccess, note
from booking.application.choosing import candidates, choice
from booking.application.needs import record_needs
from booking.application.ports import AlreadyMade, Desk, Question, Reading, Taken, Transaction
from booking.domain.audit import Actor
from booking.domain.availability import still_serves
from booking.domain.booking import CONFIRMED, Booking, Claim, new_booking_id
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.guest import Contact, guest
from booking.domain.ids import BookingId, HoldId, PractitionerId, ResourceId
from booking.domain.ranges import Range
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import instant, utc

_MOST_ATTEMPTS = 4
_REFERENCES = uuid.uuid5(uuid.NAMESPACE_DNS, "import.booking.slotwell")
"""Never change it: what was imported before would be imported again."""

Planned = Mapping[ResourceId, Sequence[Range]]
"""What the rows before would claim, in a dry run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """A booking as the other system knew it; `reference` is its name there, and makes a repetition harmless."""

    reference: str
    sought: Sought
    start: datetime
    contact: Contact


class Fate(StrEnum):
    """What became of it."""

    IMPORTED = "imported"
    WOULD_BE = "would_be_imported"
    KNOWN = "imported_before"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """Its fate, the booking's id if there is one, and what it claims."""

    fate: Fate
    booking_id: BookingId | None
    claims: tuple[Claim, ...] = ()


def take_over(
    command: TakeOver, *, desk: Desk, actor: Actor, dry_run: bool = False, planned: Planned | None = None
) -> TakenOver:
    """Book it, or refuse and change nothing. The same reference is booked once, however often it comes.

    That `actor` did so is written down with the booking.
    """
    hold_id = HoldId(str(uuid.uuid5(_REFERENCES, command.reference)))
    earlier = desk.bookings.earlier(hold_id).booking
    if earlier is not None:
        return TakenOver(fate=Fate.KNOWN, booking_id=earlier.id)
    now, at = desk.clock.now(), instant(command.start)
    if command.start <= now:
        raise Refused("in_the_past", "This time has passed.")
    for _ in range(_MOST_ATTEMPTS):
        reading = _with(desk.calendar.look(lambda clinic: _question(clinic, command)), planned or {})
        chosen = choice(reading, at) if command.start.timestamp() == at else None
        if chosen is None:
            raise Refused("nobody_is_free", "Nobody who could serve it works and is free then, or no start is then.")
        claims = tuple(reading.subject.claims(reading.clinic, at, chosen))
        made = _booking(command, reading, claims, hold_id=hold_id, now=now, desk=desk)
        if dry_run:
            return TakenOver(fate=Fate.WOULD_BE, booking_id=None, claims=claims)
        try:
            desk.bookings.transact(partial(_write, command=command, actor=actor, made=made, claims=claims, desk=desk))
        except AlreadyMade:
            return TakenOver(fate=Fate.KNOWN, booking_id=None)
        except Taken:
            continue  # somebody was faster: look again
        return TakenOver(fate=Fate.IMPORTED, booking_id=made.id, claims=claims)
    raise Refused("slot_taken", "Someone else has just taken this time.")


def _question(clinic: Clinic, command: TakeOver) -> Question[Wish]:
    return candidates(clinic, wish(clinic, command.sought, by_staff=True), instant(command.start))


def _with(reading: Reading[Wish], planned: Planned) -> Reading[Wish]:
    busy = {each: [*spans] for each, spans in reading.busy.items()}
    for each, spans in planned.items():
        busy.setdefault(each, []).extend(spans)
    return replace(reading, busy=busy)


def _booking(
    command: TakeOver,
    reading: Reading[Wish],
    claims: Sequence[Claim],
    *,
    hold_id: HoldId,
    now: datetime,
    desk: Desk,
) -> Booking:
    asked, people = reading.subject, reading.clinic.practitioners
    return Booking(
        id=new_booking_id(),
        hold_id=hold_id,
        state=CONFIRMED,
        revision=1,
        generation=1,
        location_id=asked.location.id,
        service_id=asked.service.id,
        practitioner_ids=tuple(PractitionerId(each.resource_id) for each in claims if each.resource_id in people),
        start=utc(instant(command.start)),
        minutes=asked.minutes,
        zone=asked.location.zone,
        price=asked.price,
        policy=asked.service.cancellation,
        guest=guest(command.contact, region=asked.location.country, parse_phone=desk.parse_phone),
        screening=None,  # whoever took the booking there has asked
        made_at=now,
    )


def _write(
    transaction: Transaction, *, command: TakeOver, actor: Actor, made: Booking, claims: Sequence[Claim], desk: Desk
) -> None:
    resources = [each.resource_id for each in claims]
    clinic = transaction.lock_catalog([made.location_id, made.service_id, *resources])
    # The catalog may have changed since we looked; it cannot any more.
    if not still_serves(clinic, wish(clinic, command.sought, by_staff=True), instant(made.start), resources):
        raise Taken
    transaction.add(made, claims, None)
    access = StaffAccess(booking_id=made.id, actor=actor)
    transaction.note(note(access, "book", at=made.made_at, detail={"imported": True}))
    transaction.tell(BookingEvent(name=BOOKED, occurred_at=made.made_at, booking=made))
    record_needs(transaction, made, clinic, rules=desk.rules, by_staff=True)
