"""Whatever guests do, whatever clocks and providers do, in whatever order events come: nothing twice, nothing stale.

Hypothesis books, moves, cancels and reinstates one appointment, delivers the events late, twice and in any order, lets
the clock jump, and provider outcomes be unknown. What a provider was given is judged by what was true at that moment.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from notifications.application.ports import Letter
from notifications.application.send_due import Desk, send_due
from notifications.domain.facts import Facts
from notifications.domain.outcome import Accepted, NotNow, Outcome, Repeats, Unknown
from notifications.domain.rules import BY_NAME, QUIET_HOURS, RULES, Rule
from notifications.domain.terms import Scope, Terms, standing
from notifications.domain.values import Change, Channel, Happening, Key, State

from services.notifications.tests.fakes import FakeProvider
from services.notifications.tests.house import House
from services.notifications.tests.made import BOOKING, change, facts

ZONES = ["Europe/Paris", "America/Toronto", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
# Around a change of clocks in Europe and in America, and around none.
BEGINNINGS = [datetime(2026, 10, 20, tzinfo=UTC), datetime(2027, 3, 10, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)]
UNDO = timedelta(minutes=3)
# What a location may have: everything on both channels, or texts with an e-mail for those that do not arrive.
TEXT_ONLY = Terms(channels=frozenset({Channel.SMS}), fallback_after=timedelta(minutes=10))
LOCATIONS = [RULES, standing({Scope(rule.name): TEXT_ONLY for rule in RULES})]


class Watched(FakeProvider):
    """Tells the machine of everything that it is given."""

    def __init__(self, machine: "Appointment", repeats: Repeats) -> None:
        super().__init__(repeats=repeats)
        self.machine = machine

    async def send(self, letter: Letter) -> Outcome:
        outcome: Outcome = self.machine.outcomes.pop() if self.machine.outcomes else Accepted()
        self.machine.given(letter.key, outcome)
        return outcome


class Appointment(RuleBasedStateMachine):
    """One appointment of one guest, and everything that can happen to it."""

    @initialize(
        begin=st.sampled_from(BEGINNINGS),
        ahead=st.timedeltas(min_value=timedelta(minutes=20), max_value=timedelta(days=12)),
        zone=st.sampled_from(ZONES),
        rules=st.sampled_from(LOCATIONS),
    )
    def book(self, begin: datetime, ahead: timedelta, zone: str, rules: tuple[Rule, ...]) -> None:
        self.house = House(rules=rules)
        self.house.clock.at = begin
        self.made_at, self.start, self.zone = begin, begin + ahead, zone
        self.revision, self.state, self.cancelled_at = 0, "confirmed", begin
        self.outcomes: list[Outcome] = []
        self.handed: Counter[Key] = Counter()
        self.faults: list[str] = []
        self.waiting: list[Change] = []
        providers = {Channel.EMAIL: Repeats.ONCE, Channel.SMS: Repeats.NEVER}
        self.desks: list[Desk] = []
        for channel, repeats in providers.items():
            self.house.channel = channel
            self.desks.append(self.house.desk(Watched(self, repeats)))
        self._happens(Happening.BOOKED)

    @precondition(lambda self: self.state == "confirmed" and self.now < self.start)
    @rule(by=st.timedeltas(min_value=timedelta(hours=-30), max_value=timedelta(days=9)))
    def move(self, by: timedelta) -> None:
        start = self.start + by
        if start > self.now:
            self.start = start
            self._happens(Happening.RESCHEDULED)

    @precondition(lambda self: self.state == "confirmed" and self.now < self.start)
    @rule()
    def cancel(self) -> None:
        self.state, self.cancelled_at = "cancelled", self.now
        self._happens(Happening.CANCELLED)

    @precondition(lambda self: self.state == "cancelled" and self.now < self.cancelled_at + UNDO)
    @rule()
    def undo(self) -> None:
        self.state = "confirmed"
        self._happens(Happening.REINSTATED)

    @precondition(lambda self: bool(self.waiting))
    @rule(which=st.integers(min_value=0), again=st.booleans())
    def event_arrives(self, which: int, again: bool) -> None:
        event = self.waiting[which % len(self.waiting)]
        if not again:
            self.waiting.remove(event)
        self.house.hears(event)

    @rule(by=st.timedeltas(min_value=timedelta(minutes=-90), max_value=timedelta(days=8)))
    def clock_jumps(self, by: timedelta) -> None:
        self.house.clock.at += by

    @rule(by=st.sampled_from([timedelta(minutes=1), timedelta(hours=1), timedelta(hours=5)]))
    def time_passes(self, by: timedelta) -> None:
        self.house.clock.at += by

    @rule(outcomes=st.lists(st.sampled_from([Accepted(), NotNow("HTTP 503"), Unknown("ReadTimeout")]), max_size=4))
    def senders_look(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        self._work()

    @invariant()
    def no_message_reaches_a_guest_twice(self) -> None:
        for key, times in getattr(self, "handed", {}).items():
            # A mail whose fate was unknown is repeated once, under its identity; a text never.
            assert times <= (2 if key.channel is Channel.EMAIL else 1), key

    @invariant()
    def nothing_stale_goes_out(self) -> None:
        assert getattr(self, "faults", []) == []

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        for event in self.waiting:
            self.house.hears(event)
        self.house.clock.at = max(self.now, self.start) + timedelta(days=30)
        for _ in range(3):
            self._work()
        unsettled = [key for key, row in self.house.ledger.rows.items() if row.state in (State.DUE, State.SENDING)]
        assert unsettled == []
        self.nothing_stale_goes_out()

    @property
    def now(self) -> datetime:
        return self.house.clock.at

    def given(self, key: Key, outcome: Outcome) -> None:
        """A provider gets a message: it must be true now, of use now, and not at night."""
        truth = self.house.bookings.known[BOOKING]
        owed = self.house.ledger.rows[key].owed
        meant = BY_NAME[key.rule]
        quiet = QUIET_HOURS.get(key.channel) if meant.reminder else None
        faults = {
            "of an older revision": key.revision != truth.revision,
            "the booking stands otherwise": meant.state != truth.state,
            "of another time": owed.start != truth.start,
            "too late to be of use": self.now > owed.useful_until,
            "about what has begun": meant.state == "confirmed" and self.now > truth.start,
            "though its text went out": owed.instead_after is not None and self._text_went_out(key),
            "at night": quiet is not None and quiet.hold(self.now, self.zone),
        }
        # Noted and judged outside: a sender outlives whatever a provider raises.
        self.faults += [f"{key}: {fault}" for fault, found in faults.items() if found]
        if not isinstance(outcome, NotNow):
            self.handed[key] += 1

    def _text_went_out(self, key: Key) -> bool:
        text = self.house.ledger.rows.get(replace(key, channel=Channel.SMS))
        return text is not None and text.state is State.SENT

    def _happens(self, what: Happening) -> None:
        """Booking commits a change; its event is on its way."""
        self.revision += 1
        self.house.bookings.known[BOOKING] = self._facts()
        event = change(
            happening=what,
            revision=self.revision,
            happened_at=self.now,
            made_at=self.made_at,
            start=self.start,
            undo_until=self.now + UNDO if what is Happening.CANCELLED else None,
            recipient_zone=self.zone,
        )
        self.waiting.append(event)

    def _facts(self) -> Facts:
        plain = facts()
        return replace(
            plain,
            revision=self.revision,
            state=self.state,
            start=self.start,
            end=self.start + timedelta(hours=1),
            free_until=self.start - timedelta(hours=12),
            guest=replace(plain.guest, zone=self.zone),
        )

    def _work(self) -> None:
        for desk in self.desks:
            desk.breaker.note(Accepted(), 0.0)
            self.house.ledger.real += timedelta(hours=1)  # every lease has ended, every wait is over
            asyncio.run(send_due(desk))


TestAppointment = Appointment.TestCase
TestAppointment.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
