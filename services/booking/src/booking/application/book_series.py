"""Book several sessions as one wish: all of them or nothing, or as many as fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.alternatives import dated
from booking.application.book import Confirm, appoint
from booking.application.claim_sessions import Claimed, claimed, forget, lock_all
from booking.application.hold import reused
from booking.application.needs import NO_PAPERS, Papers
from booking.application.plan_series import Plan, Proposed, Wanted, plan_series
from booking.application.ports import AlreadyMade, Desk, Idempotency, OftenMissed, Taken, Transaction
from booking.domain.booking import Booking
from booking.domain.clinic import PHYSICAL_THERAPY
from booking.domain.errors import Refused
from booking.domain.guest import Contact, guest
from booking.domain.hold import hold_id_for
from booking.domain.ids import BookingId, SeriesId, ServiceId
from booking.domain.patience import often_missed
from booking.domain.screening import Answers, answered
from booking.domain.series import ALL_OR_NOTHING, Series, new_series_id, series_token
from booking.domain.zones import local

_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSeries:
    """The wish to book a series. Each service's own safety questions are answered."""

    wanted: Wanted
    mode: str
    contact: Contact
    screening: Mapping[ServiceId, Answers]
    papers: Papers = NO_PAPERS
    idempotency: Idempotency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSeries:
    """The series, its bookings, and its token; `replayed` if the same request made it before."""

    series: Series
    bookings: Mapping[BookingId, Booking]
    token: str
    proposed: Sequence[Proposed] = ()
    """As it was planned: the sessions that found no time carry their nearest alternatives."""
    replayed: bool = False


def book_series(command: BookSeries, *, desk: Desk) -> BookedSeries:
    """Book the series in one transaction, or refuse and change nothing. The same idempotency key makes one series.

    All or nothing: every session or none. Best effort: those for which there is a time, at least one; the others stay
    open, to be filled by a repair. A time that is taken meanwhile is planned again, a few times.
    """
    key = command.idempotency
    series_id = SeriesId(hold_id_for(desk.hold_key, key.scope, key.key)) if key is not None else new_series_id()
    earlier = _earlier(series_id, key, desk=desk)
    if earlier is not None:
        return earlier
    try:
        return _attempted(command, series_id, desk=desk)
    except Refused:
        # A twin of this request may have made it meanwhile, and be what was in the way.
        earlier = _earlier(series_id, key, desk=desk)
        if earlier is None:
            raise
        return earlier


def _attempted(command: BookSeries, series_id: SeriesId, *, desk: Desk) -> BookedSeries:
    for _ in range(_MOST_ATTEMPTS):
        planned = plan_series(command.wanted, desk=desk)
        _check(command, planned, desk=desk)
        claims = _claims(series_id, planned, desk=desk)
        try:
            if claims is not None:
                return _booked(command, series_id, planned, claims, desk=desk)
        except Taken:
            continue  # by a booking since we looked: plan again
        except AlreadyMade:
            earlier = _earlier(series_id, command.idempotency, desk=desk)
            if earlier is None:
                raise
            return earlier
        except OftenMissed:
            raise often_missed(desk.calendar.known().location(command.wanted.location_id).phone) from None
        finally:
            forget(claims or (), desk=desk)
    raise _incomplete(plan_series(command.wanted, desk=desk))


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


def _booked(
    command: BookSeries, series_id: SeriesId, planned: Plan, claims: Sequence[Claimed], *, desk: Desk
) -> BookedSeries:
    now = desk.clock.now()
    # All of one moment and of one series: their guest is told of them in one message.
    confirms = [
        (each, replace(confirm, now=now, series_id=series_id))
        for each, confirm in _confirms(command, planned, claims, desk=desk)
    ]
    series = _series(command, series_id, planned, now)
    for each, confirm in confirms:
        series = series.filled(each.position, confirm.booking_id)

    def work(transaction: Transaction) -> dict[BookingId, Booking]:
        unit = transaction.series  # what needs more than one statement says so first
        clinic = lock_all(transaction, claims)
        # In order of time: two series that want each other's hours never wait for one another in a circle.
        made = [appoint(transaction, clinic, confirm, each.hold) for each, confirm in confirms]
        unit.add(series)
        return {each.id: each for each in made}

    made = desk.bookings.transact(work)
    return BookedSeries(
        series=series,
        bookings=made,
        token=series_token(series.id, series.generation, desk.manage_key),
        proposed=planned.sessions,
    )


def _confirms(
    command: BookSeries, planned: Plan, claims: Sequence[Claimed], *, desk: Desk
) -> list[tuple[Claimed, Confirm]]:
    """Return each session with its confirm. The first of physical therapy is judged as if it were booked by itself."""
    modality = {each.session.position: each.asked.service.modality for each in planned.sessions}
    papers = command.papers
    found = []
    for each in claims:
        answers = command.screening.get(each.hold.service_id)
        found.append((each, each.confirm(command.contact, answers, papers, desk=desk)))
        if modality[each.position] == PHYSICAL_THERAPY:
            papers = papers.of_a_later_session()
    return found


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


def _earlier(series_id: SeriesId, key: Idempotency | None, *, desk: Desk) -> BookedSeries | None:
    found = desk.series.find(series_id) if key is not None else None
    if key is None or found is None:
        return None
    if found.body_hash != key.body_hash:
        raise reused()
    made = desk.bookings.find([each.booking_id for each in found.sessions if each.booking_id is not None])
    token = series_token(found.id, found.generation, desk.manage_key)
    return BookedSeries(series=found, bookings=made, token=token, replayed=True)


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
