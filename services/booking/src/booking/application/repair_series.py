"""Fill a place that fell out of a series, or whose time the clinic cannot keep: the nearest times in the cadence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.access import GuestAccess
from booking.application.alternatives import dated
from booking.application.availability import without
from booking.application.book import appoint
from booking.application.claim_sessions import Claimed, claimed, forget, lock_all
from booking.application.needs import Papers
from booking.application.plan_series import by, looked, replacements
from booking.application.ports import Desk, OftenMissed, Reading, Taken, Transaction
from booking.application.reschedule import To, reschedule
from booking.application.show_series import SeenSeries, SeriesAccess, see_series
from booking.domain.availability import Slot
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact, Guest
from booking.domain.ids import PractitionerId
from booking.domain.patience import often_missed
from booking.domain.ranges import Instant, Range
from booking.domain.screening import Answers, answered
from booking.domain.series import Session, around, check_series_token, is_open, known_hands, neighbours
from booking.domain.wish import Wish
from booking.domain.zones import instant

ENOUGH = 5
"""How many times are proposed."""
_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The wish to fill a place at a time that was proposed."""

    access: SeriesAccess
    position: int
    start: datetime
    practitioner_id: PractitionerId | None = None
    """None: whoever is known from the series, or else anyone."""
    screening: Answers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """The place, what it would be filled with, and the times, best first."""

    session: Session
    asked: Wish
    slots: Sequence[Slot]
    asks: bool = True
    """Whether the safety questions have to be answered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """A place in a series as it is now: what may fill it, and between whom."""

    seen: SeenSeries
    session: Session
    reading: Reading[Wish]
    during: Range
    before: Instant | None
    displaced: Booking | None = None
    """The booking to be moved, where the clinic cannot keep its time."""

    @property
    def asks(self) -> bool:
        """Whether the safety questions have to be answered: for a booking that is moved, if they are others now."""
        if self.displaced is None:
            return True
        kept, asked = self.displaced.screening, self.reading.subject.service.screening
        return asked is not None and (kept is None or kept.version != asked.version)


def propose(access: SeriesAccess, position: int, *, desk: Desk) -> Proposals:
    """Return the times that miss the cadence least, or refuse a place that is neither open nor displaced.

    They lie between the sessions before and after it; with whom the guest knows from the series, or else with anyone.
    """
    gap = _gap(see_series(access, desk=desk), position, None, desk=desk)
    slots = _proposed(gap, ENOUGH, desk=desk)
    return Proposals(session=gap.session, asked=gap.reading.subject, slots=slots, asks=gap.asks)


def repair(command: Repair, *, desk: Desk) -> SeenSeries:
    """Book the time into the series, or move its booking there, or refuse and change nothing. Twice is once."""
    position, start = command.position, instant(command.start)
    for _ in range(_MOST_ATTEMPTS):
        seen = see_series(command.access, desk=desk)
        if _is_there(seen, position, command.start):
            return seen
        gap = _gap(seen, position, command.practitioner_id, desk=desk)
        asked = gap.reading.subject
        if gap.asks:
            answered(asked.service.screening, command.screening)
        slot = _free_at(gap, start, desk=desk)
        if slot is None or command.start.timestamp() != start:
            break
        if gap.displaced is not None:
            return _moved(command, gap.displaced, slot, _hands(asked, slot), desk=desk)
        # The one whom the guest knows may not be free then: whoever was proposed serves.
        serving = by(asked, _hands(asked, slot))
        reading = replace(gap.reading, subject=serving)
        fallen = gap.session.booking_id
        claim = claimed(gap.seen.series.id, position, start, reading, instead_of=fallen, desk=desk)
        if claim is None:
            continue  # held since we looked: look again
        try:
            return _filled(command, gap, claim, desk=desk)
        except Taken:
            continue
        except OftenMissed:
            raise often_missed(desk.calendar.known().location(gap.seen.series.location_id).phone) from None
        finally:
            forget([claim], desk=desk)
    gap = _gap(see_series(command.access, desk=desk), position, command.practitioner_id, desk=desk)
    slots = dated(_proposed(gap, ENOUGH, desk=desk), gap.seen.series.zone)
    raise Refused("slot_taken", "This time is not free, or not between its neighbours.", alternatives=slots)


def _gap(seen: SeenSeries, position: int, practitioner_id: PractitionerId | None, *, desk: Desk) -> _Gap:
    series, bookings = seen.series, dict(seen.bookings)
    session = series.session(position)
    if series.arrangement is not None:
        raise Refused("no_rhythm", "A visit keeps no rhythm. Move or book each of its appointments by itself.")
    made = bookings.get(session.booking_id) if session.booking_id is not None else None
    moving = made if made is not None and made.id in seen.displaced else None
    if moving is None and not is_open(session, bookings):
        raise Refused("session_stands", f"Session {position} has its time. Move that appointment instead.")
    after, before = neighbours(series, position, bookings)
    wanted = practitioner_id or _known(session, known_hands(series, session, bookings), desk=desk)
    during = around(session, series.cadence, after=after, before=before)
    sought = replace(session.sought, practitioner_id=wanted)
    if moving is not None:
        sought = replace(sought, duration_minutes=moving.minutes)
    reading = looked(sought, (min(during), max(during[1], during[0] + 1)), desk=desk)
    if moving is not None:  # it is not in its own way
        reading = replace(reading, busy=without(reading.busy, desk.bookings.claims(moving.id)))
    return _Gap(seen=seen, session=session, reading=reading, during=during, before=before, displaced=moving)


def _known(session: Session, who: PractitionerId | None, *, desk: Desk) -> PractitionerId | None:
    """Return whom the guest knows, unless they are not what is wished for any more."""
    found = desk.calendar.known().practitioners.get(who) if who is not None else None
    return who if found is None or session.sought.preference.allows(found) else None


def _proposed(gap: _Gap, most: int, *, desk: Desk) -> list[Slot]:
    now = instant(desk.clock.now())
    return replacements(gap.session, gap.reading, gap.during, now=now, before=gap.before, most=most)


def _free_at(gap: _Gap, start: Instant, *, desk: Desk) -> Slot | None:
    now = instant(desk.clock.now())
    during = (max(start, gap.during[0]), min(start + 1, gap.during[1]))
    found = replacements(gap.session, gap.reading, during, now=now, before=gap.before, most=1)
    return found[0] if found else None


def _hands(asked: Wish, slot: Slot) -> PractitionerId | None:
    return asked.practitioner_id if asked.practitioner_id in slot.practitioner_ids else None


def _is_there(seen: SeenSeries, position: int, start: datetime) -> bool:
    session = seen.series.session(position)
    made = seen.bookings.get(session.booking_id) if session.booking_id is not None else None
    stands = made is not None and not is_open(session, dict(seen.bookings)) and made.id not in seen.displaced
    return stands and made is not None and made.start == start


def _moved(command: Repair, booking: Booking, slot: Slot, hands: PractitionerId | None, *, desk: Desk) -> SeenSeries:
    if hands is None and booking.start == command.start:
        hands = slot.practitioner_ids[0]  # the same time with somebody else
    token = manage_token(booking.id, booking.generation, desk.manage_key)
    to = To(start=command.start, practitioner_id=hands, screening=command.screening, displaced=True)
    reschedule(GuestAccess(booking_id=booking.id, token=token), to, desk=desk)
    return see_series(command.access, desk=desk)


def _filled(command: Repair, gap: _Gap, claim: Claimed, *, desk: Desk) -> SeenSeries:
    access, position = command.access, command.position
    known = next(iter(gap.seen.bookings.values())).guest
    papers = Papers(payer=gap.seen.series.payer).of_a_later_session()  # its time was promised with the series
    confirm = claim.confirm(_contact(known), command.screening, papers, desk=desk)

    def work(transaction: Transaction) -> Booking | None:
        found = transaction.series.lock(access.series_id)
        series = check_series_token(access.series_id, found, access.token, desk.manage_key)
        if series.session(position).booking_id != gap.session.booking_id:
            raise Taken  # filled meanwhile: look again
        clinic = lock_all(transaction, [claim])
        made = appoint(transaction, clinic, confirm, claim.hold)
        transaction.series.fill(access.series_id, position, made.id)
        return made

    desk.bookings.transact(work)
    return see_series(access, desk=desk)


def _contact(known: Guest) -> Contact:
    return Contact(
        name=known.name,
        email=known.email,
        phone=known.phone,
        locale=known.locale,
        zone=known.zone,
    )
