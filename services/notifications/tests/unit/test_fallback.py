"""An e-mail goes out in a text's place when the text has not arrived ten minutes later, and only then."""

from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.domain.fallback import Text, in_its_place
from notifications.domain.outcome import Rejected, Repeats
from notifications.domain.receipt import Fate
from notifications.domain.relevance import Defer, Send, Skip, Verdict, Wait
from notifications.domain.terms import Scope, Terms, standing
from notifications.domain.values import Channel, Reason, State

from services.notifications.tests.fakes import FakeProvider
from services.notifications.tests.house import House
from services.notifications.tests.made import BOOKING, MADE_AT, change, facts, key

pytestmark = pytest.mark.anyio

TEN = timedelta(minutes=10)
DUE = MADE_AT + TEN  # when the e-mail is looked at first
SENT = Text(state=State.SENT, reason=None, due_at=MADE_AT, sent_at=MADE_AT, fate=None)
TEXT_ONLY = standing({Scope("confirmation"): Terms(channels=frozenset({Channel.SMS}), fallback_after=TEN)})
_BY_TEXT = Skip(Reason.BY_TEXT)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (replace(SENT, fate=Fate.DELIVERED), _BY_TEXT),
        (replace(SENT, fate=Fate.UNDELIVERED), Send()),
        (replace(SENT, fate=Fate.ACCEPTED), Send()),  # its provider tells of it, and not that it arrived
        (SENT, _BY_TEXT),  # a provider that never tells more
        (replace(SENT, sent_at=MADE_AT + TEN, fate=Fate.ACCEPTED), Defer(DUE + TEN)),  # it went out late
        (replace(SENT, sent_at=MADE_AT + TEN), Defer(DUE + TEN)),
        (replace(SENT, state=State.FAILED, reason=Reason.REJECTED, sent_at=None), Send()),
        (replace(SENT, state=State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN, sent_at=None), Send()),
        (replace(SENT, state=State.UNCERTAIN, sent_at=None, fate=Fate.DELIVERED), _BY_TEXT),
        (replace(SENT, state=State.SENDING, sent_at=None), Wait()),
        (replace(SENT, state=State.DUE, sent_at=None), Send()),  # its provider keeps putting it off
        (replace(SENT, state=State.DUE, due_at=DUE, sent_at=None), Defer(DUE + TEN)),  # it keeps out of the night
        (replace(SENT, state=State.SKIPPED, reason=Reason.NUMBER_SILENCED, sent_at=None), Send()),
        (replace(SENT, state=State.SKIPPED, reason=Reason.QUIET_HOURS, sent_at=None), Send()),
        (replace(SENT, state=State.SKIPPED, reason=Reason.RULE_OFF, sent_at=None), Send()),
        (replace(SENT, state=State.SKIPPED, reason=Reason.ALREADY_TOLD, sent_at=None), Skip(Reason.ALREADY_TOLD)),
        (None, Send()),
    ],
)
def test_what_is_known_of_the_text_decides(text: Text | None, verdict: Verdict) -> None:
    assert in_its_place(text, after=TEN, now=DUE) == verdict


async def told_by_text(texts: FakeProvider, *, fate: Fate | None = None) -> House:
    """A house whose text was sent, and whose e-mail is due ten minutes later."""
    here = House(channel=Channel.SMS, provider=texts, rules=TEXT_ONLY)
    here.hears(change())
    await here.works()
    here.ledger.rows[key(channel=Channel.SMS)].fate = fate
    here.channel, here.provider = Channel.EMAIL, FakeProvider()
    assert await here.works() == 0
    here.clock.advance(TEN)
    assert await here.works() == 1
    return here


async def test_a_text_that_its_network_could_not_deliver_is_followed_by_an_e_mail() -> None:
    here = await told_by_text(FakeProvider(), fate=Fate.UNDELIVERED)
    assert (here.sent(), here.row()) == (["confirmation"], (State.SENT, None))


async def test_a_text_that_arrived_is_followed_by_nothing() -> None:
    here = await told_by_text(FakeProvider(), fate=Fate.DELIVERED)
    assert (here.sent(), here.row()) == ([], (State.SKIPPED, Reason.BY_TEXT))


async def test_a_text_that_its_provider_refused_is_followed_by_an_e_mail_and_owes_no_call() -> None:
    here = await told_by_text(FakeProvider(repeats=Repeats.NEVER, answers=[Rejected("landline")]))
    assert here.sent() == ["confirmation"]
    assert here.ledger.calls == []


async def test_an_e_mail_in_a_texts_place_is_not_sent_about_a_booking_that_no_longer_stands() -> None:
    here = House(channel=Channel.SMS, rules=TEXT_ONLY)
    here.hears(change())
    await here.works()
    here.bookings.known[BOOKING] = facts(state="cancelled", revision=2)
    here.channel, here.provider = Channel.EMAIL, FakeProvider()
    here.clock.advance(TEN)
    await here.works()
    assert (here.sent(), here.row()) == ([], (State.SKIPPED, Reason.BOOKING_NOT_CONFIRMED))
