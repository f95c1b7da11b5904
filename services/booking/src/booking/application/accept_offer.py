"""Take the offered time: the lease's allocations become the booking's, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.application.alternatives import gone
from booking.application.book import Booked, party_guests, screenings
from booking.application.choosing import held_parts
from booking.application.clearing import check_cleared
from booking.application.needs import NO_PAPERS, Papers, record_needs
from booking.application.ports import AlreadyMade, Desk, OftenMissed, Taken, Transaction
from booking.application.waiting import Waiter, booked_of, no_offer, offer_gone
from booking.domain.availability import still_serves
from booking.domain.booking import CONFIRMED, Booking, new_booking_id
from booking.domain.clinic import Clinic
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.ids import HoldId
from booking.domain.patience import often_missed
from booking.domain.screening import Answers
from booking.domain.waitlist import ACCEPTED, Entry, Lease, accepted, open_lease, revoked
from booking.domain.wish import wish
from booking.domain.zones import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The wish to take what was offered."""

    waiter: Waiter
    screening: Answers | None = None
    companions: tuple[Answers | None, ...] = ()
    """The answers of the other guests of a party, each their own, in the order in which they were named."""
    papers: Papers = NO_PAPERS


class _Ended(Exception):
    """No offer stands."""


def accept(command: Accept, *, desk: Desk) -> Booked:
    """Book what was offered, or refuse and change nothing. One offer makes one booking, however often it is accepted.

    An offer whose practitioner or room serves it no more is taken back: the guest waits on, in their place.
    """
    waiter, now = command.waiter, desk.clock.now()
    entry = waiter.checked(desk.waitlist.find(waiter.entry_id), key=desk.manage_key)
    lease = entry.lease
    if lease is None:
        raise no_offer()

    def work(transaction: Transaction) -> Booking:
        before = waiter.checked(transaction.waitlist.lock(entry.id), key=desk.manage_key)
        if before.state == ACCEPTED:
            raise AlreadyMade
        standing = open_lease(before, now)
        if standing is None or standing.id != lease.id:
            raise _Ended
        clinic = transaction.lock_catalog([lease.location_id, lease.service_id, *lease.resource_ids])
        made = _judged(clinic, before, lease, (command.screening, *command.companions), now)
        transaction.check_came(made.guest, desk.patience, now=now)
        check_cleared(transaction, made, clinic, rules=desk.rules, payer=command.papers.payer)
        transaction.add(made, (), None)
        transaction.waitlist.hand_over(lease, made.id)
        transaction.waitlist.change(accepted(before, now))
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=now, booking=made))
        record_needs(transaction, made, clinic, command.papers, rules=desk.rules)
        return made

    try:
        return Booked(booking=desk.bookings.transact(work))
    except AlreadyMade:
        made = booked_of(waiter.checked(desk.waitlist.find(entry.id), key=desk.manage_key), desk=desk)
        if made is None:
            raise
        return Booked(booking=made, replayed=True)
    except OftenMissed:
        raise often_missed(desk.calendar.known().location(lease.location_id).phone) from None
    except _Ended:
        raise offer_gone(entry, lease, desk=desk) from None
    except Taken:
        _revoke(lease, now, desk=desk)
        detail = "We are sorry: this time cannot be given after all. You keep your place."
        raise gone("slot_taken", detail, entry.sought, instant(lease.start), desk=desk) from None


def _judged(clinic: Clinic, entry: Entry, lease: Lease, given: Sequence[Answers | None], now: datetime) -> Booking:
    """Return the booking as the clinic's present rules allow it; raise `Taken` if what was leased serves no more."""
    asked = wish(clinic, entry.sought)
    answers = screenings(asked, given)
    if asked.minutes != lease.minutes or len(lease.parts) != len(held_parts(asked)):
        raise Taken  # an add-on takes another time by now, or the guests are others than the offer was made for
    asked = asked.served_by([each.practitioner_id for each in lease.parts]) if lease.parts else asked
    if not still_serves(clinic, asked, instant(lease.start), lease.resource_ids):
        raise Taken
    return Booking(
        id=new_booking_id(),
        hold_id=HoldId(lease.id),
        state=CONFIRMED,
        revision=1,
        generation=1,
        location_id=lease.location_id,
        service_id=lease.service_id,
        practitioner_ids=lease.practitioner_ids,
        start=lease.start,
        minutes=lease.minutes,
        zone=asked.location.zone,
        price=lease.price,
        policy=asked.service.cancellation,
        guest=entry.guest,
        screening=answers[0],
        made_at=now,
        guests=party_guests([each.guest for each in entry.party], lease.parts, answers),
        preference=entry.preference,
    )


def _revoke(lease: Lease, now: datetime, *, desk: Desk) -> None:
    def work(transaction: Transaction) -> None:
        before = transaction.waitlist.lock(lease.entry_id)
        standing = open_lease(before, now) if before is not None else None
        if before is not None and standing is not None and standing.id == lease.id:
            transaction.waitlist.give_up(lease)
            transaction.waitlist.change(revoked(before, now))

    desk.bookings.transact(work)
