"""A clinic lives through random days, and at every step the product and a slow, independent oracle must agree.

`SLOTWELL_ORACLE=500 pytest services/booking/tests/unit/test_against_the_oracle.py` tries that many lives, each another
time; without it the few that are tried are always the same.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from booking.adapters.therapy_rules import therapy_rules
from booking.application.access import GuestAccess
from booking.application.availability import availability
from booking.application.book import Book, Companion, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.explain import explain_start
from booking.application.hold import Held, hold
from booking.application.keep_hold import release_hold
from booking.application.reschedule import To, reschedule
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.need_rules import NEVER
from booking.domain.preference import preference
from booking.domain.wish import Sought
from booking.domain.zones import utc
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.booking.tests.fakes import Office, office
from services.booking.tests.oracle.naive import Asked, Claimed, Wished, claim_of
from services.booking.tests.oracle.worlds import world

LIVES = int(os.environ.get("SLOTWELL_ORACLE", "0"))
# What physical therapy needs beforehand has tests of its own.
NOTHING_NEEDED = replace(_RULES := therapy_rules(), rules=tuple(replace(each, without=NEVER) for each in _RULES.rules))
TEN_MINUTES = timedelta(minutes=10)
T = TypeVar("T")
UNDO = timedelta(minutes=3)
HOURS = st.integers(-12, 18)
SEED = st.integers(0, 2**16)


@dataclass
class Had:
    """A time that was had, and its claims, as the oracle keeps count of them."""

    asked: Asked
    start: datetime
    claims: list[Claimed]

    @property
    def resources(self) -> set[str]:
        return {each.resource for each in self.claims}


class Life(RuleBasedStateMachine):
    """One clinic, its guests, and all that they do."""

    @initialize(seed=st.integers(0, 2**31))
    def open_the_house(self, seed: int) -> None:
        self.world = world(seed)
        self.here: Office = office(self.world.clinic(), rules=NOTHING_NEEDED)
        self.here.clock.at = self.world.now
        self.house = self.world.house()
        self.holds: dict[str, tuple[Held, Had, datetime]] = {}
        self.booked: dict[str, tuple[Booking, Had]] = {}
        self.cancelled: dict[str, tuple[Booking, Had, datetime]] = {}

    # --- what happens ---

    @rule(which=SEED, who=SEED, after=st.integers(-30, 0))
    def look(self, which: int, who: int, after: int) -> None:
        asked = self._asked(which, who)
        since = self._midnight(after)
        until = since + timedelta(hours=36)
        found = self._unless(
            asked, lambda: availability(sought(asked), since=since, until=until, desk=self.here.desk).slots
        )
        if found is not None:
            expected = self.house.offered(asked, since, until, self._claims(), self._now)
            assert {utc(each.start): each.practitioner_ids for each in found} == expected
            assert [each.start for each in found] == sorted(each.start for each in found)

    @rule(which=SEED, who=SEED, after=st.integers(-12 * 60, 24 * 60))
    def explain(self, which: int, who: int, after: int) -> None:
        asked = self._asked(which, who)
        start = self._midnight(0) + timedelta(minutes=5 * (after // 5))
        if which % 2:  # mostly nothing is offered by the clock; here it hangs on who it is
            start = self._start(replace(asked, wished=Wished(), practitioner=None), who, after // 60, any_time=False)
        found = self._unless(asked, lambda: explain_start(sought(asked), start=start, desk=self.here.desk))
        if found is not None:
            offered = bool(self.house.combinations(asked, start, self._claims(), self._now))
            assert (not found.explanation.reasons) == offered, found.explanation

    @rule(which=SEED, who=SEED, pick=SEED, after=HOURS, any_time=st.booleans())
    def hold(self, which: int, who: int, pick: int, after: int, *, any_time: bool) -> None:
        asked = self._asked(which, who)
        start = self._start(asked, pick, after, any_time=any_time)
        can = self.house.combinations(asked, start, self._claims(), self._now)
        held = attempted(lambda: hold(sought(asked), start=start, desk=self.here.desk))
        if isinstance(held, Refused):
            assert not can, f"{held.code} of what the oracle offers"
            return
        assert can, "held what the oracle does not offer"
        assert set(held.hold.resource_ids) in [set(each) for each in can]
        if asked.practitioner is None:
            booked = [each for _, had in self.booked.values() for each in had.claims]
            assert set(held.hold.resource_ids) == set(self.house.best(asked, start, can, booked))
        self.holds[held.hold.id] = held, had(asked, start, held.hold.resource_ids), self._now + TEN_MINUTES

    @precondition(lambda self: self._living())
    @rule(pick=SEED)
    def book(self, pick: int) -> None:
        hold_id = self._picked(self._living(), pick)
        held, own, _ = self.holds[hold_id]
        if own.start <= self._now:
            return
        can = self.house.combinations(own.asked, own.start, self._claims(but=hold_id), None)
        command = Book(
            hold_id=held.hold.id,
            hold_token=held.token,
            contact=Contact(name="Ana", email="ana@example.com", phone=None),
            companions=tuple(
                Companion(contact=Contact(name="Bea", email=None, phone=None)) for _ in held.hold.guests[1:]
            ),
        )
        del self.holds[hold_id]
        booked = attempted(lambda: book(command, desk=self.here.desk))
        if isinstance(booked, Refused):
            assert booked.code == "slot_taken"
            assert not can, "refused what the oracle would book"
            return
        made = booked.booking
        now_has = self._had(made, own)
        assert now_has.resources in [set(each) for each in can]
        if own.resources in [set(each) for each in can]:
            assert now_has.resources == own.resources, "something else was booked than was held"
        self.booked[made.id] = made, now_has

    @precondition(lambda self: self._living())
    @rule(pick=SEED)
    def release(self, pick: int) -> None:
        held, _, _ = self.holds.pop(self._picked(self._living(), pick))
        release_hold(held.hold.id, held.token, desk=self.here.desk)

    @precondition(lambda self: self._ahead())
    @rule(pick=SEED)
    def cancel(self, pick: int) -> None:
        made, own = self.booked.pop(self._picked(self._ahead(), pick))
        after = cancel(self._access(made), accept_fee=True, desk=self.here.desk)
        self.cancelled[made.id] = after, own, self._now

    @precondition(lambda self: self.cancelled)
    @rule(pick=SEED)
    def undo(self, pick: int) -> None:
        made, own, at = self.cancelled[self._picked(list(self.cancelled), pick)]
        free = not any(
            each.resource == ours.resource and each.since < ours.until and ours.since < each.until
            for each in self._claims()
            for ours in own.claims
        )
        in_time = self._now - at <= UNDO and self._now < own.start
        after = attempted(lambda: undo_cancel(self._access(made), desk=self.here.desk))
        if isinstance(after, Refused):
            assert not (free and in_time and self._now - at < UNDO)
            return
        assert free
        assert in_time
        del self.cancelled[made.id]
        self.booked[made.id] = after, own

    @precondition(lambda self: self._ahead())
    @rule(pick=SEED, to=SEED, after=HOURS, any_time=st.booleans())
    def move(self, pick: int, to: int, after: int, *, any_time: bool) -> None:
        booking_id = self._picked(self._ahead(), pick)
        made, own = self.booked[booking_id]
        asked = replace(own.asked, practitioner=None)
        start = self._start(asked, to, after, any_time=any_time)
        if start == own.start:
            return
        can = self.house.combinations(asked, start, self._claims(but=booking_id), self._now)
        after_it = attempted(lambda: reschedule(self._access(made), To(start=start), desk=self.here.desk))
        if isinstance(after_it, Refused):
            assert not can, f"{after_it.code} of what the oracle would move to"
            return
        now_has = self._had(after_it, replace(own, start=start))
        assert now_has.resources in [set(each) for each in can]
        known = [each for each in can if set(made.practitioner_ids) <= set(each)]
        if len(made.practitioner_ids) == 1 and known:
            assert after_it.practitioner_ids == made.practitioner_ids
        self.booked[booking_id] = after_it, now_has

    @rule(who=SEED, after=st.integers(-6 * 12, 30 * 12), lasts=st.integers(1, 60))
    def take_time_off(self, who: int, after: int, lasts: int) -> None:
        since = self._midnight(0) + after * timedelta(minutes=5)
        someone = self._picked(sorted(self.house.practitioners), who)
        self.world.give_time_off(someone, since, since + lasts * timedelta(minutes=5))
        self.here.bookings.clinic = self.world.clinic()
        self.house = self.world.house()

    @rule(minutes=st.sampled_from([1, 2, 9, 45, 300]))
    def wait(self, minutes: int) -> None:
        self.here.clock.advance(minutes=minutes)

    @rule(seed=SEED)
    def live_on(self, seed: int) -> None:
        """Much at once, evenly mixed: left to single rules, lives seldom come to know a house that is booked up."""
        dice = Random(seed)  # noqa: S311  # nothing is kept secret with it
        for _ in range(12):
            which, who, pick, after = dice.randrange(2**16), dice.randrange(2**16), dice.randrange(2**16), 12
            after -= dice.randrange(24)
            happens = dice.choice(("hold", "hold", "hold", "book", "book", "move", "cancel", "undo", "off", "wait"))
            if happens == "hold":
                self.hold(which=which, who=who, pick=pick, after=after, any_time=False)
            elif happens == "book" and self._living():
                self.book(pick=pick)
            elif happens == "move" and self._ahead():
                self.move(pick=pick, to=which, after=after, any_time=False)
            elif happens == "cancel" and self._ahead():
                self.cancel(pick=pick)
            elif happens == "undo" and self.cancelled:
                self.undo(pick=pick)
            elif happens == "off" and pick % 3 == 0:
                self.take_time_off(who=who, after=after * 12, lasts=1 + which % 24)
            elif happens == "wait":
                self.wait(minutes=1 + pick % 6)
            self.nothing_is_had_twice()
        for _ in range(3):
            self.look(which=dice.randrange(2**16), who=dice.randrange(2**16), after=-8)
            self.explain(which=dice.randrange(2**16), who=dice.randrange(2**16), after=dice.randrange(-240, 1200))

    @invariant()
    def nothing_is_had_twice(self) -> None:
        if not hasattr(self, "here"):
            return
        claims = self._claims()
        twice = [
            (one, other)
            for place, one in enumerate(claims)
            for other in claims[place + 1 :]
            if one.resource == other.resource and one.since < other.until and other.since < one.until
        ]
        assert not twice
        standing = Counter(each.claim.resource_id for each in self.here.bookings.truth.allocations if each.active)
        assert standing == Counter(each.resource for _, had in self.booked.values() for each in had.claims)

    # --- what the oracle knows ---

    @property
    def _now(self) -> datetime:
        return self.here.clock.now()

    def _living(self) -> list[str]:
        return [each for each, (_, _, until) in self.holds.items() if until > self._now]

    def _ahead(self) -> list[str]:
        return [each for each, (made, _) in self.booked.items() if made.start > self._now]

    def _claims(self, *, but: str | None = None) -> list[Claimed]:
        own = [self.holds[each][1] for each in self._living() if each != but]
        own += [has for each, (_, has) in self.booked.items() if each != but]
        return [claim for each in own for claim in each.claims]

    def _asked(self, which: int, who: int) -> Asked:
        """Return something to ask for: mostly what the house has hands and rooms for."""
        every = [
            Asked(service=service, location=location, minutes=each["minutes"])
            for service in self.house.services.values()
            for location in self.house.locations.values()
            for each in service["offers"][0]["durations"]
        ]
        sensible = [each for each in every if all(self.house.able(each))]
        asked = self._picked(sensible if sensible and which % 8 else every, which // 8)
        able = sorted({each for unit in self.house.able(asked) for each in unit} & set(self.house.practitioners))
        like = self._picked(able if able and who % 8 else sorted(self.house.practitioners), which ^ who)
        asked = replace(asked, wished=wished(Random(which ^ who), self.house.practitioners[like]))  # noqa: S311
        people: list[str | None] = [None, None, None, *able, self._picked(sorted(self.house.practitioners), who)]
        return replace(asked, practitioner=self._picked(people, who // 4))

    def _unless(self, asked: Asked, work: Callable[[], T]) -> T | None:
        """Return what the work does; None if it is refused: the practitioner never gives the service, or not so."""
        people = {each for unit in self.house.able(asked) for each in unit if each in self.house.practitioners}
        found = attempted(work)
        if not isinstance(found, Refused):
            return found
        assert found.code == "practitioner_cannot"
        assert asked.practitioner not in people
        return None

    def _midnight(self, after: int) -> datetime:
        return datetime(self.world.day.year, self.world.day.month, self.world.day.day, tzinfo=UTC) + timedelta(
            hours=after
        )

    def _start(self, asked: Asked, pick: int, after: int, *, any_time: bool) -> datetime:
        since = self._midnight(after)
        if not any_time or pick % 4:
            loosely = replace(asked, wished=Wished()) if pick % 3 == 0 else asked
            offered = self.house.offered(loosely, since, since + timedelta(hours=18), self._claims(), self._now)
            if offered:
                return self._picked(list(offered), pick)
        return since + (pick % 180) * timedelta(minutes=5)

    @staticmethod
    def _picked(those: list[T], pick: int) -> T:
        return those[pick % len(those)]

    def _had(self, made: Booking, own: Had) -> Had:
        claims = self.here.bookings.claims(made.id)
        found = had(own.asked, made.start, [each.resource_id for each in claims])
        spans = {(utc(each.during[0]), utc(each.during[1])) for each in claims}
        assert spans == {(each.since, each.until) for each in found.claims}, "more or less is taken than buffers say"
        return found

    def _access(self, made: Booking) -> GuestAccess:
        token = manage_token(made.id, made.generation, self.here.desk.manage_key)
        return GuestAccess(booking_id=made.id, token=token)


def attempted(work: Callable[[], T]) -> T | Refused:
    """Return what the work does, or its refusal."""
    try:
        return work()
    except Refused as refused:
        return refused


def sought(asked: Asked) -> Sought:
    return Sought(
        location_id=asked.location["location_id"],
        service_id=asked.service["service_id"],
        duration_minutes=asked.minutes,
        practitioner_id=asked.practitioner,  # type: ignore[arg-type]
        preference=preference(
            gender=asked.wished.gender,
            languages=asked.wished.languages,
            soft=[
                *([] if asked.wished.strict_gender else ["gender"]),
                *([] if asked.wished.strict_languages else ["languages"]),
            ],
        ),
    )


def wished(dice: Random, like: Mapping[str, Any]) -> Wished:
    """Return what may be wished of whoever treats: as somebody of the house is, if anything."""
    return Wished(
        gender=dice.choice([None, None, like["gender"]]),
        languages=dice.choice([(), (), (dice.choice(like["languages"]), "es")]),
        strict_gender=dice.random() < 0.4,
        strict_languages=dice.random() < 0.4,
    )


def had(asked: Asked, start: datetime, resources: tuple[str, ...] | list[str]) -> Had:
    since, until = claim_of(asked, start)
    return Had(asked, start, [Claimed(each, since, until) for each in resources])


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=LIVES or 30,
    stateful_step_count=10,
    derandomize=not LIVES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # lives are too long to be shrunk in the time that a test has
    report_multiple_bugs=False,
)
