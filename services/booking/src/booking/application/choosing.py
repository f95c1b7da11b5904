"""Choose who and what serves a start, and go on to the next when one is taken."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from booking.application.ports import Question, Reading
from booking.domain.availability import resources_free_at
from booking.domain.choice import assignment, least_booked_first
from booking.domain.clinic import Clinic
from booking.domain.hold import Hold
from booking.domain.ids import PractitionerId, ResourceId
from booking.domain.ranges import Instant, Range, overlaps
from booking.domain.wish import Sought, Wish, check_start, wish
from booking.domain.zones import day_range, local_day


def candidates(clinic: Clinic, asked: Wish, start: Instant) -> Question[Wish]:
    """Ask for everything that is allocated on the start's local day of whoever could serve."""
    day, claim = _day(asked, start), asked.claim(start)
    return Question(
        subject=asked,
        resource_ids=asked.resources(clinic),
        during=(min(day[0], claim[0]), max(day[1], claim[1])),
    )


def startable(clinic: Clinic, sought: Sought, start: Instant, now: Instant) -> Question[Wish]:
    """Ask the same, or refuse a start that is past, too soon or too far ahead."""
    asked = wish(clinic, sought)
    check_start(asked, start, now)
    return candidates(clinic, asked, start)


def choice(
    reading: Reading[Wish], start: Instant, *, passed_over: Collection[ResourceId] = ()
) -> tuple[ResourceId, ...] | None:
    """Return the resources that serve best, one for each need, leaving out those passed over; None if it can't be met.

    Best is whoever has the fewest booked minutes that local day, then by id; and the smallest room that will do.
    """
    able = resources_free_at(reading.clinic, reading.subject, start, reading.busy)
    return best_of(reading, able, start, passed_over=passed_over)


def best_of(
    reading: Reading[Wish],
    able: Sequence[Sequence[ResourceId]],
    start: Instant,
    *,
    passed_over: Collection[ResourceId] = (),
) -> tuple[ResourceId, ...] | None:
    """Return the same out of those who are able, unit by unit, and free."""
    asked, day, claim = reading.subject, _day(reading.subject, start), reading.subject.claim(start)
    units = []
    for unit in able:
        left = [each for each in unit if each not in passed_over and not overlaps(reading.busy.get(each, ()), claim)]
        people = any(each in reading.clinic.practitioners for each in left)
        units.append(least_booked_first(left, reading.busy, day) if people else left)
    return assignment(units, including=asked.practitioner_id)


def with_resources(hold: Hold, resource_ids: Collection[ResourceId], clinic: Clinic) -> Hold:
    """Return the hold for these resources."""
    return replace(
        hold,
        resource_ids=tuple(sorted(resource_ids)),
        practitioner_ids=practitioners_among(resource_ids, clinic),
    )


def practitioners_among(resource_ids: Collection[ResourceId], clinic: Clinic) -> tuple[PractitionerId, ...]:
    """Return those of the resources that are practitioners, by id."""
    return tuple(PractitionerId(each) for each in sorted(resource_ids) if each in clinic.practitioners)


def _day(asked: Wish, start: Instant) -> Range:
    return day_range(local_day(start, asked.location.zone), asked.location.zone)
