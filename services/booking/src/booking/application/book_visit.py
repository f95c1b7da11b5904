"""Book several services as one visit: all of its parts, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.alternatives import around, dated
from booking.application.book_several import Attempt, BookedSeries, Who, book_once, write_down
from booking.application.claim_sessions import Claimed, claimed_with, forget
from booking.application.needs import NO_PAPERS, Papers
from booking.application.plan_visit import Visits, VisitSought, plan_visits
from booking.application.ports import Desk, Idempotency
from booking.domain.availability import Slot, is_a_start
from booking.domain.errors import Problem, Refused
from booking.domain.guest import Contact, guest
from booking.domain.ids import LocationId, SeriesId
from booking.domain.part import questions
from booking.domain.ranges import Instant, Range
from booking.domain.screening import Answers, answered
from booking.domain.series import ALL_OR_NOTHING, Cadence, Series, Session
from booking.domain.together import AT_ONCE, Placed
from booking.domain.wish import Sought, check_start
from booking.domain.zones import instant

_NO_RHYTHM = Cadence(every_days=1, within_minutes=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPart:
    """One part, with the answers to its own safety questions, and who has it if it is not whoever books."""

    sought: Sought
    screening: Answers | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookVisit:
    """The wish to book a visit that begins at `start`."""

    location_id: LocationId
    arrangement: str
    start: datetime
    parts: tuple[VisitPart, ...]
    contact: Contact
    papers: Papers = NO_PAPERS
    idempotency: Idempotency | None = None

    @property
    def sought(self) -> VisitSought:
        """What is looked for."""
        wanted = tuple(each.sought for each in self.parts)
        return VisitSought(location_id=self.location_id, arrangement=self.arrangement, parts=wanted)


def book_visit(command: BookVisit, *, desk: Desk) -> BookedSeries:
    """Book every part in one transaction, or refuse and change nothing. The same idempotency key makes one visit.

    A visit is kept as a series without a rhythm: each part is a booking of its own.
    """
    start = instant(command.start)

    def attempt(series_id: SeriesId) -> Attempt:
        _check_names(command)
        visits = plan_visits(command.sought, (start, start + 1), desk=desk)
        _check(command, visits, start, desk=desk)
        if not visits.found or command.start.timestamp() != start:
            raise _not_then(command, visits, start, desk=desk)
        placed = visits.found[0]

        def book(claims: Sequence[Claimed]) -> BookedSeries:
            series = _series(command, series_id, visits, placed, desk.clock.now())
            return write_down(series, claims, _who(command, visits), command.papers, desk=desk)

        return Attempt(claims=_claims(series_id, visits, placed, desk=desk), book=book)

    def missed() -> Refused:
        return _not_then(command, plan_visits(command.sought, (start, start + 1), desk=desk), start, desk=desk)

    return book_once(attempt, missed, command.location_id, command.idempotency, desk=desk)


def _check_names(command: BookVisit) -> None:
    problems = []
    for place, each in enumerate(command.parts):
        if command.arrangement == AT_ONCE and place > 0 and not each.name:
            problems.append(Problem(field=f"parts.{place}.name", problem="Say who comes to this part."))
        if (command.arrangement != AT_ONCE or place == 0) and each.name:
            problem = "Leave it out: this part is for whoever books."
            problems.append(Problem(field=f"parts.{place}.name", problem=problem))
    if problems:
        raise Refused("invalid_request", "It is not clear who comes.", fields=problems)


def _check(command: BookVisit, visits: Visits, start: Instant, *, desk: Desk) -> None:
    """Refuse, before anything is claimed, what would be refused for every attempt."""
    check_start(visits.asked[0], start, instant(desk.clock.now()))
    for place, (part, asked) in enumerate(zip(command.parts, visits.asked, strict=True), start=1):
        guest(command.contact, region=asked.location.country, parse_phone=desk.parse_phone)
        answered(questions(asked.service, asked.guests[0].add_ons), part.screening, part=place)


def _claims(series_id: SeriesId, visits: Visits, placed: Sequence[Placed], *, desk: Desk) -> list[Claimed] | None:
    """Claim all parts, or none of them: then somebody holds what one needs since we looked."""
    claims: list[Claimed] = []
    for position, (reading, each) in enumerate(zip(visits.readings, placed, strict=True), start=1):
        one = claimed_with(series_id, position, each.start, reading, each.resource_ids, desk=desk)
        if not isinstance(one, Claimed):
            forget(claims, desk=desk)
            return None
        claims.append(one)
    return claims


def _who(command: BookVisit, visits: Visits) -> dict[int, Who]:
    return {
        position: Who(
            contact=replace(command.contact, name=part.name) if part.name else command.contact,
            screening=part.screening,
            modality=asked.service.modality,
        )
        for position, (part, asked) in enumerate(zip(command.parts, visits.asked, strict=True), start=1)
    }


def _series(command: BookVisit, series_id: SeriesId, visits: Visits, placed: Sequence[Placed], now: datetime) -> Series:
    return Series(
        id=series_id,
        generation=1,
        location_id=command.location_id,
        zone=visits.zone,
        mode=ALL_OR_NOTHING,
        cadence=_NO_RHYTHM,
        sessions=tuple(
            Session(position=position, sought=part.sought, target=each.start)
            for position, (part, each) in enumerate(zip(command.parts, placed, strict=True), start=1)
        ),
        body_hash=command.idempotency.body_hash if command.idempotency is not None else "",
        made_at=now,
        payer=command.papers.payer,
        arrangement=command.arrangement,
    )


def _not_then(command: BookVisit, visits: Visits, start: Instant, *, desk: Desk) -> Refused:
    """Return the refusal of a time at which it cannot be had, with the nearest at which it can."""

    def look(window: Range) -> list[Slot]:
        planned = plan_visits(command.sought, window, desk=desk)
        return [_as_slot(each, planned) for each in planned.found]

    found = dated(around(start, look), visits.zone)
    first = visits.asked[0]
    if command.start.timestamp() != start or not is_a_start(visits.readings[0].clinic, first, start):
        return Refused("not_a_start", "No such visit starts at this time.", nearest=found)
    return Refused("slot_taken", "This visit is not free at this time.", alternatives=found)


def _as_slot(placed: Sequence[Placed], visits: Visits) -> Slot:
    people = visits.readings[0].clinic.practitioners
    return Slot(
        start=placed[0].start,
        end=max(each.end for each in placed),
        practitioner_ids=tuple(sorted({who for each in placed for who in each.resource_ids if who in people})),  # type: ignore[misc]
    )
