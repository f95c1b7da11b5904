"""An e-mail that came back: nothing more goes there, and the guest is reached by text or by a call."""

from dataclasses import replace

import pytest
from notifications.domain.facts import Guest
from notifications.domain.outcome import Rejected
from notifications.domain.rules import RULES
from notifications.domain.values import CallReason, Channel, Reason, State

from services.notifications.tests.house import House
from services.notifications.tests.made import BOOKING, START, change, facts


def with_guest(guest: Guest, *, channel: Channel = Channel.EMAIL) -> House:
    here = House(channel=channel)
    here.bookings.known[BOOKING] = replace(facts(), guest=guest)
    here.hears(change())
    return here


def bounced(here: House) -> None:
    here.ledger.dead.add(b"camille@example.com"[::-1])


async def test_an_address_that_the_server_says_is_none_is_marked_and_written_to_no_more() -> None:
    here = with_guest(facts().guest)
    assert here.provider is not None
    here.provider.answers.append(Rejected("SMTPRecipientRefused 550", gone=True))
    await here.works()
    assert here.row() == (State.FAILED, Reason.REJECTED)
    here.clock.at = START
    for _ in range(2):
        await here.works()
    assert len(here.provider.got) == 1
    assert here.row("second_reminder") == (State.SKIPPED, Reason.ADDRESS_BOUNCED)


async def test_what_is_refused_for_another_reason_marks_no_address() -> None:
    here = with_guest(facts().guest)
    assert here.provider is not None
    here.provider.answers.append(Rejected("SMTPDataError 554"))
    await here.works()
    assert here.ledger.dead == set()


@pytest.mark.parametrize(("phone", "calls"), [("+33199001234", 0), (None, 1)])
async def test_a_guest_whose_mail_comes_back_is_texted_or_else_called(phone: str | None, calls: int) -> None:
    here = with_guest(replace(facts().guest, phone=phone))
    bounced(here)
    await here.works()
    assert here.row() == (State.SKIPPED, Reason.ADDRESS_BOUNCED)
    assert here.sent() == []
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)] * calls


async def test_mail_that_comes_back_is_no_second_channel_for_a_silenced_number() -> None:
    here = with_guest(facts().guest, channel=Channel.SMS)
    bounced(here)
    here.ledger.quiet.add("+33199001234")
    await here.works()
    assert here.row() == (State.SKIPPED, Reason.NUMBER_SILENCED)
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]


async def test_texts_go_on_to_whom_mail_comes_back() -> None:
    here = with_guest(facts().guest, channel=Channel.SMS)
    bounced(here)
    await here.works()
    assert here.sent() == ["confirmation"]


async def test_a_guest_with_a_number_is_called_where_no_text_is_owed() -> None:
    here = House()
    here.rules = tuple(replace(rule, channels=frozenset({Channel.EMAIL})) for rule in RULES)
    here.hears(change())
    bounced(here)
    await here.works()
    assert here.row() == (State.SKIPPED, Reason.ADDRESS_BOUNCED)
    assert here.ledger.calls == [(BOOKING, 1, CallReason.NO_CHANNEL)]
