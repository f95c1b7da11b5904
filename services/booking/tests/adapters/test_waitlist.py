"""The waitlist on real PostgreSQL and Redis: races, a flush and a kill, and never two offers for one time."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from booking.adapters.catalog_copy import load
from booking.adapters.redis_holds import connect
from booking.adapters.tables import allocations, leases, outbox, unmet_demand, waitlist_entries
from booking.application.accept_offer import Accept, accept
from booking.application.availability import availability
from booking.application.book import Book, book
from booking.application.cancel import undo_cancel
from booking.application.hold import hold
from booking.application.offer_times import Pass, offer_times
from booking.application.ports import Desk, HoldsAway, Idempotency
from booking.application.sweep import sweep
from booking.application.waiting import Waiter, decline, leave, see
from booking.application.waitlist_ports import Waitlist, Which
from booking.domain.availability import Busy
from booking.domain.events import WAITLIST_JOINED
from booking.domain.guest import Contact
from booking.domain.waitlist import WAITING, Entry, Wanted
from booking.domain.zones import instant
from booking.outside import Outside
from sqlalchemy import Engine, func, select, text

from services.booking.tests.adapters.at_once import at_once
from services.booking.tests.adapters.waiting_desk import (
    TEN,
    THAT_HOUR,
    WITH_ANA,
    access,
    at,
    booked,
    cancelled,
    one_treatment_a_week,
    opened,
    swept,
    waits,
)
from services.booking.tests.clinic_data import ANA, DEEP, PARIS, SWEDISH, schedule, shift
from services.booking.tests.fake_holds import HandClock

ROOT = Path(__file__).parents[4]


@dataclass
class World:
    """A process at the clinic, and the clock that both go by."""

    here: Outside
    desk: Desk
    clock: HandClock
    booking_url: str
    redis_url: str

    @property
    def engine(self) -> Engine:
        return self.here.engine

    def swept(self, **later: float) -> Pass:
        self.clock.advance(**later)
        return swept(self.here, self.desk)

    def flush(self) -> None:
        connect(self.redis_url, answers_within=3).flushall()

    def count(self, table: Any, *where: Any) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


@pytest.fixture
def world(booking_url: str, redis_url: str) -> Iterator[World]:
    here, clock = opened(booking_url, redis_url), HandClock()
    one_treatment_a_week(here, now=clock.now())
    yield World(here, at(here, clock), clock, booking_url, redis_url)
    here.close()


def open_offers(world: World, waiters: Sequence[Waiter]) -> int:
    return sum(see(each, desk=world.desk).offer is not None for each in waiters)


def test_an_entry_is_found_as_it_was_written_and_ends_as_it_should(world: World) -> None:
    narrow = replace(THAT_HOUR, weekdays=frozenset({1, 4}), earliest=9 * 60, latest=24 * 60)
    who = waits(world.desk, "Zoe", wanted=narrow)
    entry = see(who, desk=world.desk).entry
    assert entry.wanted == replace(narrow, since=TEN.astimezone(UTC), until=narrow.until.astimezone(UTC))
    assert entry.guest.email == "zoe@example.com"
    assert world.swept() == Pass(offered=1)
    seen = see(who, desk=world.desk)
    assert seen.offer is not None
    assert world.desk.waitlist.known([entry.id]) == {entry.id: seen.entry}
    assert world.desk.waitlist.leased([seen.offer.id]) == {seen.offer.id: seen.entry}
    made = accept(Accept(waiter=who), desk=world.desk).booking
    assert accept(Accept(waiter=who), desk=world.desk).booking == made
    assert see(who, desk=world.desk).booking == made
    assert world.count(allocations, allocations.c.booking_id == made.id, allocations.c.active) == 2
    assert world.count(allocations, allocations.c.lease_id.is_not(None)) == 0
    with world.engine.connect() as connection:
        names = connection.execute(select(outbox.c.name).order_by(outbox.c.seq)).scalars().all()
    assert names == ["booking.waitlist_joined.v1", "booking.waitlist_offered.v1", "booking.booked.v1"]


def test_only_the_first_of_two_is_offered_what_both_wait_for_and_the_next_when_it_lapsed(world: World) -> None:
    cancelled(booked(world.desk), world.desk)
    first, second = waits(world.desk, "Zoe"), waits(world.desk, "Abe", wanted=THAT_HOUR)
    assert world.swept(minutes=3) == Pass()
    assert world.swept(seconds=1) == Pass(offered=1)
    offers = [see(each, desk=world.desk).offer for each in (first, second)]
    assert sum(each is not None for each in offers) == 1
    assert world.swept(minutes=30) == Pass(lapsed=1, offered=1)
    assert world.count(leases, leases.c.state == "lapsed") == 1
    assert world.count(allocations, allocations.c.lease_id.is_not(None), allocations.c.active) == 2


def test_passes_at_once_from_two_processes_never_offer_one_time_twice(world: World, booking_url: str) -> None:
    other = opened(booking_url, world.redis_url)
    waiters = [waits(world.desk, f"guest{n}") for n in range(6)]
    desks = [world.desk, at(other, world.clock), world.desk, at(other, world.clock)]
    world.flush()
    passes = [partial(swept, world.here, desk) for desk in desks]
    assert at_once(*passes, world.flush) == ["done"] * 5
    assert open_offers(world, waiters) == 1
    assert world.count(outbox, outbox.c.name == "booking.waitlist_offered.v1") == 1
    other.close()


def test_passes_at_once_make_one_guest_one_offer_of_the_many_times_that_are_free(world: World) -> None:
    all_day = schedule(ANA, version=3, weekly=[shift(1, "10:00", "18:00")])
    with world.engine.begin() as connection:
        load(connection, [all_day], now=world.clock.now())
    who = waits(world.desk, "Zoe", wanted=Wanted(since=TEN, until=TEN + timedelta(hours=8)))
    barrier, first_hour = threading.Barrier(2), {ANA: [(instant(TEN), instant(TEN) + 3600)]}
    desks = [
        replace(world.desk, holds=_Together(barrier, seen), waitlist=_Only(world.desk.waitlist, who))  # type: ignore[arg-type]
        for seen in (None, first_hour)  # so that they find different times
    ]
    assert at_once(*[partial(swept, world.here, each) for each in desks]) == ["done"] * 2
    assert see(who, desk=world.desk).offer is not None
    assert world.count(leases) == 1
    assert world.count(allocations, allocations.c.active) == 2


def test_a_pass_that_is_not_ours_is_left_to_who_began_it(world: World) -> None:
    waits(world.desk, "Zoe")
    assert world.desk.waitlist.take_turn(datetime.now(UTC), until=datetime.now(UTC) + timedelta(seconds=60))
    assert offer_times(desk=world.desk) == Pass()
    assert world.swept() == Pass(offered=1)


def test_nobody_books_what_is_offered_though_redis_forgot_everything(world: World) -> None:
    held = hold(WITH_ANA, start=TEN, desk=world.desk)
    world.flush()
    who = waits(world.desk, "Zoe")
    world.swept()
    contact = Contact(name="Rival", email="rival@example.com")
    theirs = Book(hold_id=held.hold.id, hold_token=held.token, contact=contact)
    outcomes = at_once(
        lambda: book(theirs, desk=world.desk), lambda: accept(Accept(waiter=who), desk=world.desk), world.flush
    )
    assert outcomes[0] in {"slot_taken", "hold_expired"}
    assert outcomes[1:] == ["done", "done"]


def test_a_guest_who_is_about_to_book_and_an_offer_never_both_have_the_time(world: World) -> None:
    held = hold(WITH_ANA, start=TEN, desk=world.desk)
    who = waits(world.desk, "Zoe")
    world.flush()
    theirs = Book(hold_id=held.hold.id, hold_token=held.token, contact=Contact(name="R", email="r@example.com"))
    outcomes = at_once(lambda: book(theirs, desk=world.desk), world.swept)
    has_offer = see(who, desk=world.desk).offer is not None
    assert (outcomes[0] == "done") != has_offer


def test_undoing_a_cancellation_and_offering_its_time_never_both_succeed(world: World) -> None:
    booking = booked(world.desk)
    cancelled(booking, world.desk)
    who = waits(world.desk, "Zoe")
    late = replace(world.desk, clock=HandClock(world.clock.now() + timedelta(minutes=3, seconds=1)))
    outcomes = at_once(
        lambda: undo_cancel(access(booking, world.desk), desk=world.desk), lambda: swept(world.here, late)
    )
    has_offer = see(who, desk=world.desk).offer is not None
    assert (outcomes[0] == "done") != has_offer


def test_accepting_at_the_deadline_either_books_or_lapses(world: World) -> None:
    who, next_one = waits(world.desk, "Zoe"), waits(world.desk, "Abe")
    world.swept()
    who, next_one = (who, next_one) if see(who, desk=world.desk).offer else (next_one, who)
    late = replace(world.desk, clock=HandClock(world.clock.now() + timedelta(minutes=30)))
    sweeps = [partial(swept, world.here, late)] * 2
    outcomes = at_once(lambda: accept(Accept(waiter=who), desk=world.desk), *sweeps)
    state = see(who, desk=world.desk).entry.state
    assert (outcomes[0], state) in {("done", "accepted"), ("offer_expired", "waiting")}
    times = 1 if state == "accepted" else open_offers(world, [next_one])
    assert world.count(allocations, allocations.c.active) == 2 * times


def test_accepting_and_declining_and_leaving_at_once_come_to_one_end(world: World) -> None:
    who = waits(world.desk, "Zoe")
    world.swept()
    at_once(
        *[lambda: accept(Accept(waiter=who), desk=world.desk)] * 3,
        lambda: decline(who, desk=world.desk),
        lambda: leave(who, desk=world.desk),
    )
    made = see(who, desk=world.desk).booking
    state = see(who, desk=world.desk).entry.state
    assert (state == "accepted") == (made is not None)
    assert world.count(allocations, allocations.c.active) == (2 if made is not None else 0)
    assert world.count(outbox, outbox.c.name == "booking.booked.v1") == (1 if made is not None else 0)


def test_without_the_constraint_one_time_is_offered_to_several(world: World) -> None:
    """What keeps an offer to one guest is the database, whatever Redis knows."""
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap"))
    waiters = [waits(world.desk, f"guest{n}") for n in range(2)]
    away = replace(world.desk, holds=_Together(threading.Barrier(2)))  # type: ignore[arg-type]
    only = [replace(away, waitlist=_Only(away.waitlist, each)) for each in waiters]
    assert at_once(*[partial(swept, world.here, each) for each in only]) == ["done"] * 2
    assert open_offers(world, waiters) == 2


class _Together:
    """Holds out of reach; before it says so to who would claim, it waits until the other has looked as well."""

    def __init__(self, barrier: threading.Barrier, seen: Busy | None = None) -> None:
        self._barrier = barrier
        self._seen = seen

    def claim(self, *_args: object, **_options: object) -> None:
        self._barrier.wait(timeout=10)
        raise HoldsAway

    def taken(self, *_args: object, **_options: object) -> Busy:
        if self._seen is None:
            raise HoldsAway
        return self._seen


class _Only:
    """A list on which only one guest waits, and whose turn it always is."""

    def __init__(self, waitlist: Waitlist, who: Waiter) -> None:
        self._waitlist = waitlist
        self._who = who

    def waiting(self, *, limit: int) -> list[Entry]:
        return [each for each in self._waitlist.waiting(limit=limit) if each.id == self._who.entry_id]

    def take_turn(self, *_args: object, **_options: object) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._waitlist, name)


@pytest.mark.timeout(60)
def test_a_process_killed_over_an_offer_leaves_nothing_half_done(world: World) -> None:
    who = waits(world.desk, "Zoe")
    for point, offers in (("booking.before_commit", 0), ("booking.after_commit_before_wake", 1)):
        died = subprocess.run(
            [
                sys.executable,
                "-m",
                "services.booking.tests.adapters.waiting_desk",
                world.booking_url,
                world.redis_url,
                world.clock.now().isoformat(),
            ],
            cwd=ROOT,
            env={**os.environ, "SLOTWELL_FAILPOINTS": point},
            check=False,
            timeout=30,
        )
        assert died.returncode == -signal.SIGKILL
        assert open_offers(world, [who]) == offers
        assert world.count(outbox, outbox.c.name == "booking.waitlist_offered.v1") == offers
        world.flush()
    assert world.swept() == Pass(), "it was offered, and is not offered again"
    assert accept(Accept(waiter=who), desk=world.desk).booking.start == TEN.astimezone(UTC)


def test_one_key_makes_one_entry_and_one_contact_three_however_fast(world: World) -> None:
    key = Idempotency(scope="s", key="k", body_hash="b")
    assert set(at_once(*[lambda: waits(world.desk, "Zoe", idempotency=key)] * 4)) == {"done"}
    assert world.count(waitlist_entries) == 1
    assert world.count(outbox, outbox.c.name == WAITLIST_JOINED) == 1
    outcomes = Counter(at_once(*[lambda: waits(world.desk, "Abe")] * 6))
    assert outcomes == {"done": 3, "waits_enough": 3}


def test_the_list_is_read_page_by_page_and_what_is_old_is_erased(world: World) -> None:
    windows = [Wanted(since=TEN, until=TEN + timedelta(hours=n + 1)) for n in range(3)]
    waiters = [waits(world.desk, f"guest{n}", wanted=each) for n, each in enumerate(windows)]
    ids = {each.entry_id for each in waiters}
    listed = world.desk.waitlist.listed
    first = listed(Which(limit=2))
    rest = listed(Which(limit=2, after=first[-1].id))
    assert {each.id for each in [*first, *rest]} == ids
    assert len(rest) == 1
    assert listed(Which(location_id=DEEP)) == []
    assert {each.id for each in listed(Which(location_id=PARIS, state=WAITING))} == ids
    world.swept()
    leave(waiters[0], desk=world.desk)
    assert world.swept(days=2).offered == 0
    world.clock.advance(days=31)
    assert sweep(desk=world.desk).entries >= 1
    assert world.count(waitlist_entries, waitlist_entries.c.id == waiters[0].entry_id) == 0


def test_unmet_demand_is_counted_by_the_hour_and_says_nothing_about_anybody(world: World) -> None:
    booked(world.desk)
    demand = world.desk.demand
    for _ in range(3):
        availability(WITH_ANA, since=TEN, until=TEN + timedelta(hours=1), desk=world.desk)
    waits(world.desk, "Zoe")
    hour = world.clock.now().replace(minute=0)
    assert [(each.searches, each.entries) for each in demand.unmet(None, hour, hour + timedelta(hours=1))] == [(0, 1)]
    assert demand.flush() == 1
    assert demand.flush() == 0
    [counted] = demand.unmet(PARIS, hour, hour + timedelta(hours=1))
    assert (counted.service_id, counted.searches, counted.entries) == (SWEDISH, 3, 1)
    assert demand.unmet(DEEP, hour, hour + timedelta(hours=1)) == []
    assert demand.unmet(PARIS, hour + timedelta(hours=1), hour + timedelta(hours=2)) == []
    assert set(unmet_demand.c.keys()) == {"hour", "location_id", "service_id", "searches", "entries"}
