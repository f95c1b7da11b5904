"""Displaced bookings for staff: which they are, what could be done about each, and letting one stand."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from booking.application.access import StaffAccess, note
from booking.application.availability import search, with_holds, without
from booking.application.choosing import candidates, choice, practitioners_among
from booking.application.ports import Calendar, Desk, Question, Reading, T, Transaction
from booking.application.sought import sought_again
from booking.domain.availability import Slot, resources_free_at
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic, Entity
from booking.domain.displacement import Displaced, Standing, displaced, misfits, touched
from booking.domain.errors import Refused
from booking.domain.ids import BookingId, PractitionerId, ResourceId
from booking.domain.party import staying
from booking.domain.ranges import Instant, Range
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import DAY, instant, utc

MOST_PREVIEWED = 20
"""Displaced bookings that a preview tells with proposals; the others are counted."""
_MOST_PEOPLE = 3
_MOST_TIMES = 3
_NEAR, _FAR = 2 * DAY, 9 * DAY


class Kind(StrEnum):
    """What a proposal changes."""

    ROOM = "room"
    PRACTITIONER = "practitioner"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A way to serve a booking after all: when, and by whom. It is free now and not kept.

    `practitioner_id` and `room_id` are what has to be named to `rearrange`; None: what it has stays.
    """

    kind: Kind
    start: datetime
    practitioner_ids: tuple[PractitionerId, ...]
    practitioner_id: PractitionerId | None = None
    room_id: ResourceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A displaced booking and what could be done."""

    displaced: Displaced
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of those that are displaced; `following`: the last one looked at, if there are more."""

    cases: Sequence[Case]
    following: BookingId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would displace: how many bookings, and the first of them by start."""

    count: int
    cases: Sequence[Case]
    clinic: Clinic


def cases(*, limit: int, beyond: BookingId | None = None, desk: Desk) -> Page:
    """Return those that are displaced and still need something, by start, with proposals."""
    found = desk.displacements.listed(desk.clock.now(), limit=limit + 1, beyond=beyond)
    clinic = newest(desk)
    still = [each for each in found[:limit] if each.misfits & misfits(clinic, each.standing)]
    return Page(
        cases=[Case(displaced=each, proposals=tuple(_proposals(each.standing, desk=desk))) for each in still],
        following=found[limit - 1].booking.id if len(found) > limit else None,
    )


def preview(changes: Collection[tuple[str, Entity]], *, desk: Desk) -> Preview:
    """Return what these changes of the clinic would displace, with proposals as it would then be. Nothing is changed.

    What is displaced already is not told again.
    """
    before, now = newest(desk), desk.clock.now()
    after = before.changed(before.version, changes)
    resources = touched(before, after)
    found = [
        Displaced(standing=each, since=now, misfits=wrong)
        for each in (desk.displacements.standing(resources, now) if resources else ())
        if (wrong := displaced(before, after, each))
    ]
    found.sort(key=lambda each: (each.booking.start, each.booking.id))
    then = replace(desk, calendar=_Supposed(desk.calendar, after))
    shown = [
        Case(displaced=each, proposals=tuple(_proposals(each.standing, desk=then))) for each in found[:MOST_PREVIEWED]
    ]
    return Preview(count=len(found), cases=shown, clinic=after)


def let_stand(access: StaffAccess, *, desk: Desk) -> Booking:
    """Take a booking off the list as it is: staff will see to it. Refuses one that is not on it."""

    def work(transaction: Transaction) -> Booking:
        booking = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        if not transaction.no_longer_displaced(booking.id):
            raise Refused("not_displaced", "This booking is not displaced, or is no more.")
        transaction.note(note(access, "let_stand", at=desk.clock.now()))
        return booking

    return desk.bookings.transact(work)


def newest(desk: Desk) -> Clinic:
    """Return the clinic as it is by now: this process may not have seen its last change."""
    return desk.calendar.look(lambda _: Question(subject=None, resource_ids=(), during=(0, 1))).clinic


def _proposals(standing: Standing, *, desk: Desk) -> Iterator[Proposal]:
    """Yield other rooms or hands at the same time, then the nearest other times; what is not on offer has none."""
    try:
        yield from _at_the_same_time(standing, desk=desk)
        yield from _at_other_times(standing, desk=desk)
    except Refused:
        return


def _at_the_same_time(standing: Standing, *, desk: Desk) -> Iterator[Proposal]:
    booking, start, has = standing.booking, instant(standing.booking.start), frozenset(standing.resource_ids)
    reading = _as_if_free(standing, start, desk=desk)
    seen: set[frozenset[ResourceId]] = set()
    free = {each for unit in resources_free_at(reading.clinic, reading.subject, start, reading.busy) for each in unit}
    others = () if _is_party(booking) else practitioners_among(free - has, reading.clinic)  # a party keeps its own
    for who in (None, *sorted(others)):
        asked = replace(reading.subject, practitioner_id=who)
        chosen = choice(replace(reading, subject=asked), start, preferring=has)
        hands = practitioners_among(chosen or (), reading.clinic)
        if chosen is None or frozenset(hands) in seen or len(seen) > _MOST_PEOPLE:
            continue
        seen.add(frozenset(hands))
        new = sorted(set(hands) - has)
        if new and _is_party(booking):
            continue
        yield Proposal(
            kind=Kind.PRACTITIONER if new else Kind.ROOM,
            start=booking.start,
            practitioner_ids=hands,
            practitioner_id=new[0] if new else None,
            room_id=next((each for each in chosen if each not in has and each not in hands), None),
        )


def _as_if_free(standing: Standing, start: Instant, *, desk: Desk) -> Reading[Wish]:
    """Return who could serve the booking at a start, if it were not there itself; what others hold is taken."""
    booking, sought = standing.booking, replace(sought_again(standing.booking), duration_minutes=None)

    def plan(clinic: Clinic) -> Question[Wish]:
        # Its length may not be on offer any more.
        return candidates(clinic, wish(clinic, sought, by_staff=True).lasting(booking.minutes), start)

    reading = desk.calendar.look(plan)
    busy = without(reading.busy, desk.bookings.claims(booking.id))
    during = reading.subject.claim(start)
    return replace(reading, busy=with_holds(busy, reading.subject.resources(reading.clinic), during, desk=desk))


def _at_other_times(standing: Standing, *, desk: Desk) -> Iterator[Proposal]:
    booking, start = standing.booking, instant(standing.booking.start)
    free = desk.bookings.claims(booking.id)
    for sought in _by_whom(booking):
        for around in (_NEAR, _FAR):
            try:
                window = (start - around, start + around)
                found = search(sought, window, free=free, by_staff=True, desk=desk)
            except Refused:
                break  # whom it was with is here no more
            others = sorted((slot for slot in found.slots if slot.start != start), key=lambda s: abs(s.start - start))
            if len(others) >= _MOST_TIMES or (around == _FAR and others):
                nearest = sorted(others[:_MOST_TIMES], key=lambda each: each.start)
                yield from (_at(slot, booking, same_hands=sought != sought.by_anyone) for slot in nearest)
                return


def _is_party(booking: Booking) -> bool:
    return len(staying(booking.guests)) > 1


def _by_whom(booking: Booking) -> Iterator[Sought]:
    """Yield what to look for: with the same hands, then (but for a party, which keeps its own) with anyone."""
    if _is_party(booking):
        together = tuple(each.sought(each.practitioner_id) for each in staying(booking.guests))
        yield replace(sought_again(booking), practitioner_id=None, guests=together)
        return
    if len(booking.practitioner_ids) == 1:
        yield sought_again(booking, booking.practitioner_ids[0])
    yield sought_again(booking)


def _at(slot: Slot, booking: Booking, *, same_hands: bool) -> Proposal:
    start = utc(slot.start)
    if same_hands:
        return Proposal(kind=Kind.TIME, start=start, practitioner_ids=booking.practitioner_ids)
    who = slot.practitioner_ids
    return Proposal(kind=Kind.TIME, start=start, practitioner_ids=who, practitioner_id=who[0])


class _Supposed:
    """The calendar as it would be if the clinic were another."""

    def __init__(self, calendar: Calendar, clinic: Clinic) -> None:
        self._calendar = calendar
        self._clinic = clinic

    def known(self) -> Clinic:
        """See `Calendar.known`."""
        return self._clinic

    def look(self, plan: Callable[[Clinic], Question[T]]) -> Reading[T]:
        """See `Calendar.look`."""
        return replace(self._calendar.look(lambda _: plan(self._clinic)), clinic=self._clinic)

    def allocated(self, resource_ids: Sequence[ResourceId], during: Range) -> frozenset[ResourceId]:
        """See `Calendar.allocated`."""
        return self._calendar.allocated(resource_ids, during)
