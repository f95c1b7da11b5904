"""Silenced numbers, guests whom no channel reaches, budgets that are spent, providers that keep failing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.application.ports import LedgerAway, Trace
from notifications.application.send_due import send_due
from notifications.domain.allowance import Granted, TooMuch
from notifications.domain.breaker import OPENS_AFTER
from notifications.domain.outcome import Accepted, NotNow, Rejected
from notifications.domain.values import CallReason, Channel, Reason, State

from services.notifications.tests.fakes import FakeProvider
from services.notifications.tests.house import House, house
from services.notifications.tests.made import BOOKING, START, change, facts, key

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_silenced_number_gets_no_text_and_its_guest_still_gets_mail() -> None:
    here = House(channel=Channel.SMS)
    here.ledger.quiet.add("+33199001234")
    here.hears(change())
    await here.works()
    assert here.sent() == []
    assert here.row() == (State.SKIPPED, Reason.NUMBER_SILENCED)
    assert here.ledger.calls == []
    here.channel = Channel.EMAIL
    await here.works()
    assert here.sent() == ["confirmation"]


def lone(channel: Channel) -> House:
    """A sender to a guest who left only this channel's address."""
    here = House(channel=channel)
    guest = replace(facts().guest, email=None) if channel is Channel.SMS else replace(facts().guest, phone=None)
    here.bookings.known[BOOKING] = replace(facts(), guest=guest)
    here.hears(change(channels=(channel,)))
    return here


async def test_a_guest_whom_no_channel_reaches_is_called_once_a_revision() -> None:
    here = lone(Channel.SMS)
    here.ledger.quiet.add("+33199001234")
    await here.works()
    here.clock.at = START - timedelta(hours=24)
    await here.works()
    assert here.row("first_reminder") == (State.SKIPPED, Reason.NUMBER_SILENCED)
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]


async def test_a_number_that_cannot_take_texts_owes_a_call_if_there_is_no_address() -> None:
    here = lone(Channel.SMS)  # a landline, say
    here.provider = FakeProvider(answers=[Rejected("Twilio 21614")])
    await here.works()
    assert here.row() == (State.FAILED, Reason.REJECTED)
    assert here.ledger.rows[key(channel=Channel.SMS)].problem == "Twilio 21614"
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]


async def test_a_clinic_without_text_messages_calls_who_left_only_a_number() -> None:
    here = lone(Channel.SMS)
    here.provider = None
    await here.works()
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]


async def test_a_silenced_number_is_no_second_channel() -> None:
    here = House(channel=Channel.EMAIL, provider=FakeProvider(answers=[Rejected("550")]))
    here.ledger.quiet.add("+33199001234")
    here.hears(change())
    await here.works()
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]


async def test_no_call_is_owed_about_what_is_no_longer_true() -> None:
    here = lone(Channel.SMS)
    here.ledger.quiet.add("+33199001234")
    here.bookings.known[BOOKING] = replace(here.bookings.known[BOOKING], state="cancelled", revision=2)
    await here.works()
    assert here.ledger.calls == []


async def test_the_ledger_can_tell_an_answer_and_the_parts_but_no_number() -> None:
    here = House(channel=Channel.SMS)
    here.hears(change())
    await here.works()
    trace = here.ledger.rows[key(channel=Channel.SMS)].trace
    assert trace == Trace(recipient=b"+33199001234"[::-1], language=None, segments=1, provider="fake")


class Spent:
    """An allowance that says what it is told, and counts what comes back."""

    def __init__(self, *answers: Granted | TooMuch) -> None:
        self.answers = list(answers)
        self.returned = 0

    async def take(self, units: int) -> Granted | TooMuch:
        return self.answers.pop(0) if self.answers else Granted()

    async def give_back(self, units: int) -> None:
        self.returned += units


async def test_a_spent_budget_stops_messages_and_they_go_when_there_is_one_again() -> None:
    here = house()
    desk = replace(here.desk(), allowance=Spent(TooMuch(timedelta(minutes=15), spent=True)))
    await send_due(desk)
    assert (here.sent(), here.row()) == ([], (State.DUE, None))
    here.ledger.real += timedelta(minutes=14)
    assert await send_due(desk) == 0
    here.ledger.real += timedelta(minutes=2)
    await send_due(desk)
    assert here.row() == (State.SENT, None)


async def test_only_what_a_provider_took_counts_against_the_budget() -> None:
    here = house(NotNow("HTTP 503"), Accepted())
    spent = Spent()
    for _ in range(2):
        here.ledger.real += timedelta(hours=1)
        await send_due(replace(here.desk(), allowance=spent))
    assert (spent.returned, here.row()) == (1, (State.SENT, None))


async def test_a_refusal_is_written_down_even_if_its_allowance_cannot_be_given_back() -> None:
    class Away(Spent):
        async def give_back(self, units: int) -> None:
            raise LedgerAway("cut")

    here = house(Rejected("HTTP 400"))
    with pytest.raises(LedgerAway):
        await send_due(replace(here.desk(), allowance=Away()))
    assert here.row() == (State.FAILED, Reason.REJECTED)


async def test_a_provider_that_keeps_failing_is_left_alone_and_then_tried_by_one_message() -> None:
    here = House(provider=FakeProvider(answers=[NotNow("ConnectError")] * 50))
    for number in range(30):
        booking_id = f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a{number:04d}"
        here.hears(change(booking_id=booking_id))
        here.bookings.known[booking_id] = replace(facts(), booking_id=booking_id)  # type: ignore[index, arg-type]
    desk = replace(here.desk(), at_once=1)
    await send_due(desk)
    assert here.provider is not None
    assert len(here.provider.got) == OPENS_AFTER  # and 25 have lost no attempt
    another = await here.ledger.claim(here.channel, now=here.clock.now(), limit=100)
    assert len(another) == 30 - OPENS_AFTER  # nor do they wait for this sender: another may find the provider at work
    for message in another:
        await here.ledger.release(message, wait=timedelta())
    here.ledger.real += timedelta(hours=1)
    assert await send_due(desk) == 0  # still open
    desk.breaker.open_until = 0
    assert await send_due(desk) == 1
    here.provider.answers.clear()
    desk.breaker.open_until = 0
    assert await send_due(desk) == 1
    here.ledger.real += timedelta(hours=1)
    assert await send_due(desk) == 29
