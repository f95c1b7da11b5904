"""One guest of a party cannot come: their place is kept free for another, or it becomes an appointment for one."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from .booking import CONFIRMED, Booking, late_fee_of, outside_policy
from .clinic import Clinic, Screening, Service
from .errors import Refused
from .guest import Guest
from .party import COMING, KEPT_FREE, WITHDRAWN, PartyGuest, at_place, staying, with_guest
from .screening import Answers
from .wish import Wish


def kept_free(booking: Booking, place: int, *, now: datetime, phone: str) -> Booking:
    """Return the booking whose guest at this place is not coming, the place kept for whoever is named in time.

    Refused after the deadline, and for the last who comes: that is a cancellation.
    """
    _check_open(booking, phone)
    leaving = at_place(booking.guests, place, COMING)
    if sum(each.state == COMING for each in booking.guests) < 2:
        raise Refused("last_guest", "Nobody else comes: cancel the booking instead.")
    _check_in_time(booking, now, phone)
    fee = late_fee_of(booking, leaving.price)
    return _with(booking, place, replace(leaving, state=KEPT_FREE, withdrawn_at=now, fee=fee if fee.amount else None))


def named(
    booking: Booking, place: int, guest: Guest, screening: Answers | None, *, now: datetime, phone: str
) -> Booking:
    """Return the booking with this guest at the place that was kept free, or refuse."""
    _check_open(booking, phone)
    left = at_place(booking.guests, place, KEPT_FREE)
    _check_in_time(booking, now, phone)
    coming = replace(
        left, guest=guest, screening=screening, state=COMING, withdrawn_at=None, fee=None, fee_waived_at=None
    )
    return _with(booking, place, coming)


def stays(booking: Booking, place: int, *, phone: str) -> PartyGuest:
    """Return who is left when the guest at this place withdraws from a party of two, or refuse."""
    _check_open(booking, phone)
    if not 1 <= place <= len(booking.guests) or booking.guests[place - 1].state == WITHDRAWN:
        at_place(booking.guests, place, COMING)
    others = [each for at, each in enumerate(booking.guests, start=1) if at != place and each.state != WITHDRAWN]
    if len(others) != 1 or others[0].state != COMING:
        raise no_counterpart(phone)
    return others[0]


def counterpart(clinic: Clinic, booking: Booking, guest: PartyGuest) -> Service | None:
    """Return what is given to one guest as it would have been to this one: by the same skill, as long, there.

    Of several, the first by name.
    """
    party = clinic.service(booking.service_id)
    place = booking.guests.index(guest)
    need = [need for need in party.practitioner_needs for _ in range(need.count)][place]
    fitting = [
        service
        for service in clinic.services.values()
        if not service.deleted
        and service.id != party.id
        and service.modality == party.modality
        and service.practitioner_needs == (replace(need, count=1),)
        and service.guests == 1
        and _offers(service, booking, guest)
    ]
    return min(fitting, key=lambda service: (service.name, service.id), default=None)


def answered_already(asked: Screening, of_party: Screening | None, answers: Answers | None) -> Answers | None:
    """Return the answers that a guest has given, if what they answered had all of the questions that are asked now."""
    if of_party is None or answers is None or answers.version != of_party.version:
        return None
    covered = set(asked.questions) <= set(of_party.questions)
    return Answers(version=asked.version, all_clear=answers.all_clear) if covered else None


def alone(
    booking: Booking, place: int, asked: Wish, screening: Answers | None, *, now: datetime, accept_fee: bool, phone: str
) -> Booking:
    """Return the booking for the one who stays, as `asked`; who leaves late owes the fee for their own part."""
    staying_guest = stays(booking, place, phone=phone)
    leaving = booking.guests[place - 1]
    fee = late_fee_of(booking, leaving.price)
    late = now > booking.free_until and fee.amount > 0
    if late and not accept_fee:
        detail = f"Free cancellation has ended; cancelling for one guest now costs {fee.amount} {fee.currency}."
        raise outside_policy(booking, detail, phone, fee)
    part = asked.guests[0]
    stayed = replace(staying_guest, guest=None, minutes=part.minutes, price=part.price, screening=screening)
    left = replace(
        leaving,
        guest=leaving.guest or booking.guest,
        state=WITHDRAWN,
        withdrawn_at=now,
        fee=fee if late else None,
    )
    other = 1 if place == 2 else 2
    guests = with_guest(with_guest(booking.guests, place, left), other, stayed)
    return replace(
        booking,
        service_id=asked.service.id,
        practitioner_ids=(stayed.practitioner_id,) if stayed.practitioner_id is not None else (),
        minutes=asked.minutes,
        price=asked.price,
        guest=_reachable(staying_guest.guest, booking.guest),
        screening=screening,
        guests=guests,
        revision=booking.revision + 1,
    )


def no_counterpart(phone: str) -> Refused:
    """Return the refusal where nothing is given to one guest in the party's stead, to be raised by the caller."""
    detail = f"This cannot become an appointment for one: call us at {phone}."
    return Refused("no_single_counterpart", detail, phone=phone)


def _reachable(stays: Guest | None, booked: Guest) -> Guest:
    """Who stays, reached as they said, or else through the one who booked."""
    if stays is None:
        return booked
    if stays.channels:
        return replace(stays, locale=booked.locale, zone=booked.zone)
    return replace(booked, name=stays.name)


def _offers(service: Service, booking: Booking, guest: PartyGuest) -> bool:
    offer = service.offer_at(booking.location_id)
    if offer is None or guest.duration_minutes not in {each.minutes for each in offer.durations}:
        return False
    return set(guest.add_on_ids) <= {each.id for each in offer.add_ons}


def _check_open(booking: Booking, phone: str) -> None:
    if len(staying(booking.guests)) < 2:
        raise Refused("unknown_guest", "This booking is not for several guests who are known one by one.")
    if booking.state != CONFIRMED:
        raise Refused("not_cancellable", "This appointment can no longer be changed.", phone=phone)


def _check_in_time(booking: Booking, now: datetime, phone: str) -> None:
    if now > booking.free_until:
        ended = booking.free_until.astimezone(ZoneInfo(booking.zone))
        raise Refused(
            "outside_policy",
            "A place is kept free, and another guest named, only until cancelling free of charge ends.",
            deadline=ended,
            phone=phone,
        )


def _with(booking: Booking, place: int, guest: PartyGuest) -> Booking:
    return replace(booking, guests=with_guest(booking.guests, place, guest), revision=booking.revision + 1)
