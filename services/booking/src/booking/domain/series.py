"""Several sessions booked as one wish: when each is wanted, which free time fits best, and what became of them.

A cadence goes by the clock on the wall: "Tuesdays at ten" stays ten o'clock when the clocks change.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle
from zoneinfo import ZoneInfo

from .availability import Slot
from .booking import CANCELLED, Booking
from .errors import Problem, Refused
from .ids import BookingId, LocationId, PractitionerId, SeriesId, ServiceId
from .need_rules import SELF_PAY
from .ranges import Instant
from .wish import Sought
from .zones import DAY, day_range, instant, local_day, offset_at, utc, weekday

FEWEST, MOST = 2, 30
"""Sessions in a series."""
LONGEST = 366
"""Days from today within which a series must end, whatever the horizon of its services: see ADR 0120."""
MOST_DAYS_APART = 56
ALL_OR_NOTHING, BEST_EFFORT = "all_or_nothing", "best_effort"
MODES = (ALL_OR_NOTHING, BEST_EFFORT)
IN_TURN, ONE_AFTER_ANOTHER = "in_turn", "one_after_another"
ORDERS = (IN_TURN, ONE_AFTER_ANOTHER)
_FURTHEST_ALTERNATIVE = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """One session every so many days at the local time of the first, or nearly so."""

    every_days: int
    within_days: int = 0
    """By how many days a session may miss its day."""
    within_minutes: int = 60
    """By how many minutes a session may miss the time of day."""
    weekdays: frozenset[int] | None = None
    """The only days of the week that will do, Monday 0; None: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many sessions of one service."""

    sought: Sought
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A place in a series: what is wanted then, and the booking that fills it, if any does."""

    position: int
    """From 1."""
    sought: Sought
    target: Instant
    """When the cadence wants it."""
    booking_id: BookingId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Sessions as they were wished for, in order. Who comes stands in their bookings alone."""

    id: SeriesId
    generation: int
    """Raised to revoke the tokens given out so far."""
    location_id: LocationId
    zone: str
    mode: str
    cadence: Cadence
    sessions: tuple[Session, ...]
    body_hash: str
    """Of the request that made it, if that had an idempotency key."""
    made_at: datetime
    payer: str = SELF_PAY
    """Who pays for its sessions of physical therapy."""
    arrangement: str | None = None
    """How the parts of one visit stand together; None: sessions with a rhythm."""

    def session(self, position: int) -> Session:
        """Return the session at a place, or refuse one that there is not."""
        if not 1 <= position <= len(self.sessions):
            wrong = Problem(field="session", problem=f"Give a number from 1 to {len(self.sessions)}.")
            raise Refused("invalid_request", "There is no such session in this series.", fields=[wrong])
        return self.sessions[position - 1]

    def filled(self, position: int, booking_id: BookingId) -> "Series":
        """Return the series with that place filled by a booking."""
        return replace(
            self,
            sessions=tuple(
                replace(each, booking_id=booking_id) if each.position == position else each for each in self.sessions
            ),
        )


def check_cadence(cadence: Cadence) -> None:
    """Refuse a rhythm that cannot be kept: sessions in each other's days, or days that there are not."""
    problems = []
    if not 1 <= cadence.every_days <= MOST_DAYS_APART:
        problems.append(Problem(field="cadence.every", problem=f"Give 1 to {MOST_DAYS_APART} days, or weeks."))
    if not 0 <= 2 * cadence.within_days < max(cadence.every_days, 1):
        problem = "Give less than half of the days between two sessions: else they could change places."
        problems.append(Problem(field="cadence.within_days", problem=problem))
    if not 0 <= cadence.within_minutes <= 12 * 60:
        problems.append(Problem(field="cadence.within_minutes", problem="Give 0 to 720 minutes."))
    if cadence.weekdays is not None and not (cadence.weekdays and cadence.weekdays <= set(range(7))):
        problems.append(Problem(field="cadence.weekdays", problem="Name at least one day, Monday 0 to Sunday 6."))
    if problems:
        raise Refused("invalid_request", "This rhythm cannot be kept.", fields=problems)


def wanted(
    parts: Sequence[Part], cadence: Cadence, *, starting: Instant, zone: str, order: str = IN_TURN
) -> tuple[Session, ...]:
    """Return the sessions with the time that the cadence wants of each, or refuse too few, too many or no rhythm."""
    check_cadence(cadence)
    total = sum(part.sessions for part in parts)
    if not FEWEST <= total <= MOST:
        problem = f"A series has {FEWEST} to {MOST} sessions in all; this one has {total}."
        raise Refused(
            "invalid_request",
            "Choose another number of sessions.",
            fields=[Problem(field="parts", problem=problem)],
        )
    return tuple(
        Session(position=at + 1, sought=sought, target=_same_time(starting, at * cadence.every_days, zone))
        for at, sought in enumerate(_ordered(parts, order))
    )


def window(session: Session, cadence: Cadence, zone: str) -> tuple[Instant, Instant]:
    """Return the days on which the session may be, from midnight to midnight."""
    day = local_day(session.target, zone)
    return day_range(day - cadence.within_days, zone)[0], day_range(day + cadence.within_days, zone)[1]


