"""The clock and the memory of holds: they keep the promises that the port suites check on the real things."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from booking.application.ports import Answer, HoldsAway, Memory, Outcome
from booking.domain.availability import Busy
from booking.domain.hold import Hold, HoldState
from booking.domain.ids import HoldId, ResourceId
from booking.domain.ranges import Range, overlaps
from booking.domain.zones import instant


@dataclass
class HandClock:
    """A clock that a test moves."""

    at: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class _Record:
    hold: Hold
    state: HoldState
    body_hash: str


@dataclass
class FakeHolds:
    """Holds in a dictionary, by the clock it is given."""

    clock: HandClock = field(default_factory=HandClock)
    away: bool = False
    records: dict[HoldId, _Record] = field(default_factory=dict)

    def flush(self) -> None:
        self.records.clear()

    def claim(self, hold: Hold, *, body_hash: str) -> Answer:
        self._reach()
        record = self.records.get(hold.id)
        if record is not None:
            same = record.body_hash == body_hash
            return Answer(outcome=Outcome.REPEATED if same else Outcome.REUSED, hold=record.hold if same else hold)
        taken = self._others(hold)
        if taken:
            return Answer(outcome=Outcome.TAKEN, hold=hold, taken=taken)
        claimed = replace(hold, made_at=self._now(), expires_at=self._now() + hold.lasts)
        self.records[hold.id] = _Record(claimed, HoldState.HELD, body_hash)
        return Answer(outcome=Outcome.CLAIMED, hold=claimed)

    def keep(self, hold: Hold, *, lasts: int, reclaim: bool) -> Answer:
        self._reach()
        record = self.records.get(hold.id)
        if record is not None and record.hold.claim_id != hold.claim_id:
            return Answer(outcome=Outcome.STRANGER, hold=hold)
        if record is not None and record.state is not HoldState.HELD:
            return Answer(outcome=Outcome(record.state.value), hold=hold)
        known = record.hold if record is not None else hold
        living = known.expires_at > self._now()
        if not living and not reclaim:
            return Answer(outcome=Outcome.EXPIRED, hold=hold)
        taken = self._others(hold)
        if taken:
            return Answer(outcome=Outcome.TAKEN, hold=hold, taken=taken)
        wanted = self._now() + lasts
        if not reclaim:
            wanted = min(wanted, hold.extendable_until)
        kept = replace(hold, made_at=known.made_at, expires_at=max(known.expires_at, wanted))
        self.records[hold.id] = _Record(kept, HoldState.HELD, record.body_hash if record else "")
        return Answer(outcome=Outcome.KEPT if record is not None and living else Outcome.CLAIMED, hold=kept)

    def settle(self, hold: Hold, state: HoldState) -> bool:
        self._reach()
        record = self.records.get(hold.id)
        if record is not None and record.hold.claim_id != hold.claim_id:
            return False
        if record is None:
            self.records[hold.id] = _Record(hold, state, "")
        elif record.state is not HoldState.BOOKED:
            record.state = state
        return True

    def forget(self, hold: Hold) -> None:
        self._reach()
        record = self.records.get(hold.id)
        if record is not None and record.hold.claim_id == hold.claim_id:
            del self.records[hold.id]

    def recall(self, hold_id: HoldId) -> Memory | None:
        self._reach()
        record = self.records.get(hold_id)
        if record is None:
            return None
        expired = record.state is HoldState.HELD and record.hold.expires_at <= self._now()
        state = HoldState.EXPIRED if expired else record.state
        return Memory(state=state, hold=record.hold, body_hash=record.body_hash)

    def taken(self, resource_ids: Sequence[ResourceId], during: Range, *, but: HoldId | None = None) -> Busy:
        self._reach()
        found: dict[ResourceId, list[Range]] = {}
        for record in self._living():
            for each in record.hold.claims if record.hold.id != but else ():
                if each.resource_id in resource_ids and overlaps([each.during], during):
                    found.setdefault(each.resource_id, []).append(each.during)
        return found

    def _reach(self) -> None:
        if self.away:
            raise HoldsAway

    def _now(self) -> int:
        return instant(self.clock.now())

    def _living(self) -> list[_Record]:
        held = [record for record in self.records.values() if record.state is HoldState.HELD]
        return [record for record in held if record.hold.expires_at > self._now()]

    def _others(self, hold: Hold) -> frozenset[ResourceId]:
        return frozenset(
            each.resource_id for each in hold.claims if self.taken([each.resource_id], each.during, but=hold.id)
        )
