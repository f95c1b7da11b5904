"""Waiting for a time that is not free: what is waited for, whose turn it is, and what becomes of an offer.

Turns come in the order of joining. Who lets an offer lapse goes behind everyone who waits then, and after three of them
waits no more; who declines one keeps their place. What was offered once, or overlaps it, is never offered to the same
guest again: nobody's silence can keep a time from everyone else.
"""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .booking import Claim
from .errors import Problem, Refused
from .guest import Guest
from .hold import HeldPart, claims_of
from .ids import EntryId, LeaseId, LocationId, PractitionerId, ResourceId, ServiceId
from .money import Money
from .part import GuestSought
from .preference import ANYONE, Preference
from .ranges import Instant, Range, overlaps
from .wish import Sought
from .zones import DAY, instant, local_day, offset_at, weekday

WAITING = "waiting"
OFFERED = "offered"
ACCEPTED = "accepted"
EXPIRED = "expired"
WITHDRAWN = "withdrawn"
STATES = (WAITING, OFFERED, ACCEPTED, EXPIRED, WITHDRAWN)
OPEN_STATES = (WAITING, OFFERED)

DECLINED = "declined"
LAPSED = "lapsed"
REVOKED = "revoked"
"""Of a lease whose resources serve it no more."""

WIDEST_WINDOW = 62 * DAY
MOST_OPEN = 3
"""Entries that one contact may have open at once."""
MOST_LAPSES = 3
KEPT_FOR = timedelta(days=30)
"""After its end an entry is erased, its contact with it."""