def around(
    session: Session, cadence: Cadence, *, after: Instant | None = None, before: Instant | None = None
) -> tuple[Instant, Instant]:
    """Return where to look for a replacement: at most a week away, and nearer to this session than to others.

    `after` and `before` are its neighbours, where they are known.
    """
    reach = min(cadence.every_days * DAY // 2, _FURTHEST_ALTERNATIVE)
    since, until = session.target - reach, session.target + reach
    return max(since, after) if after is not None else since, min(until, before) if before is not None else until


def best_fit(
    slots: Iterable[Slot], session: Session, cadence: Cadence, zone: str, *, after: Instant | None = None
) -> Slot | None:
    """Return the slot that fits the cadence best: the nearest day, then the nearest time of day; None if none fits.

    It starts no sooner than `after`, where the session before it ends.
    """
    fitting = [
        (misses, slot.start, slot)
        for slot in slots
        if (after is None or slot.start >= after)
        and keeps(misses := _misses(slot.start, session.target, zone), cadence)
        and (cadence.weekdays is None or weekday(local_day(slot.start, zone)) in cadence.weekdays)
    ]
    return min(fitting, key=lambda each: each[:2])[2] if fitting else None


def keeps(misses: tuple[int, int], cadence: Cadence) -> bool:
    """Say whether days and minutes missed are within what the cadence allows."""
    return misses[0] <= cadence.within_days and misses[1] <= cadence.within_minutes


def nearest_to_cadence(
    slots: Iterable[Slot], session: Session, zone: str, *, most: int, length: int, before: Instant | None = None
) -> list[Slot]:
    """Return the few slots that miss the cadence least, best first; they end by `before`, where the next begins."""
    able = [each for each in slots if before is None or each.start + length <= before]
    return sorted(able, key=lambda each: (_misses(each.start, session.target, zone), each.start))[:most]


def open_sessions(series: Series, bookings: dict[BookingId, Booking]) -> list[Session]:
    """Return the sessions that nobody comes to: never booked, or cancelled since."""
    return [each for each in series.sessions if is_open(each, bookings)]


def is_open(session: Session, bookings: dict[BookingId, Booking]) -> bool:
    """Say whether a session may be filled."""
    made = bookings.get(session.booking_id) if session.booking_id is not None else None
    return made is None or made.state == CANCELLED


def neighbours(
    series: Series, position: int, bookings: dict[BookingId, Booking]
) -> tuple[Instant | None, Instant | None]:
    """Return when the session before this one ends and when the one after it starts, where there are such."""
    before, after = None, None
    for each in series.sessions:
        made = bookings.get(each.booking_id) if each.booking_id is not None else None
        if made is None or made.state == CANCELLED or each.position == position:
            continue
        if each.position < position:
            before = instant(made.end)
        elif after is None:
            after = instant(made.start)
    return before, after


def known_hands(series: Series, session: Session, bookings: dict[BookingId, Booking]) -> PractitionerId | None:
    """Return the practitioner whom the guest asked for, or who serves this service nearest in the series, if one."""
    if session.sought.practitioner_id is not None:
        return session.sought.practitioner_id
    others = [
        (abs(each.position - session.position), each.position, bookings[each.booking_id])
        for each in series.sessions
        if each.booking_id in bookings and each.sought.service_id == session.sought.service_id
    ]
    alone = [made for _, _, made in sorted(others, key=lambda each: each[:2]) if len(made.practitioner_ids) == 1]
    return alone[0].practitioner_ids[0] if alone else None


def services_of(sessions: Collection[Session]) -> list[ServiceId]:
    """Return the services of a series, in the order in which they come first."""
    return list(dict.fromkeys(each.sought.service_id for each in sessions))


def new_series_id() -> SeriesId:
    """Return an identity nobody can guess."""
    return SeriesId(str(uuid.uuid4()))


def series_token(series_id: SeriesId, generation: int, key: bytes) -> str:
    """Return the token that lets its bearer see, repair and cancel the series; derived again whenever it is needed."""
    mac = hmac.new(key, f"series:{series_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def check_series_token(series_id: SeriesId, found: Series | None, token: str, key: bytes) -> Series:
    """Return the series the token is good for; refuse alike whether the token is wrong or the series unknown."""
    expected = series_token(series_id, found.generation if found is not None else 0, key)
    genuine = hmac.compare_digest(expected.encode(), token.encode())
    if found is None or not genuine:
        raise Refused("token_invalid", "This link or token is not valid for the series.")
    return found


def _ordered(parts: Sequence[Part], order: str) -> list[Sought]:
    if order == ONE_AFTER_ANOTHER:
        return [part.sought for part in parts for _ in range(part.sessions)]
    left = [part.sessions for part in parts]
    ordered: list[Sought] = []
    for at in cycle(range(len(parts))):
        if not any(left):
            return ordered
        if left[at]:
            left[at] -= 1
            ordered.append(parts[at].sought)
    return ordered


def _same_time(start: Instant, days: int, zone: str) -> Instant:
    """Return when the wall shows the same time so many days later; where clocks skip it, an hour later."""
    wall = start + offset_at(start, zone) + days * DAY
    return instant(utc(wall).replace(tzinfo=ZoneInfo(zone)))


def _misses(start: Instant, target: Instant, zone: str) -> tuple[int, int]:
    """Return by how many local days and by how many minutes of the day a start misses the target."""
    day, target_day = local_day(start, zone), local_day(target, zone)
    time, target_time = ((at + offset_at(at, zone)) % DAY for at in (start, target))
    return abs(day - target_day), abs(time - target_time) // 60
