"""Holds in Redis: per resource a sorted set of buffered ranges, and one record a hold.

Every call is one script, so it happens at once or not at all, by Redis's own clock. All keys of an installation share
one hash tag and thus one slot of a Redis Cluster. Each attempt is bounded and made once: whoever waits for a hold must
not wait for Redis.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry
from runtime import failpoints

from booking.adapters.breaker import Breaker
from booking.application.ports import Answer, HoldsAway, Memory, Outcome
from booking.domain.availability import Busy
from booking.domain.hold import REMEMBERED_FOR, Hold, HoldState, packed, unpacked
from booking.domain.ids import HoldId, ResourceId
from booking.domain.ranges import Range


def connect(url: str, *, answers_within: float) -> "redis.Redis":
    """Return a client that never retries and gives up after that many seconds; it connects at its first use."""
    timeouts = {"socket_timeout": answers_within}
    if not url.startswith("unix:"):
        timeouts["socket_connect_timeout"] = answers_within
    return redis.Redis.from_url(url, decode_responses=True, retry=Retry(NoBackoff(), 0), **timeouts)


class RedisHolds:
    """The port `Holds`; raises `HoldsAway` when Redis is not there or too slow."""

    def __init__(self, client: "redis.Redis", *, installation: str, breaker: Breaker | None = None) -> None:
        self._client = client
        self._prefix = f"{{{installation}}}:hold"
        self._breaker = breaker or Breaker()
        self._claim, self._keep, self._settle, self._taken = (
            client.register_script(files("booking.adapters").joinpath("lua", f"{name}.lua").read_text())
            for name in ("claim", "keep", "settle", "taken")
        )

    def claim(self, hold: Hold, *, body_hash: str) -> Answer:
        """See `Holds.claim`."""
        outcome, *rest = self._run(
            self._claim,
            self._keys(hold),
            [hold.id, hold.lasts, REMEMBERED_FOR, hold.claim_id, body_hash, packed(hold), *_ranges(hold)],
        )
        if outcome == Outcome.REPEATED.value:
            facts, made, expiry = rest
            return Answer(outcome=Outcome.REPEATED, hold=_timed(unpacked(facts), made, expiry))
        failpoints.hit("booking.after_claim")
        return _answer(outcome, rest, hold)

    def keep(self, hold: Hold, *, lasts: int, reclaim: bool) -> Answer:
        """See `Holds.keep`."""
        outcome, *rest = self._run(
            self._keep,
            self._keys(hold),
            [
                hold.id,
                lasts,
                REMEMBERED_FOR,
                hold.claim_id,
                packed(hold),
                hold.made_at,
                hold.expires_at,
                hold.extendable_until,
                "1" if reclaim else "0",
                *_ranges(hold),
            ],
        )
        return _answer(outcome, rest, hold)

    def settle(self, hold: Hold, state: HoldState) -> bool:
        """See `Holds.settle`."""
        return self._give_up(hold, state.value)

    def forget(self, hold: Hold) -> None:
        """See `Holds.forget`."""
        self._give_up(hold, "")

    def recall(self, hold_id: HoldId) -> Memory | None:
        """See `Holds.recall`."""
        with self._bounded():
            pipeline = self._client.pipeline(transaction=False)
            pipeline.hmget(self._record(hold_id), ["state", "body_hash", "facts", "made_at", "expires_at"])
            pipeline.time()
            (state, body_hash, facts, made, expiry), (now, _) = pipeline.execute()
        if state is None:
            return None
        found = HoldState(state)
        if found is HoldState.HELD and int(expiry) <= now:
            found = HoldState.EXPIRED
        return Memory(state=found, hold=_timed(unpacked(facts), made, expiry), body_hash=body_hash)

    def taken(self, resource_ids: Sequence[ResourceId], during: Range, *, but: HoldId | None = None) -> Busy:
        """See `Holds.taken`."""
        if not resource_ids:
            return {}
        flat: list[str] = self._run(self._taken, [self._resource(each) for each in resource_ids], [*during, but or ""])
        found: dict[ResourceId, list[Range]] = {}
        numbers = [int(each) for each in flat]
        for index, since, until in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            found.setdefault(resource_ids[index], []).append((since, until))
        return found

    def reachable(self) -> bool:
        """Say whether Redis answers."""
        try:
            self._client.ping()
        except redis.RedisError:
            return False
        return True

    def _give_up(self, hold: Hold, state: str) -> bool:
        facts: list[str | int] = [hold.id, REMEMBERED_FOR, hold.claim_id, state, packed(hold)]
        return bool(self._run(self._settle, self._keys(hold), [*facts, *_ranges(hold)]))

    def _run(self, script: Script, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        with self._bounded():
            return script(keys=keys, args=arguments)

    def _bounded(self) -> "_Attempt":
        return _Attempt(self._breaker)

    def _keys(self, hold: Hold) -> list[str]:
        return [self._record(hold.id), *(self._resource(each) for each in hold.resource_ids)]

    def _record(self, hold_id: HoldId) -> str:
        return f"{self._prefix}:{hold_id}"

    def _resource(self, resource_id: ResourceId) -> str:
        return f"{self._prefix}s-of:{resource_id}"


class _Attempt:
    """One attempt: not made while the breaker is open, its failure counted and told as `HoldsAway`."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> None:
        if not self._breaker.allows():
            raise HoldsAway("Redis was away a moment ago")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or isinstance(error, redis.ResponseError):
            self._breaker.succeeded()
        if isinstance(error, redis.RedisError):
            if not isinstance(error, redis.ResponseError):
                self._breaker.failed()
            raise HoldsAway(f"Redis failed: {error}") from error


def _ranges(hold: Hold) -> list[int]:
    return [bound for claim in hold.claims for bound in claim.during]


def _answer(outcome: str, rest: Sequence[str], hold: Hold) -> Answer:
    found = Outcome(outcome)
    if found is Outcome.TAKEN:
        return Answer(outcome=found, hold=hold, taken=frozenset(hold.resource_ids[int(at)] for at in rest))
    if found in {Outcome.CLAIMED, Outcome.KEPT}:
        return Answer(outcome=found, hold=_timed(hold, *rest))
    return Answer(outcome=found, hold=hold)


def _timed(hold: Hold, made_at: str, expires_at: str) -> Hold:
    return replace(hold, made_at=int(made_at), expires_at=int(expires_at))
