"""One guest of a party cannot come: keep their place free, name someone in their stead, or go on with one guest.

What everybody else holds stays theirs throughout: the practitioner of who stays is never given up.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from booking.application.access import Access, note
from booking.application.availability import with_holds, without
from booking.application.book import Companion
from booking.application.choosing import candidates, choice
from booking.application.ports import Desk, Question, Reading, Taken, Transaction
from booking.domain.availability import still_serves
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic
from booking.domain.events import PARTY_CHANGED, BookingEvent
from booking.domain.guest import guest
from booking.domain.ids import ResourceId
from booking.domain.part import questions
from booking.domain.party import PartyGuest
from booking.domain.screening import Answers, screened
from booking.domain.wish import Sought, Wish, wish
from booking.domain.withdrawal import alone, answered_already, counterpart, kept_free, named, no_counterpart, stays
from booking.domain.zones import instant

_MOST_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Who does not come (their place, from 1), and for going on with one guest, what that one answers."""

    place: int
    accept_fee: bool = False
    screening: Answers | None = None


def keep_free(access: Access, place: int, *, desk: Desk) -> Booking:
    """Keep the guest's place for someone who is named until the deadline, or refuse and change nothing."""
    now = desk.clock.now()
    return _changed(
        access,
        "keep_place_free",
        lambda booking, clinic: kept_free(booking, place, now=now, phone=clinic.locations[booking.location_id].phone),
        desk=desk,
    )


def name_guest(access: Access, place: int, who: Companion, *, desk: Desk) -> Booking:
    """Let someone else take the place that was kept free, or refuse and change nothing. They answer for themselves."""
    now = desk.clock.now()

    def change(booking: Booking, clinic: Clinic) -> Booking:
        location = clinic.location(booking.location_id)
        coming = guest(who.contact, region=location.country, parse_phone=desk.parse_phone, field="who", reachable=False)
        changed = named(booking, place, coming, None, now=now, phone=location.phone)
        service, left = clinic.service(booking.service_id), booking.guests[place - 1]
        add_ons = [each for each in service.add_ons if each.id in left.add_on_ids]
        answers = screened(questions(service, add_ons), location, who.screening, guest=place)
        return replace(
            changed,
            guests=tuple(
                replace(each, screening=answers) if at == place else each
                for at, each in enumerate(changed.guests, start=1)
            ),
        )

    return _changed(access, "name_guest", change, desk=desk)


def go_on_alone(access: Access, command: Withdraw, *, desk: Desk) -> Booking:
    """Make it an appointment for the one who stays, or refuse and change nothing.

    They keep practitioner and time, in a room that suits one, at the price for one.
    """
    found = desk.bookings.find([access.booking_id]).get(access.booking_id)
    booking = access.checked(found, key=desk.manage_key)
    for _ in range(_MOST_ATTEMPTS):
        reading = _read(booking, command.place, desk=desk)
        chosen = choice(reading, instant(booking.start))
        if chosen is None:
            break
        try:
            return desk.bookings.transact(_work(access, command, reading.subject, chosen, desk=desk))
        except Taken:
            continue  # someone has the room by now: look again
    raise no_counterpart(desk.calendar.known().location(booking.location_id).phone)


def _read(booking: Booking, place: int, *, desk: Desk) -> Reading[Wish]:
    """Return what could serve the one who stays, as if the party did not exist; what others hold counts as taken."""

    def plan(clinic: Clinic) -> Question[Wish]:
        phone = clinic.location(booking.location_id).phone
        stayed = stays(booking, place, phone=phone)
        return candidates(clinic, _single(clinic, booking, stayed, phone), instant(booking.start))

    reading = desk.calendar.look(plan)
    asked, start = reading.subject, instant(booking.start)
    busy = without(reading.busy, desk.bookings.claims(booking.id))
    return replace(reading, busy=with_holds(busy, asked.resources(reading.clinic), asked.claim(start), desk=desk))


def _single(clinic: Clinic, booking: Booking, stayed: PartyGuest, phone: str) -> Wish:
    service = counterpart(clinic, booking, stayed)
    if service is None:
        raise no_counterpart(phone)
    sought = Sought(
        location_id=booking.location_id, service_id=service.id, guests=(stayed.sought(stayed.practitioner_id),)
    )
    # Whoever has booked need not call to go on, nor lose the practitioner whom they have.
    return wish(clinic, sought.by_whoever_it_is, by_staff=True)


def _work(
    access: Access, command: Withdraw, asked: Wish, chosen: tuple[ResourceId, ...], *, desk: Desk
) -> Callable[[Transaction], Booking]:
    now = desk.clock.now()

    def work(transaction: Transaction) -> Booking:
        clinic = transaction.lock_catalog([asked.location.id, asked.service.id, *chosen])
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        phone, start = asked.location.phone, instant(before.start)
        stayed = stays(before, command.place, phone=phone)
        if not still_serves(clinic, asked, start, chosen):
            raise Taken
        answers = _answers(clinic, before, stayed, asked, command)
        after = alone(before, command.place, asked, answers, now=now, accept_fee=command.accept_fee, phone=phone)
        transaction.move(after, asked.claims(clinic, start, chosen))
        transaction.note(note(access, "go_on_alone", at=now, detail={"guest": str(command.place)}))
        transaction.tell(BookingEvent(name=PARTY_CHANGED, occurred_at=now, booking=after))
        return after

    return work


def _answers(clinic: Clinic, before: Booking, stayed: PartyGuest, asked: Wish, command: Withdraw) -> Answers | None:
    """Return what the one who stays has answered, or refuse: their new treatment may ask more than the old one did."""
    now_asked = questions(asked.service, asked.guests[0].add_ons)
    if now_asked is None:
        return None
    party = clinic.services[before.service_id]
    add_ons = [each for each in party.add_ons if each.id in stayed.add_on_ids]
    known = answered_already(now_asked, questions(party, add_ons), stayed.screening)
    return known or screened(now_asked, asked.location, command.screening, guest=before.guests.index(stayed) + 1)


def _changed(access: Access, action: str, change: Callable[[Booking, Clinic], Booking], *, desk: Desk) -> Booking:
    now, clinic = desk.clock.now(), desk.calendar.known()

    def work(transaction: Transaction) -> Booking:
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        after = change(before, clinic)
        transaction.change(after)
        transaction.note(note(access, action, at=now))
        transaction.tell(BookingEvent(name=PARTY_CHANGED, occurred_at=now, booking=after))
        return after

    return desk.bookings.transact(work)
