"""Couples against single guests, on a real PostgreSQL and a real Redis: whoever wins, nobody ever has half a couple."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.adapters.catalog_copy import load
from booking.adapters.redis_holds import connect
from booking.application.accept_offer import Accept, accept
from booking.application.access import GuestAccess, StaffAccess
from booking.application.attend import waive_fee
from booking.application.book import Book, Companion, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import hold
from booking.application.ports import Desk
from booking.application.reschedule import To, reschedule
from booking.application.waiting import see
from booking.application.withdraw import Withdraw, go_on_alone, keep_free, name_guest
from booking.domain.audit import Actor
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.part import GuestSought
from booking.domain.preference import ANYONE, Preference
from booking.domain.waitlist import Wanted
from booking.domain.wish import Sought
from booking.outside import Outside
from sqlalchemy import text

from services.booking.tests.adapters.at_once import at_once
from services.booking.tests.adapters.waiting_desk import opened, swept, waits
from services.booking.tests.booking_data import NOW
from services.booking.tests.clinic_data import ANA, BEA, COUPLES, PARIS, SWEDISH, entities
from services.booking.tests.fake_holds import FakeHolds, HandClock

TEN = datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
SINGLE = Sought(location_id=PARIS, service_id=SWEDISH)
IN_FRENCH = Preference(languages=("fr",))
COUPLE = Sought(
    location_id=PARIS,
    service_id=COUPLES,
    guests=(GuestSought(duration_minutes=60), GuestSought(duration_minutes=90, preference=IN_FRENCH)),
)
LUC = Companion(contact=Contact(name="Luc Moreau", email="luc@example.com"))
OVERLAPPING = """
    SELECT count(*) FROM allocations one JOIN allocations other
    ON one.resource_id = other.resource_id AND one.during && other.during AND one.id < other.id
    WHERE one.active AND other.active
