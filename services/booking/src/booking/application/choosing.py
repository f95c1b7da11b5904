"""Choose who and what serves a start, and go on to the next when one is taken."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from booking.application.ports import Desk, Question, Reading
from booking.domain.availability import resources_free_at
from booking.domain.booking import Claim
from booking.domain.choice import assignment, least_booked_first
from booking.domain.clinic import Clinic
from booking.domain.hold import HeldPart, Hold
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
    reading: Reading[Wish],
    start: Instant,
    *,
    passed_over: Collection[Claim] = (),
    preferring: Collection[ResourceId] = (),
) -> tuple[ResourceId, ...] | None:
    """Return the resources that serve best, one for each need, leaving out claims passed over; None if it can't be met.

    Best are those preferred, then whoever meets most of what is softly wished, then whoever has the fewest booked
    minutes that local day, then by id; and the smallest room that will do.
    """
    able = resources_free_at(reading.clinic, reading.subject, start, reading.busy)
    return best_of(reading, able, start, passed_over=passed_over, preferring=preferring)


def best_of(
    reading: Reading[Wish],
    able: Sequence[Sequence[ResourceId]],
    start: Instant,
    *,
    passed_over: Collection[Claim] = (),
    preferring: Collection[ResourceId] = (),
) -> tuple[ResourceId, ...] | None:
    """Return the same out of those who are able, unit by unit, and free."""
    units = ranked(reading, able, start, passed_over=passed_over, preferring=preferring)
    return assignment(units, including=reading.subject.practitioner_id)


def ranked(
    reading: Reading[Wish],
    able: Sequence[Sequence[ResourceId]],
    start: Instant,
    *,
    passed_over: Collection[Claim] = (),
    preferring: Collection[ResourceId] = (),
) -> list[Sequence[ResourceId]]:
    """Return for each unit those of the able who are free, best first."""
    asked, day = reading.subject, _day(reading.subject, start)
    units: list[Sequence[ResourceId]] = []
    left_out = _left_out(reading, start, passed_over)
    people = reading.clinic.practitioners
    for place, (unit, needed) in enumerate(zip(able, asked.units(reading.clinic), strict=True)):
        claim, wished = asked.claim(start, needed.minutes), needed.wished
        left = [
            each for each in unit if (place, each) not in left_out and not overlaps(reading.busy.get(each, ()), claim)
        ]
        best = least_booked_first(left, reading.busy, day) if any(each in people for each in left) else left
        if wished.matters:
            best = sorted(best, key=lambda each: wished.misses(people[PractitionerId(each)]))
        units.append(sorted(best, key=lambda each: each not in preferring) if preferring else best)
    return units


def _left_out(
    reading: Reading[Wish], start: Instant, passed_over: Collection[Claim]
) -> frozenset[tuple[int, ResourceId]]:
    """Return who cannot serve which unit: who is taken for a while may still serve a guest who is done before."""
    if not passed_over:
        return frozenset()
    asked = reading.subject
    ends = [asked.claim(start, unit.minutes)[1] for unit in asked.units(reading.clinic)]
    return frozenset(
        (place, each.resource_id) for place, end in enumerate(ends) for each in passed_over if each.during[1] <= end
    )


def those_taken(hold: Hold, taken: Collection[ResourceId]) -> set[Claim]:
    """Return the hold's claims of the resources that turned out to be taken."""
    return {each for each in hold.claims if each.resource_id in taken}


def with_resources(hold: Hold, chosen: Sequence[ResourceId], reading: Reading[Wish]) -> Hold:
    """Return the hold for the resources chosen, one for each unit of the wish, in the units' order."""
    asked, clinic = reading.subject, reading.clinic
    claims = asked.claims(clinic, hold.start, chosen)
    longest = asked.claim(hold.start)
    return replace(
        hold,
        resource_ids=tuple(each.resource_id for each in claims),
        practitioner_ids=practitioners_among(chosen, clinic),
        claim=longest,
        shorter=tuple(each for each in claims if each.during != longest),
        guests=served(hold.guests, chosen),
    )


def served(parts: Sequence[HeldPart], chosen: Sequence[ResourceId]) -> tuple[HeldPart, ...]:
    """Return the guests' parts, each with who serves it of the resources chosen: those who serve guests come first."""
    by = zip(parts, chosen, strict=False)
    return tuple(replace(part, practitioner_id=PractitionerId(who)) for part, who in by)


def held_parts(asked: Wish) -> tuple[HeldPart, ...]:
    """Return what a hold keeps of each guest, before it is known who serves them; nothing of one without add-ons."""
    if len(asked.guests) == 1 and not asked.guests[0].add_ons:
        return ()
    return tuple(
        HeldPart(
            duration_minutes=part.duration.minutes,
            minutes=part.minutes,
            price=part.price,
            add_on_ids=tuple(add_on.id for add_on in part.add_ons),
            asked_for=part.practitioner_id,
            practitioner_id=None,
            preference=part.preference,
        )
        for part in asked.guests
    )


def booked_among(hold: Hold, *, desk: Desk) -> frozenset[ResourceId]:
    """Return which of the hold's resources are allocated within the time that it claims of each."""
    if not hold.shorter:
        return desk.calendar.allocated(hold.resource_ids, hold.claim)
    found: frozenset[ResourceId] = frozenset()
    for during in {each.during for each in hold.claims}:
        found |= desk.calendar.allocated([each.resource_id for each in hold.claims if each.during == during], during)
    return found


def practitioners_by_guest(asked: Wish, chosen: Sequence[ResourceId]) -> list[PractitionerId]:
    """Return who of the resources chosen serves each guest: they come first, in the guests' order."""
    return [PractitionerId(who) for _, who in zip(asked.guests, chosen, strict=False)]


def practitioners_among(resource_ids: Collection[ResourceId], clinic: Clinic) -> tuple[PractitionerId, ...]:
    """Return those of the resources that are practitioners, by id."""
    return tuple(PractitionerId(each) for each in sorted(resource_ids) if each in clinic.practitioners)


def _day(asked: Wish, start: Instant) -> Range:
    return day_range(local_day(start, asked.location.zone), asked.location.zone)