ANSWER_WITHIN = timedelta(minutes=30)
"""How long an offer stands, if the installation says nothing else."""
_LEAST_TO_ANSWER = timedelta(minutes=10)
_BEFORE_THE_START = timedelta(minutes=15)
_QUIET_FROM, _QUIET_UNTIL = time(21), time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which starts would do: those in `[since, until)`, on some weekdays (None: any), between two times of day.

    Weekdays count from Monday, 0. Times of day are minutes after midnight on the location's wall, the first included.
    """

    since: datetime
    until: datetime
    weekdays: frozenset[int] | None = None
    earliest: int | None = None
    latest: int | None = None

    @property
    def window(self) -> Range:
        """The instants between which a start would do."""
        return instant(self.since), instant(self.until)

    def includes(self, start: Instant, zone: str) -> bool:
        """Say whether a start would do."""
        since, until = self.window
        if not since <= start < until:
            return False
        if self.weekdays is not None and weekday(local_day(start, zone)) not in self.weekdays:
            return False
        minute = (start + offset_at(start, zone)) % DAY / 60
        return (self.earliest is None or minute >= self.earliest) and (self.latest is None or minute < self.latest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One offer: these resources are the guest's alone until `deadline`, at this price."""

    id: LeaseId
    entry_id: EntryId
    state: str
    location_id: LocationId
    service_id: ServiceId
    practitioner_ids: tuple[PractitionerId, ...]
    resource_ids: tuple[ResourceId, ...]
    """Everything claimed, practitioners included, by id."""
    start: datetime
    minutes: int
    claim: Range
    price: Money
    made_at: datetime
    deadline: datetime
    ended_at: datetime | None = None
    shorter: tuple[Claim, ...] = ()
    """Those of the resources that are claimed for less than `claim`."""
    parts: tuple[HeldPart, ...] = ()
    """What each guest gets and by whom, if they are several or have add-ons."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is claimed, by resource."""
        return claims_of(self.resource_ids, self.claim, self.shorter)

    @property
    def end(self) -> datetime:
        """When the treatment would end."""
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGuest:
    """One guest of several who wait as one, or one who waits for add-ons too: who they are and what they want.

    `guest` is None for whoever joined: they are the entry's guest. What is wanted names its length.
    """

    guest: Guest | None
    sought: GuestSought


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A guest who waits, or waited. `leases` are all offers made to them, in order."""

    id: EntryId
    generation: int
    """Raised to revoke the tokens given out so far."""
    state: str
    location_id: LocationId
    service_id: ServiceId
    minutes: int
    """The longest treatment, add-ons included, as it was when they joined."""
    practitioner_id: PractitionerId | None
    wanted: Wanted
    guest: Guest
    body_hash: str
    """Of the request that made it, if that had an idempotency key."""
    made_at: datetime
    turn_at: datetime
    lapses: int = 0
    ended_at: datetime | None = None
    leases: tuple[Lease, ...] = ()
    preference: Preference = ANYONE
    party: tuple[WaitingGuest, ...] = ()
    """Who waits, and for what each, if they are several or want add-ons; one guest without any needs no such list."""

    @property
    def sought(self) -> Sought:
        """What is waited for, but for the time."""
        if self.party:
            return Sought(
                location_id=self.location_id,
                service_id=self.service_id,
                guests=tuple(each.sought for each in self.party),
            )
        return Sought(
            location_id=self.location_id,
            service_id=self.service_id,
            duration_minutes=self.minutes,
            practitioner_id=self.practitioner_id,
            preference=self.preference,
        )

    @property
    def lease(self) -> Lease | None:
        """The latest offer, whatever became of it."""
        return self.leases[-1] if self.leases else None

    def would_take(self, start: Instant, zone: str) -> bool:
        """Say whether a start would do that was not offered yet."""
        treatment = start, start + self.minutes * 60
        seen = [(instant(each.start), instant(each.end)) for each in self.leases]
        return self.wanted.includes(start, zone) and not overlaps(seen, treatment)


def new_entry_id() -> EntryId:
    """Return an identity nobody can guess."""
    return EntryId(str(uuid.uuid4()))


def new_lease_id() -> LeaseId:
    """Return an identity nobody can guess."""
    return LeaseId(str(uuid.uuid4()))


def check_wanted(wanted: Wanted, now: datetime) -> None:
    """Refuse times that nobody could wait for."""
    since, until = wanted.window
    if until <= since:
        raise Refused("range_inverted", "The end of the range must come after its beginning.")
    if until - since > WIDEST_WINDOW:
        raise Refused("range_too_wide", "Wait for at most 62 days at once.", days=WIDEST_WINDOW // DAY)
    if wanted.until <= now:
        raise Refused("in_the_past", "This time has passed.", fields=[Problem(field="to", problem="Has passed.")])
    if wanted.weekdays is not None and not wanted.weekdays:
        raise _invalid("weekdays", "Name at least one day, or leave it out for any.")
    earliest, latest = wanted.earliest, wanted.latest
    if earliest is not None and latest is not None and latest <= earliest:
        raise _invalid("latest", "Must be later in the day than the earliest start.")


def answer_by(now: datetime, start: datetime, zone: str, *, within: timedelta = ANSWER_WITHIN) -> datetime | None:
    """Return until when an offer made now of that start stands; None if too little time is left to answer it.

    In the guest's quiet hours nobody is expected to answer: the time counts from their end. A quarter of an hour before
    the start it is too late.
    """
    heard = max(now, _end_of_quiet(now, zone))
    until = min(heard + within, start - _BEFORE_THE_START)
    return until if until - heard >= min(_LEAST_TO_ANSWER, within) else None


def offered(entry: Entry, lease: Lease) -> Entry:
    """Return the entry with an offer."""
    return replace(entry, state=OFFERED, leases=(*entry.leases, lease))


def open_lease(entry: Entry, now: datetime) -> Lease | None:
    """Return the offer that stands at this moment, if one does."""
    lease = entry.lease
    return lease if entry.state == OFFERED and lease is not None and now < lease.deadline else None


def lapsed(entry: Entry, now: datetime) -> Entry:
    """Return the entry whose offer was not answered in time: behind the others, or at its end."""
    lapses = entry.lapses + 1
    after = replace(_ended_lease(entry, LAPSED, now), lapses=lapses, turn_at=now)
    return replace(after, state=EXPIRED, ended_at=now) if lapses >= MOST_LAPSES else after


def declined(entry: Entry, now: datetime) -> Entry:
    """Return the entry whose guest wants another time than the offered: it keeps its place."""
    return _ended_lease(entry, DECLINED, now)


def revoked(entry: Entry, now: datetime) -> Entry:
    """Return the entry whose offer we cannot keep: it keeps its place."""
    return _ended_lease(entry, REVOKED, now)


def accepted(entry: Entry, now: datetime) -> Entry:
    """Return the entry that got its time."""
    return replace(_ended_lease(entry, ACCEPTED, now), state=ACCEPTED, ended_at=now)


def withdrawn(entry: Entry, now: datetime) -> Entry:
    """Return the entry given up by its guest; one that has ended is returned as it is."""
    if entry.state not in OPEN_STATES:
        return entry
    after = _ended_lease(entry, DECLINED, now) if entry.state == OFFERED else entry
    return replace(after, state=WITHDRAWN, ended_at=now)


def entry_token(entry_id: EntryId, generation: int, key: bytes) -> str:
    """Return the token that lets its bearer see, answer and give up the entry; derived again whenever it is needed."""
    mac = hmac.new(key, f"waitlist:{entry_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def check_entry_token(entry_id: EntryId, entry: Entry | None, token: str, key: bytes) -> Entry:
    """Return the entry the token is good for; refuse alike whether the token is wrong or the entry unknown."""
    expected = entry_token(entry_id, entry.generation if entry is not None else 0, key)
    genuine = hmac.compare_digest(expected.encode(), token.encode())
    if entry is None or not genuine:
        raise Refused("token_invalid", "This link or token is not valid for the waitlist.")
    return entry


def _ended_lease(entry: Entry, how: str, now: datetime) -> Entry:
    *before, last = entry.leases
    return replace(entry, state=WAITING, leases=(*before, replace(last, state=how, ended_at=now)))


def _end_of_quiet(moment: datetime, zone: str) -> datetime:
    """Return when the quiet that holds at that moment ends, or the moment itself if it is not quiet."""
    here = moment.astimezone(ZoneInfo(zone))
    if _QUIET_UNTIL <= here.time() < _QUIET_FROM:
        return moment
    day = here.date() + timedelta(days=1) if here.time() >= _QUIET_FROM else here.date()
    return datetime.combine(day, _QUIET_UNTIL, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _invalid(field: str, problem: str) -> Refused:
    return Refused("invalid_request", "Some fields need mending.", fields=[Problem(field=field, problem=problem)])
