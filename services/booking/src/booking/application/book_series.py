"""Book several sessions as one wish: all of them or nothing, or as many as fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.alternatives import dated
from booking.application.book_several import Attempt, BookedSeries, Who, book_once, write_down
from booking.application.claim_sessions import Claimed, claimed, forget
from booking.application.needs import NO_PAPERS, Papers
from booking.application.plan_series import Plan, Wanted, plan_series
from booking.application.ports import Desk, Idempotency
from booking.domain.errors import Refused
from booking.domain.guest import Contact, guest
from booking.domain.ids import SeriesId, ServiceId
from booking.domain.screening import Answers, answered
from booking.domain.series import ALL_OR_NOTHING, Series
from booking.domain.zones import local


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSeries:
    """The wish to book a series. Each service's own safety questions are answered."""

    wanted: Wanted
    mode: str
    contact: Contact
    screening: Mapping[ServiceId, Answers]
    papers: Papers = NO_PAPERS
    idempotency: Idempotency | None = None


def book_series(command: BookSeries, *, desk: Desk) -> BookedSeries:
    """Book the series in one transaction, or refuse and change nothing. The same idempotency key makes one series.

    All or nothing: every session or none. Best effort: those for which there is a time, at least one; the others stay
    open, to be filled by a repair. A time that is taken meanwhile is planned again, a few times.
    """

    def attempt(series_id: SeriesId) -> Attempt:
        planned = plan_series(command.wanted, desk=desk)
        _check(command, planned, desk=desk)

        def book(claims: Sequence[Claimed]) -> BookedSeries:
            series = _series(command, series_id, planned, desk.clock.now())
            made = write_down(series, claims, _who(command, planned), command.papers, desk=desk)
            return replace(made, proposed=planned.sessions)

        return Attempt(claims=_claims(series_id, planned, desk=desk), book=book)

    def missed() -> Refused:
        return _incomplete(plan_series(command.wanted, desk=desk))

    return book_once(attempt, missed, command.wanted.location_id, command.idempotency, desk=desk)


def _check(command: BookSeries, planned: Plan, *, desk: Desk) -> None:
    """Refuse, before anything is claimed, what would be refused for every attempt."""
    for reading in planned.readings.values():
        asked = reading.subject
        guest(command.contact, region=asked.location.country, parse_phone=desk.parse_phone)
        answered(asked.service.screening, command.screening.get(asked.service.id))
    missing = len(planned.missing)
    if missing and (command.mode == ALL_OR_NOTHING or missing == len(planned.sessions)):
        raise _incomplete(planned)


def _claims(series_id: SeriesId, planned: Plan, *, desk: Desk) -> list[Claimed] | None:
    """Claim the time of every session that has one, or none of them: then somebody holds one since we looked."""
    claims: list[Claimed] = []
    for each in planned.sessions:
        if each.slot is None:
            continue
        reading = planned.readings[each.session.sought]
        one = claimed(series_id, each.session.position, each.slot.start, reading, desk=desk)
        if one is None:
            forget(claims, desk=desk)
            return None
        claims.append(one)
    return claims


def _who(command: BookSeries, planned: Plan) -> dict[int, Who]:
    return {
        each.session.position: Who(
            contact=command.contact,
            screening=command.screening.get(each.asked.service.id),
            modality=each.asked.service.modality,
        )
        for each in planned.sessions
    }


def _series(command: BookSeries, series_id: SeriesId, planned: Plan, now: datetime) -> Series:
    return Series(
        id=series_id,
        generation=1,
        location_id=command.wanted.location_id,
        zone=planned.zone,
        mode=command.mode,
        cadence=command.wanted.cadence,
        sessions=tuple(each.session for each in planned.sessions),
        body_hash=command.idempotency.body_hash if command.idempotency is not None else "",
        made_at=now,
        payer=command.papers.payer,
    )


def _incomplete(planned: Plan) -> Refused:
    """Return the refusal that names every session without a time, and what comes nearest."""
    missing = planned.missing
    count = f"{len(missing)} of the {len(planned.sessions)} sessions have" if len(missing) > 1 else "One session has"
    return Refused(
        "series_incomplete",
        f"{count} no free time that keeps the rhythm." if missing else "Others keep taking these times.",
        sessions=[
            {
                "session": each.session.position,
                "wanted": local(each.session.target, planned.zone),
                "alternatives": dated(each.alternatives, planned.zone),
            }
            for each in missing
        ],
    )
