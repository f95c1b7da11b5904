"""What every way to book several sessions as one wish shares: it is made once, in one transaction, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from booking.application.book import Confirm, appoint
from booking.application.claim_sessions import Claimed, forget, lock_all
from booking.application.hold import reused
from booking.application.needs import Papers
from booking.application.plan_series import Proposed
from booking.application.ports import AlreadyMade, Desk, Idempotency, OftenMissed, Taken, Transaction
from booking.domain.booking import Booking
from booking.domain.clinic import PHYSICAL_THERAPY
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.hold import hold_id_for
from booking.domain.ids import BookingId, LocationId, SeriesId
from booking.domain.patience import often_missed
from booking.domain.screening import Answers
from booking.domain.series import Series, new_series_id, series_token

_MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedSeries:
    """The series, its bookings, and its token; `replayed` if the same request made it before."""

    series: Series
    bookings: Mapping[BookingId, Booking]
    token: str
    proposed: Sequence[Proposed] = ()
    """As it was planned: the sessions that found no time carry their nearest alternatives."""
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try: the times that were claimed (None: somebody holds one of them), and how they are booked."""

    claims: Sequence[Claimed] | None
    book: Callable[[Sequence[Claimed]], BookedSeries]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who comes to one session, with their answers to its own safety questions."""

    contact: Contact
    screening: Answers | None
    modality: str


def book_once(
    attempt: Callable[[SeriesId], Attempt],
    missed: Callable[[], Refused],
    location_id: LocationId,
    key: Idempotency | None,
    *,
    desk: Desk,
) -> BookedSeries:
    """Book by attempts, or raise what is refused, `missed` where others keep taking the times; nothing changes then.

    The same idempotency key makes one series.
    """
    series_id = SeriesId(hold_id_for(desk.hold_key, key.scope, key.key)) if key is not None else new_series_id()
    earlier = _earlier(series_id, key, desk=desk)
    if earlier is not None:
        return earlier
    try:
        return _attempted(attempt, missed, series_id, location_id, key, desk=desk)
    except Refused:
        # A twin of this request may have made it meanwhile, and be what was in the way.
        earlier = _earlier(series_id, key, desk=desk)
        if earlier is None:
            raise
        return earlier


def write_down(
    series: Series, claims: Sequence[Claimed], who: Mapping[int, Who], papers: Papers, *, desk: Desk
) -> BookedSeries:
    """Make every session claimed a booking and keep the series, in one transaction; `who` comes, by position.

    The first session of physical therapy is judged as if it were booked by itself.
    """
    confirms: list[tuple[Claimed, Confirm]] = []
    for each in claims:
        comes = who[each.position]
        confirm = each.confirm(comes.contact, comes.screening, papers, desk=desk)
        # All of one moment and of one series: their guest is told of them in one message.
        confirms.append((each, replace(confirm, now=series.made_at, series_id=series.id)))
        if comes.modality == PHYSICAL_THERAPY:
            papers = papers.of_a_later_session()
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
    return BookedSeries(series=series, bookings=made, token=series_token(series.id, series.generation, desk.manage_key))


def _attempted(
    attempt: Callable[[SeriesId], Attempt],
    missed: Callable[[], Refused],
    series_id: SeriesId,
    location_id: LocationId,
    key: Idempotency | None,
    *,
    desk: Desk,
) -> BookedSeries:
    for _ in range(_MOST_ATTEMPTS):
        tried = attempt(series_id)
        try:
            if tried.claims is not None:
                return tried.book(tried.claims)
        except Taken:
            continue  # by a booking since we looked: plan again
        except AlreadyMade:
            earlier = _earlier(series_id, key, desk=desk)
            if earlier is None:
                raise
            return earlier
        except OftenMissed:
            raise often_missed(desk.calendar.known().location(location_id).phone) from None
        finally:
            forget(tried.claims or (), desk=desk)
    raise missed()


def _earlier(series_id: SeriesId, key: Idempotency | None, *, desk: Desk) -> BookedSeries | None:
    found = desk.series.find(series_id) if key is not None else None
    if key is None or found is None:
        return None
    if found.body_hash != key.body_hash:
        raise reused()
    made = desk.bookings.find([each.booking_id for each in found.sessions if each.booking_id is not None])
    token = series_token(found.id, found.generation, desk.manage_key)
    return BookedSeries(series=found, bookings=made, token=token, replayed=True)