"""
CLAIMED = "SELECT booking_id::text, count(*) AS claims FROM allocations WHERE active GROUP BY booking_id"


@pytest.fixture
def here(booking_url: str, redis_url: str) -> Any:
    found = opened(booking_url, redis_url)
    with found.engine.begin() as connection:
        load(connection, entities(), now=NOW)
    yield found
    found.close()


def at_a_desk(here: Outside) -> Desk:
    return replace(here.desk, clock=HandClock(NOW))


def attempt(sought: Sought, start: datetime, desk: Desk) -> Booking | None:
    try:
        held = hold(sought, start=start, desk=desk)
        contact = Contact(name="Ana Moreau", email="ana@example.com")
        others = (LUC,) if sought.service_id == COUPLES else ()
        return book(
            Book(hold_id=held.hold.id, hold_token=held.token, contact=contact, companions=others), desk=desk
        ).booking
    except Refused as refused:
        if refused.code in {"slot_taken", "hold_expired"}:
            return None
        raise


def raced(desk: Desk) -> list[Booking]:
    """Let couples and single guests go for the same hour and a half, and return who has won."""
    wanted = [COUPLE] * 10 + [SINGLE] * 30
    random.Random(11).shuffle(wanted)  # noqa: S311 - an order, not a secret
    starts = [TEN + timedelta(minutes=15 * number) for number in range(6)]
    tries = [(sought, starts[number % 6]) for number, sought in enumerate(wanted)]
    with ThreadPoolExecutor(8) as pool:
        return [made for made in pool.map(lambda each: attempt(*each, desk), tries) if made is not None]


def check(here: Outside, made: list[Booking]) -> None:
    with here.engine.connect() as connection:
        assert connection.execute(text(OVERLAPPING)).scalar_one() == 0
        claims = {each.booking_id: each.claims for each in connection.execute(text(CLAIMED))}
        parties = Counter(connection.execute(text("SELECT booking_id::text FROM party_guests")).scalars())
    assert claims == {each.id: 3 if each.service_id == COUPLES else 2 for each in made}
    assert parties == {each.id: 2 for each in made if each.service_id == COUPLES}
    assert {each.service_id for each in made} <= {SWEDISH, COUPLES}
    assert made


def test_couples_and_single_guests_at_once_never_share_and_never_have_half(here: Outside) -> None:
    check(here, raced(at_a_desk(here)))


def test_and_not_with_the_memory_of_holds_away_either(here: Outside) -> None:
    away = FakeHolds()
    away.away = True
    check(here, raced(replace(at_a_desk(here), holds=away)))


def test_a_party_is_read_as_it_was_written_and_stays_together(here: Outside) -> None:
    desk = at_a_desk(here)
    made = attempt(COUPLE, TEN, desk)
    assert made is not None
    access = GuestAccess(booking_id=made.id, token=manage_token(made.id, 1, desk.manage_key))
    assert desk.bookings.find([made.id])[made.id] == made
    assert [each.preference for each in made.guests] == [ANYONE, IN_FRENCH]
    assert sorted((each.during[1] - each.during[0]) // 60 for each in desk.bookings.claims(made.id)) == [75, 105, 105]
    moved = reschedule(access, To(start=TEN + timedelta(minutes=15)), desk=desk)
    assert desk.bookings.find([made.id])[made.id] == moved
    assert sorted((each.during[1] - each.during[0]) // 60 for each in desk.bookings.claims(made.id)) == [75, 105, 105]
    cancel(access, accept_fee=False, desk=desk)
    back = undo_cancel(access, desk=desk)
    assert [each.guest.name for each in back.guests if each.guest] == ["Luc Moreau"]
    kept = keep_free(access, 2, desk=desk)
    assert desk.bookings.find([made.id])[made.id] == kept
    let_off = waive_fee(StaffAccess(booking_id=made.id, actor=Actor("mia"), reason="Is ill"), place=2, desk=desk)
    assert let_off.guests[1].fee_waived_at is not None
    assert desk.bookings.find([made.id])[made.id] == let_off
    named = name_guest(access, 2, Companion(contact=Contact(name="Nora Petit")), desk=desk)
    assert desk.bookings.find([made.id])[made.id] == named
    alone = go_on_alone(access, Withdraw(place=1), desk=desk)
    assert desk.bookings.find([made.id])[made.id] == alone
    assert len(desk.bookings.claims(made.id)) == 2
    assert alone.guest.name == "Nora Petit"


def test_two_who_change_the_same_party_at_once_see_each_other(here: Outside) -> None:
    desk = at_a_desk(here)
    made = attempt(COUPLE, TEN, desk)
    assert made is not None
    access = GuestAccess(booking_id=made.id, token=manage_token(made.id, 1, desk.manage_key))

    def leaves(place: int) -> str:
        try:
            keep_free(access, place, desk=desk)
        except Refused as refused:
            return refused.code
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leaves, [1, 2])) == ["kept", "last_guest"]
    assert {ANA, BEA} & set(made.practitioner_ids)


def test_one_room_for_two_is_offered_to_one_party_alone_though_redis_is_flushed_meanwhile(
    here: Any, booking_url: str, redis_url: str
) -> None:
    other, clock = opened(booking_url, redis_url), HandClock(NOW)
    desks = [replace(each.desk, clock=clock) for each in (here, other)]
    that_start = Wanted(since=TEN, until=TEN + timedelta(minutes=15))
    companions = (Contact(name="Luc Moreau", email="luc@example.com"),)
    waiters = [waits(desks[0], f"g{n}", sought=COUPLE, wanted=that_start, companions=companions) for n in range(4)]
    flush = connect(redis_url, answers_within=3).flushall
    flush()
    passes = [partial(swept, here, desk) for desk in (*desks, *desks)]
    assert at_once(*passes, flush) == ["done"] * 5
    offered = [each for each in waiters if see(each, desk=desks[0]).offer is not None]
    assert len(offered) == 1
    lease = see(offered[0], desk=desks[1]).offer
    assert lease is not None
    assert [part.minutes for part in lease.parts] == [60, 90]
    assert lease.parts[1].preference == IN_FRENCH
    assert len({each.during for each in lease.claims}) == 2
    flush()
    assert attempt(COUPLE, TEN, desks[1]) is None, "nobody books what is offered"

    command = Accept(waiter=offered[0], companions=(None,))
    made = accept(command, desk=desks[1]).booking
    assert accept(command, desk=desks[0]).booking == made
    assert desks[0].bookings.find([made.id])[made.id] == made
    assert [each.guest and each.guest.email for each in made.guests] == [None, "luc@example.com"]
    with here.engine.connect() as connection:
        assert connection.execute(text(OVERLAPPING)).scalar_one() == 0
        assert [claims for _, claims in connection.execute(text(CLAIMED))] == [3]
        assert connection.execute(text("SELECT count(*) FROM allocations WHERE lease_id IS NOT NULL")).scalar_one() == 0
    other.close()


def test_the_release_before_offers_a_party_nothing(here: Any) -> None:
    desk = at_a_desk(here)
    that_start = Wanted(since=TEN, until=TEN + timedelta(minutes=15))
    who = waits(desk, "Zoe", sought=COUPLE, wanted=that_start, companions=(Contact(name="Luc"),))
    with here.engine.connect() as connection:
        minutes, practitioner = connection.execute(text("SELECT minutes, practitioner_id FROM waitlist_entries")).one()
    asks = Sought(location_id=PARIS, service_id=COUPLES, duration_minutes=minutes, practitioner_id=practitioner)
    with pytest.raises(Refused, match="offered for"):
        hold(asks, start=TEN, desk=desk)
    assert see(who, desk=desk).entry.minutes == 90
