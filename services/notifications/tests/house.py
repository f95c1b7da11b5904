"""A sender of one channel in a world that a test can push around."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from notifications.application.plan_messages import plan_messages
from notifications.application.ports import Provider
from notifications.application.send_due import Desk, send_due
from notifications.domain.outcome import Outcome, Repeats
from notifications.domain.rules import RULES, Rule
from notifications.domain.values import Change, Channel, Reason, State
from runtime.clock import FixedClock

from services.notifications.tests.fakes import FakeBookings, FakeContacts, FakeProvider, MemoryLedger, PlainWriter
from services.notifications.tests.made import BOOKING, MADE_AT, change, facts, key


@dataclass(slots=True)
class House:
    """A sender of one channel in a world that a test can push around."""

    channel: Channel = Channel.EMAIL
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    bookings: FakeBookings = field(default_factory=lambda: FakeBookings({BOOKING: facts()}))
    provider: FakeProvider | None = field(default_factory=FakeProvider)
    writer: PlainWriter = field(default_factory=PlainWriter)
    clock: FixedClock = field(default_factory=lambda: FixedClock(MADE_AT))
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    rules: tuple[Rule, ...] = RULES
    contacts: FakeContacts = field(default_factory=lambda: FakeContacts({}))

    def hears(self, which: Change) -> None:
        now = self.clock.now()
        plan_messages(which, ledger=self.ledger, correlation_id="4f0c2d1e9b7a4c61", now=now, rules=self.rules)

    def desk(self, provider: Provider | None = None) -> Desk:
        return Desk(
            channel=self.channel,
            due=self.ledger,
            bookings=self.bookings,
            writer=self.writer,
            provider=provider or self.provider,
            clock=self.clock,
            stop=self.stop,
            digest=lambda address: address.encode()[::-1],
            contacts=self.contacts,
        )

    async def works(self, *, wait: timedelta = timedelta(hours=1)) -> int:
        """One batch, after real time in which every lease ended and every wait passed."""
        self.ledger.real += wait
        return await send_due(self.desk())

    def sent(self) -> list[str]:
        assert self.provider is not None
        return [letter.text for letter in self.provider.got]

    def row(self, rule: str = "confirmation", revision: int = 1) -> tuple[State, Reason | None]:
        row = self.ledger.rows[key(rule, self.channel, revision)]
        return row.state, row.reason


def house(*answers: Outcome, repeats: Repeats = Repeats.ONCE) -> House:
    made = House(provider=FakeProvider(repeats=repeats, answers=list(answers)))
    made.hears(change())
    return made
