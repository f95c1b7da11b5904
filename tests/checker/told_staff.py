"""Were practitioners told of their days, and desks of what is displaced: once, in time, and only while it was true?

What was owed is worked out from booking's database. Of the ledger only is asked which day a key stands for, and
whether it owns up to a doubt.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.checker.account import Account, Finding, Message
from tests.checker.reading import rows

MARGIN = timedelta(minutes=2)  # clocks that are wrong by a little
EARLY = timedelta(hours=1)

_BOOKED = """
    SELECT b.id::text, b.location_id::text, b.practitioner_ids::text[], b.starts_at, b.zone, b.made_at, b.cancelled_at,
           b.state, b.revision, d.booking_id IS NOT NULL
    FROM bookings b LEFT JOIN displaced d ON d.booking_id = b.id
"""
_DISPLACED = "SELECT body->>'aggregate_id', (body->>'version')::int FROM outbox WHERE name = 'booking.displaced.v1'"
_DAYS = """
    SELECT booking_id::text, practitioner_id::text, location_id::text, start, state
    FROM messages WHERE rule = 'daily_agenda' AND channel = 'email'
"""
_DESKS = "SELECT booking_id::text, revision, state FROM messages WHERE rule = 'displaced' AND channel = 'email'"


def address_of(practitioner_or_location_id: str) -> str:
    """Where a campaign has its staff written to."""
    return f"{practitioner_or_location_id}@staff.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A booking as the database has it."""

    id: str
    location_id: str
    practitioner_ids: tuple[str, ...]
    start: datetime
    zone: str
    made_at: datetime
    cancelled_at: datetime | None
    state: str
    revision: int
    displaced: bool


@dataclass(frozen=True, slots=True)
class Whose:
    """A practitioner's day at a location."""

    practitioner_id: str
    location_id: str
    day: date


@dataclass(slots=True)
class Day:
    """What was ever booked on it, and when it is to be told of."""

    zone: ZoneInfo
    bookings: list[Booked] = field(default_factory=list)

    def due(self, whose: Whose, each: Booked) -> datetime:
        """When one of its bookings makes it due."""
        return min(self._wall(whose, time(7)), each.start - EARLY)

    def begins(self, whose: Whose, days: int = 0) -> datetime:
        """Midnight by the branch's clock, that day's or a later one's."""
        return self._wall(whose, time(), days)

    def _wall(self, whose: Whose, clock: time, days: int = 0) -> datetime:
        return datetime.combine(whose.day + timedelta(days=days), clock, tzinfo=self.zone).astimezone(UTC)


def staff_told(
    account: Account, databases: Mapping[str, str], received: Sequence[Message], now: float
) -> list[Finding]:
    """Judge what arrived at staff, at a moment when everything has settled."""
    booked = [
        Booked(
            id=identity,
            location_id=location_id,
            practitioner_ids=tuple(who),
            start=start,
            zone=zone,
            made_at=made_at,
            cancelled_at=cancelled_at,
            state=state,
            revision=revision,
            displaced=displaced,
        )
        for identity, location_id, who, start, zone, made_at, cancelled_at, state, revision, displaced in rows(
            databases["booking"], _BOOKED
        )
    ]
    days = days_of(booked)
    known = {
        key: (Whose(who, where, start.astimezone(days_zone(days, who, where)).date()), state)
        for key, who, where, start, state in rows(databases["notifications"], _DAYS)
    }
    desks = {(key, revision): state for key, revision, state in rows(databases["notifications"], _DESKS)}
    told = [(each[0], each[1]) for each in rows(databases["booking"], _DISPLACED)]
    return [
        *agendas_told(account, days, known, received, now=now),
        *desks_told(account, booked, told, desks, received, now=now),
    ]


def days_zone(days: Mapping[Whose, Day], practitioner_id: str, location_id: str) -> ZoneInfo:
    """The zone of a branch at which the practitioner has ever been booked."""
    places = (day.zone for whose, day in days.items() if whose.location_id == location_id)
    return next(places, ZoneInfo("UTC"))


