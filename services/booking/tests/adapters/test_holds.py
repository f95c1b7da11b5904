"""One suite for the port `Holds`, on the fake and on a real server."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
import redis
from booking.adapters.breaker import Breaker
from booking.adapters.redis_holds import RedisHolds, connect
from booking.application.ports import Holds, HoldsAway, Outcome
from booking.domain.booking import Claim
from booking.domain.hold import LASTS, LASTS_AT_MOST, Hold, HoldState, new_hold_id
from booking.domain.money import Money

from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, ROOM_2, SWEDISH
from services.booking.tests.fake_holds import FakeHolds

NOON = 1_900_000_000
HOUR = 3600


@dataclass
class World:
    """A port, and what a test does to the world around it."""

    holds: Holds
    now: Callable[[], int]
    expire: Callable[[Hold], None]
    flush: Callable[[], None]


def _fake() -> World:
    holds = FakeHolds()

    def expire(hold: Hold) -> None:
        record = holds.records[hold.id]
        record.hold = replace(record.hold, expires_at=int(holds.clock.now().timestamp()) - 1)

    return World(holds, lambda: int(holds.clock.now().timestamp()), expire, holds.flush)


def _real(url: str) -> World:
    client = connect(url, answers_within=3)
    holds = RedisHolds(client, installation="test")

    def expire(hold: Hold) -> None:
        past = client.time()[0] - 1
        client.hset(f"{{test}}:hold:{hold.id}", "expires_at", past)
        for each in hold.resource_ids:
            client.zadd(f"{{test}}:holds-of:{each}", {f"{hold.id}|{hold.claim[0]}|{hold.claim[1]}": past})

    return World(holds, lambda: int(client.time()[0]), expire, lambda: client.flushall() and None)


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest) -> World:
    return _fake() if request.param == "fake" else _real(request.getfixturevalue("redis_url"))


def a_hold(*resources: str, since: int = NOON, until: int = NOON + HOUR) -> Hold:
    now = int(time.time())
    return Hold(
        id=new_hold_id(),
        claim_id="mine",
        location_id=PARIS,
        service_id=SWEDISH,
        practitioner_id=None,
        practitioner_ids=tuple(each for each in resources if each in {ANA, BEA}),
        resource_ids=tuple(sorted(resources or (ANA, ROOM_1))),
        start=since,
        minutes=60,
        claim=(since, until),
        price=Money(amount=Decimal("80.00"), currency="EUR"),
        made_at=now,
        expires_at=now + LASTS,
    )


def test_a_claim_holds_all_resources_for_ten_minutes_by_the_memorys_own_clock(world: World) -> None:
    answer = world.holds.claim(a_hold(ANA, ROOM_1), body_hash="")
    assert answer.outcome is Outcome.CLAIMED
    assert abs(answer.hold.made_at - world.now()) <= 1
    assert answer.hold.expires_at == answer.hold.made_at + LASTS
    taken = world.holds.taken([ANA, BEA, ROOM_1], (NOON, NOON + 60))
    assert taken == {ANA: [(NOON, NOON + HOUR)], ROOM_1: [(NOON, NOON + HOUR)]}


def test_an_overlap_on_one_resource_claims_none_and_names_it(world: World) -> None:
    world.holds.claim(a_hold(ANA, ROOM_1), body_hash="")
    late = a_hold(BEA, ROOM_1, since=NOON + HOUR - 1, until=NOON + 2 * HOUR)
    answer = world.holds.claim(late, body_hash="")
    assert answer.outcome is Outcome.TAKEN
    assert answer.taken == {ROOM_1}
    assert world.holds.taken([BEA], late.claim) == {}


def test_each_resource_is_claimed_for_its_own_time(world: World) -> None:
    mine = a_hold(ANA, BEA, ROOM_1, until=NOON + 2 * HOUR)
    mine = replace(mine, shorter=(Claim(resource_id=ANA, during=(NOON, NOON + HOUR)),))
    claimed = world.holds.claim(mine, body_hash="").hold
    taken = {ANA: [(NOON, NOON + HOUR)], BEA: [(NOON, NOON + 2 * HOUR)], ROOM_1: [(NOON, NOON + 2 * HOUR)]}
    assert world.holds.taken([ANA, BEA, ROOM_1], mine.claim) == taken
    after = a_hold(ANA, ROOM_2, since=NOON + HOUR, until=NOON + 2 * HOUR)
    assert world.holds.claim(after, body_hash="").outcome is Outcome.CLAIMED
    again = a_hold(ANA, BEA, since=NOON + HOUR - 1, until=NOON + HOUR)
    assert world.holds.claim(again, body_hash="").taken == {ANA, BEA}
    assert world.holds.keep(claimed, lasts=LASTS, reclaim=False).outcome is Outcome.KEPT
    memory = world.holds.recall(mine.id)
    assert memory is not None
    assert memory.hold.claims == mine.claims
    assert world.holds.settle(claimed, HoldState.BOOKED)
    assert world.holds.taken([BEA, ROOM_1], mine.claim) == {}
    assert world.holds.taken([ANA], mine.claim) == {ANA: [(NOON + HOUR, NOON + 2 * HOUR)]}


def test_ranges_that_only_touch_do_not_overlap(world: World) -> None:
    world.holds.claim(a_hold(), body_hash="")
    assert world.holds.claim(a_hold(since=NOON + HOUR, until=NOON + 2 * HOUR), body_hash="").outcome is Outcome.CLAIMED
    assert world.holds.claim(a_hold(since=NOON - HOUR, until=NOON), body_hash="").outcome is Outcome.CLAIMED


def test_ones_own_hold_is_left_out_of_what_is_taken(world: World) -> None:
    mine = a_hold()
    world.holds.claim(mine, body_hash="")
    assert world.holds.taken([ANA], mine.claim, but=mine.id) == {}


def test_a_repeated_claim_gets_the_first_answer_and_another_body_is_told(world: World) -> None:
    first = world.holds.claim(a_hold(), body_hash="abc").hold
    again = replace(a_hold(), id=first.id)
    repeated = world.holds.claim(again, body_hash="abc")
    assert (repeated.outcome, repeated.hold) == (Outcome.REPEATED, first)
    assert world.holds.claim(again, body_hash="xyz").outcome is Outcome.REUSED


def test_an_expired_hold_takes_nothing_and_is_remembered_as_expired(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    world.expire(mine)
    assert world.holds.taken([ANA, ROOM_1], mine.claim) == {}
    memory = world.holds.recall(mine.id)
    assert memory is not None
    assert memory.state is HoldState.EXPIRED
    assert world.holds.claim(a_hold(), body_hash="").outcome is Outcome.CLAIMED


def test_keeping_makes_a_hold_last_longer_but_never_past_its_limit(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    kept = world.holds.keep(mine, lasts=LASTS + 60, reclaim=False)
    assert kept.outcome is Outcome.KEPT
    assert 0 <= kept.hold.expires_at - (mine.expires_at + 60) <= 1
    longest = world.holds.keep(mine, lasts=2 * LASTS_AT_MOST, reclaim=False)
    assert longest.hold.expires_at == mine.made_at + LASTS_AT_MOST
    shorter = world.holds.keep(mine, lasts=1, reclaim=True)
    assert shorter.hold.expires_at == longest.hold.expires_at


def test_an_expired_hold_is_kept_only_by_reclaiming_and_only_if_free(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    world.expire(mine)
    assert world.holds.keep(mine, lasts=LASTS, reclaim=False).outcome is Outcome.EXPIRED
    back = world.holds.keep(mine, lasts=30, reclaim=True)
    assert back.outcome is Outcome.CLAIMED
    assert world.holds.taken([ANA], mine.claim) == {ANA: [mine.claim]}
    world.expire(mine)
    world.holds.claim(a_hold(BEA, ROOM_1), body_hash="")
    lost = world.holds.keep(mine, lasts=30, reclaim=True)
    assert (lost.outcome, lost.taken) == (Outcome.TAKEN, {ROOM_1})


def test_a_forgotten_hold_is_claimed_again_while_its_token_is_good(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    world.flush()
    assert world.holds.recall(mine.id) is None
    assert world.holds.keep(mine, lasts=LASTS, reclaim=False).outcome is Outcome.CLAIMED
    assert world.holds.claim(a_hold(), body_hash="").outcome is Outcome.TAKEN


def test_a_kept_hold_may_move_to_other_resources(world: World) -> None:
    mine = world.holds.claim(a_hold(ANA, ROOM_1), body_hash="").hold
    world.holds.claim(a_hold(ROOM_2, since=NOON + HOUR, until=NOON + 2 * HOUR), body_hash="")
    moved = replace(mine, resource_ids=tuple(sorted((BEA, ROOM_2))))
    assert world.holds.keep(moved, lasts=30, reclaim=True).outcome is Outcome.KEPT
    assert set(world.holds.taken([BEA, ROOM_2], mine.claim)) == {BEA, ROOM_2}


def test_a_released_hold_frees_its_time_and_is_never_kept_again(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    assert world.holds.settle(mine, HoldState.RELEASED)
    assert world.holds.settle(mine, HoldState.RELEASED)
    assert world.holds.taken([ANA, ROOM_1], mine.claim) == {}
    assert world.holds.keep(mine, lasts=30, reclaim=True).outcome is Outcome.RELEASED
    assert world.holds.claim(a_hold(), body_hash="").outcome is Outcome.CLAIMED


def test_a_hold_released_after_the_memory_was_lost_stays_released(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    world.flush()
    assert world.holds.settle(mine, HoldState.RELEASED)
    assert world.holds.keep(mine, lasts=30, reclaim=True).outcome is Outcome.RELEASED


def test_a_booked_hold_stays_booked_whoever_releases_it(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    world.holds.settle(mine, HoldState.BOOKED)
    world.holds.settle(mine, HoldState.RELEASED)
    memory = world.holds.recall(mine.id)
    assert memory is not None
    assert memory.state is HoldState.BOOKED
    assert world.holds.taken([ANA], mine.claim) == {}


def test_another_hold_of_the_same_identity_is_not_touched(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="").hold
    theirs = replace(mine, claim_id="theirs")
    assert world.holds.keep(theirs, lasts=30, reclaim=True).outcome is Outcome.STRANGER
    assert not world.holds.settle(theirs, HoldState.RELEASED)
    world.holds.forget(theirs)
    assert world.holds.taken([ANA], mine.claim) == {ANA: [mine.claim]}


def test_a_forgotten_hold_leaves_no_trace(world: World) -> None:
    mine = world.holds.claim(a_hold(), body_hash="abc").hold
    world.holds.forget(mine)
    assert world.holds.recall(mine.id) is None
    assert world.holds.claim(mine, body_hash="xyz").outcome is Outcome.CLAIMED


def test_of_many_at_once_one_claims_the_time(redis_url: str) -> None:
    holds = RedisHolds(connect(redis_url, answers_within=3), installation="test")
    outcomes: list[Outcome] = []
    rivals = [a_hold(ANA, ROOM_1, since=NOON + 60 * n, until=NOON + 60 * n + HOUR) for n in range(20)]
    threads = [
        threading.Thread(target=lambda each=each: outcomes.append(holds.claim(each, body_hash="").outcome))
        for each in rivals
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.value for each in outcomes) == ["claimed"] + ["taken"] * 19


def test_all_keys_of_an_installation_share_one_hash_tag_and_expire(redis_url: str) -> None:
    client = connect(redis_url, answers_within=3)
    holds = RedisHolds(client, installation="la-belle")
    holds.claim(a_hold(), body_hash="")
    keys = list(client.scan_iter())
    assert len(keys) == 3
    assert all(key.startswith("{la-belle}:") and client.ttl(key) > 0 for key in keys)


def test_without_a_server_it_says_so_at_once() -> None:
    holds = RedisHolds(connect("redis://127.0.0.1:1/0", answers_within=0.25), installation="test")
    with pytest.raises(HoldsAway):
        holds.claim(a_hold(), body_hash="")
    with pytest.raises(HoldsAway):
        holds.recall(new_hold_id())
    assert not holds.reachable()


def test_a_server_that_hangs_costs_a_few_moments_and_then_none() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        holds = RedisHolds(connect(address, answers_within=0.25), installation="test")
        began = time.monotonic()
        for _ in range(50):
            with pytest.raises(HoldsAway):
                holds.taken([ANA], (NOON, NOON + 1))
        assert time.monotonic() - began < 5


def test_the_breaker_rests_after_some_failures_and_then_lets_one_try() -> None:
    now = [0.0]
    breaker = Breaker(failures=2, rest=5, monotonic=lambda: now[0])
    for _ in range(2):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    now[0] = 5
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_a_command_error_is_no_reason_to_stay_away(redis_url: str) -> None:
    client = connect(redis_url, answers_within=3)
    holds = RedisHolds(client, installation="test", breaker=Breaker(failures=1))
    client.set(f"{{test}}:holds-of:{ANA}", "not a sorted set")
    for _ in range(3):
        with pytest.raises(HoldsAway) as error:
            holds.claim(a_hold(), body_hash="")
        assert isinstance(error.value.__cause__, redis.ResponseError)
