"""Say why a start is not offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.access import Access
from booking.application.availability import moved, without
from booking.application.choosing import candidates
from booking.application.ports import Desk, HoldsAway, Occupied, Question
from booking.domain.availability import NOTHING_TAKEN
from booking.domain.booking import Claim
from booking.domain.clinic import Clinic
from booking.domain.explain import NOT_ON_GRID, Explanation, explain
from booking.domain.ids import ResourceId
from booking.domain.ranges import Instant, Range
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was asked, made sure, and why it is not offered; for staff also what takes the resources."""

    asked: Wish
    start: Instant
    clinic: Clinic
    explanation: Explanation
    occupied: Mapping[tuple[ResourceId, Range], Occupied]


def explain_start(
    sought: Sought, *, start: datetime, moving: Access | None = None, by_staff: bool = False, desk: Desk
) -> Explained:
    """Return the reasons why a start is not offered, or refuse what is not offered at any time.

    Holds are a reason while the memory of holds can be reached, as in the search. What the booking that is `moving`
    claims is none; a wrong token for it is refused.
    """
    at = instant(start)
    given_up: Sequence[Claim] = ()
    if moving is not None:
        sought, given_up = moved(sought, moving, desk)

    def plan(clinic: Clinic) -> Question[Wish]:
        asked = wish(clinic, sought, by_staff=by_staff)
        return replace(candidates(clinic, asked.by_whoever_it_is, at), subject=asked)

    reading = desk.calendar.look(plan)
    asked, clinic = reading.subject, reading.clinic
    resources, claim = asked.by_whoever_it_is.resources(clinic), asked.claim(at)
    try:
        held = desk.holds.taken(resources, claim)
    except HoldsAway:
        held = NOTHING_TAKEN
    occupied = (
        desk.bookings.overlapping([Claim(resource_id=each, during=claim) for each in resources]) if by_staff else []
    )
    now, allocated = instant(desk.clock.now()), without(reading.busy, given_up)
    explanation = explain(clinic, asked, at, allocated=allocated, held=held, now=now)
    if start.timestamp() != at:  # starts are whole minutes
        explanation = replace(explanation, reasons=(NOT_ON_GRID, *explanation.reasons))
    return Explained(
        asked=asked,
        start=at,
        clinic=clinic,
        explanation=explanation,
        occupied={(each.claim.resource_id, each.claim.during): each for each in occupied},
    )
