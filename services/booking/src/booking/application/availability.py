"""See the free times of a service at a location."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.access import Access
from booking.application.ports import Desk, HoldsAway, Question
from booking.application.sought import sought_again
from booking.domain.availability import NOTHING_TAKEN, Busy, Slot, slots
from booking.domain.booking import Claim
from booking.domain.clinic import Clinic
from booking.domain.hold import opened
from booking.domain.ids import HoldId, ResourceId
from booking.domain.ranges import Range
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import instant, span


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHold:
    """The hold of the guest who looks: its time is still theirs."""

    id: HoldId
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What was asked, made sure, and the slots."""

    asked: Wish
    slots: Sequence[Slot]


def availability(
    sought: Sought,
    *,
    since: datetime,
    until: datetime,
    own: OwnHold | None = None,
    moving: Access | None = None,
    by_guest: bool = False,
    desk: Desk,
) -> Availability:
    """Return the slots that start within `[since, until)`, or refuse what is not offered or too wide a range.

    Slots that others hold are left out while the memory of holds can be reached. What the asker's own hold or the
    booking that they are `moving` claims counts as free; a wrong token for the booking is refused.
    """
    window = span(since, until)
    mine = opened(own.token, desk.hold_key) if own is not None else None
    but = mine.id if mine is not None and own is not None and mine.id == own.id else None
    free: Sequence[Claim] = ()
    if moving is not None:
        sought, free = moved(sought, moving, desk)
    found = search(sought, window, but=but, free=free, by_guest=by_guest, desk=desk)
    if not found.slots and moving is None:
        desk.demand.missed(found.asked.location.id, found.asked.service.id, desk.clock.now())
    return found


def moved(sought: Sought, moving: Access, desk: Desk) -> tuple[Sought, Sequence[Claim]]:
    """Return what whoever moves this booking looks for, and the claims that they give up; or refuse a wrong token.

    The guests of a party move together; and what is wished of whoever treats them stays wished.
    """
    found = desk.bookings.find([moving.booking_id]).get(moving.booking_id)
    booking = moving.checked(found, key=desk.manage_key)
    again = sought_again(booking) if booking.guests else replace(sought, preference=booking.preference)
    return again, desk.bookings.claims(moving.booking_id)


def search(
    sought: Sought,
    window: Range,
    *,
    but: HoldId | None = None,
    free: Sequence[Claim] = (),
    taken: Busy = NOTHING_TAKEN,
    by_guest: bool = False,
    by_staff: bool = False,
    desk: Desk,
) -> Availability:
    """Return the slots within the window, at the cost of one read of the database and one of the holds.

    What the hold `but` and the `free` claims take counts as free; `taken` counts as taken, whatever the database says.
    `by_guest` also tells who could serve each guest.
    """

    def plan(clinic: Clinic) -> Question[Wish]:
        asked = wish(clinic, sought, by_staff=by_staff)
        first, last = asked.claim(window[0]), asked.claim(window[1])
        return Question(subject=asked, resource_ids=asked.resources(clinic), during=(first[0], last[1]))

    reading = desk.calendar.look(plan)
    asked = reading.subject
    during = (asked.claim(window[0])[0], asked.claim(window[1])[1])
    known = joined(without(reading.busy, free), taken)
    busy = with_holds(known, asked.resources(reading.clinic), during, but=but, desk=desk)
    now = instant(desk.clock.now())
    found = slots(reading.clinic, asked, since=window[0], until=window[1], busy=busy, now=now, by_guest=by_guest)
    return Availability(asked=asked, slots=found)


def without(busy: Busy, claims: Sequence[Claim]) -> Busy:
    """Return what is taken, these claims left out."""
    if not claims:
        return busy
    own = {(each.resource_id, each.during) for each in claims}
    return {who: [during for during in taken if (who, during) not in own] for who, taken in busy.items()}


def with_holds(
    busy: Busy, resource_ids: Sequence[ResourceId], during: Range, *, but: HoldId | None = None, desk: Desk
) -> Busy:
    """Add what others hold to what is allocated; without the memory of holds, nothing."""
    try:
        held = desk.holds.taken(resource_ids, during, but=but)
    except HoldsAway:
        return busy
    return joined(busy, held)


def joined(busy: Busy, more: Busy) -> Busy:
    """Return what is taken by the one or the other."""
    return {each: [*busy.get(each, ()), *more.get(each, ())] for each in {*busy, *more}} if more else busy