def days_of(booked: Sequence[Booked]) -> dict[Whose, Day]:
    """Every practitioner's day on which anything was ever booked."""
    days: dict[Whose, Day] = {}
    for each in booked:
        zone = ZoneInfo(each.zone)
        for who in each.practitioner_ids:
            whose = Whose(who, each.location_id, each.start.astimezone(zone).date())
            days.setdefault(whose, Day(zone)).bookings.append(each)
    return days


def agendas_told(
    account: Account,
    days: Mapping[Whose, Day],
    known: Mapping[str, tuple[Whose, str]],
    received: Sequence[Message],
    *,
    now: float,
) -> Iterator[Finding]:
    """Hold the agendas that arrived against the days that there were."""
    arrived: dict[Whose, list[Message]] = defaultdict(list)
    for message in received:
        if message.rule != "daily_agenda":
            continue
        if message.booking_id not in known:
            continue  # a ghost: who looks at every message says so
        whose, _ = known[message.booking_id]
        arrived[whose].append(message)
        at, judged = account.clinic_time(message.at), message.judged_at(account)
        if message.to != address_of(whose.practitioner_id):
            yield Finding("ghost", _about(whose), f"went to {message.to}")
        day = days.get(whose)
        if day is None:
            yield Finding("ghost", _about(whose), "tells of a day on which nothing was ever booked")
        elif at < min(day.due(whose, each) for each in day.bookings) - MARGIN or judged > day.begins(whose, 1) + MARGIN:
            yield Finding("stale", _about(whose), f"arrived at {at}")
        elif all(each.cancelled_at is not None and each.cancelled_at + MARGIN < judged for each in day.bookings):
            yield Finding("stale", _about(whose), f"arrived at {at}, and nothing stood on that day any more")
    for whose, messages in arrived.items():
        if len(keys := {each.booking_id for each in messages}) > 1:
            yield Finding("doubled", _about(whose), f"was told under {len(keys)} keys")
    doubtful = {whose for whose, state in known.values() if state == "uncertain"}
    for whose, day in days.items():
        if whose not in arrived and whose not in doubtful and _must_have_come(account, whose, day, now):
            yield Finding("lost", _about(whose), "a day with appointments was never told of")


def _must_have_come(account: Account, whose: Whose, day: Day, now: float) -> bool:
    """Whether the agenda was due a while ago, and the day lasts; of bookings that ever changed nothing is concluded."""
    clinic_now = account.clinic_time(now)
    if not clinic_now < day.begins(whose, 1) - MARGIN:
        return False
    return any(
        each.state == "confirmed" and each.revision == 1 and each.made_at + MARGIN < due and due + MARGIN < clinic_now
        for each in day.bookings
        for due in [day.due(whose, each)]
    )


def _about(whose: Whose) -> str:
    return f"agenda of {whose.practitioner_id} at {whose.location_id} on {whose.day}"


def desks_told(
    account: Account,
    booked: Sequence[Booked],
    told: Sequence[tuple[str, int]],
    desks: Mapping[tuple[str, int], str],
    received: Sequence[Message],
    *,
    now: float,
) -> Iterator[Finding]:
    """Hold what desks were told of displaced bookings against those that are."""
    by_id = {each.id: each for each in booked}
    arrived: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for message in received:
        if message.rule != "displaced":
            continue
        arrived[(message.booking_id, message.revision)].append(message)
        judged, about = message.judged_at(account), f"displaced {message.booking_id}:{message.revision}"
        found = by_id.get(message.booking_id)
        if found is None or (message.booking_id, message.revision) not in told:
            yield Finding("ghost", about, "was never displaced")
            continue
        if message.to != address_of(found.location_id):
            yield Finding("ghost", about, f"went to {message.to}")
        if found.cancelled_at is not None and found.cancelled_at + MARGIN < judged:
            yield Finding("stale", about, f"judged at {judged}, cancelled at {found.cancelled_at}")
    clinic_now = account.clinic_time(now)
    for booking_id, revision in set(told):
        each = by_id.get(booking_id)
        if each is None or not (each.displaced and each.state == "confirmed" and each.revision == revision):
            continue
        if clinic_now + MARGIN >= each.start or desks.get((booking_id, revision)) == "uncertain":
            continue
        if (booking_id, revision) not in arrived:
            yield Finding("lost", f"displaced {booking_id}:{revision}", "the desk was never told")
