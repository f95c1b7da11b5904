"""Receipts through the service's call into the ledger: late, doubled, out of order, about nothing of ours."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from messaging.inbox import Inbox
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.ports import Trace
from notifications.domain.values import Channel, Reason, State
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine, text

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import BOOKING, MADE_AT, change, key, reinstated

pytestmark = pytest.mark.anyio

KEY = str(key(channel=Channel.SMS))


@pytest.fixture
def service(engine: Engine) -> Any:  # nameko's decorators leave its methods untyped
    clock = FixedClock(MADE_AT)
    service = NotificationsService()
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=None, clock=clock)
    return service


async def texted(kept: Kept, state: State = State.SENT, *, channels: tuple[Channel, ...] = tuple(Channel)) -> None:
    """A confirmation by text has been handed to Twilio."""
    kept.hear(change(channels=channels))
    (message,) = await kept.due.claim(Channel.SMS, now=MADE_AT, limit=10)
    await kept.due.hand_over(message, Trace(segments=2, provider="twilio"))
    provider_id = "SM7" if state is State.SENT else None
    await kept.due.settle(message, state, now=MADE_AT, reason=None, provider_id=provider_id)


def line(service: Any) -> dict[str, Any]:
    (found,) = [
        one
        for one in service.messages(str(BOOKING))["ok"]["items"]
        if (one["rule"], one["channel"]) == ("confirmation", "sms")
    ]
    assert isinstance(found, dict)
    return found


def told(service: Any, fate: str, *, provider_id: str = "SM7", **more: Any) -> bool:
    """Whether the message is known."""
    answer = service.receive_receipt(provider="twilio", provider_id=provider_id, fate=fate, **more)
    return bool(answer["ok"]["known"])


async def test_a_receipt_by_the_providers_name_moves_the_ledger(service: Any, kept_in_postgres: Kept) -> None:
    await texted(kept_in_postgres)
    assert line(service)["state"] == "sent"
    assert told(service, "delivered", cost={"amount": "0.0333", "currency": "EUR"})
    seen = line(service)
    assert (seen["state"], seen["provider"], seen["provider_id"], seen["segments"]) == ("delivered", "twilio", "SM7", 2)
    assert seen["cost"] == {"amount": "0.0333", "currency": "EUR"}
    assert seen["receipt_at"] == "2026-11-23T10:15:00Z"


@pytest.mark.parametrize("order", list(permutations(["accepted", "undelivered", "delivered"])))
async def test_in_whatever_order_they_come_and_twice_delivered_is_delivered(
    service: Any, kept_in_postgres: Kept, order: tuple[str, ...]
) -> None:
    await texted(kept_in_postgres)
    for fate in (*order, *order):
        assert told(service, fate)
    assert (line(service)["state"], line(service)["reason"]) == ("delivered", None)


async def test_an_undelivered_text_says_so_with_its_code(service: Any, kept_in_postgres: Kept) -> None:
    await texted(kept_in_postgres)
    told(service, "undelivered", problem="30006")
    seen = line(service)
    assert (seen["state"], seen["reason"], seen["problem"]) == ("failed", Reason.UNDELIVERED, "30006")
    assert service.calls()["ok"]["items"] == []  # the e-mail says it too


async def test_an_undelivered_text_to_someone_without_mail_owes_one_call(service: Any, kept_in_postgres: Kept) -> None:
    await texted(kept_in_postgres, channels=(Channel.SMS,))
    for _ in range(2):
        told(service, "undelivered", problem="30006")
    (call,) = service.calls()["ok"]["items"]
    assert (call["booking_id"], call["reason"]) == (str(BOOKING), "no_channel")


async def test_our_key_finds_a_message_whose_outcome_nobody_knew(service: Any, kept_in_postgres: Kept) -> None:
    await texted(kept_in_postgres, State.UNCERTAIN)
    assert not told(service, "accepted")
    assert line(service)["state"] == "uncertain"
    assert told(service, "accepted", key=KEY)
    assert line(service)["state"] == "sent"
    assert told(service, "delivered", key=KEY)
    assert (line(service)["state"], line(service)["provider_id"]) == ("delivered", "SM7")


async def test_a_receipt_that_comes_before_our_own_mark_is_kept(service: Any, kept_in_postgres: Kept) -> None:
    kept = kept_in_postgres
    kept.hear(change())
    (message,) = await kept.due.claim(Channel.SMS, now=MADE_AT, limit=10)
    await kept.due.hand_over(message, Trace(segments=1, provider="twilio"))
    assert told(service, "delivered", key=KEY)
    await kept.due.settle(message, State.SENT, now=MADE_AT, provider_id="SM7")
    assert line(service)["state"] == "delivered"


@pytest.mark.parametrize(
    "key_", ["", "x", "nobody:1:confirmation:sms", f"{KEY}0", KEY.replace(":1:", ":99:"), "9" * 5000]
)
async def test_a_receipt_for_nothing_of_ours_is_written_down_and_no_error(
    service: Any, engine: Engine, kept_in_postgres: Kept, key_: str
) -> None:
    await texted(kept_in_postgres)
    for _ in range(2):
        assert not told(service, "delivered", provider_id="SM-unknown", key=key_)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT provider_id, fate, known FROM receipts")).one()
    assert tuple(row) == ("SM-unknown", "delivered", False)
    assert line(service)["state"] == "sent"


@pytest.mark.parametrize(
    "wrong", [{"fate": "maybe"}, {"provider": "x"}, {"provider_id": ""}, {"cost": {"amount": "NaN", "currency": "EUR"}}]
)
async def test_a_receipt_that_cannot_be_read_is_refused(service: Any, wrong: dict[str, Any]) -> None:
    whole = {"provider": "twilio", "provider_id": "SM7", "fate": "delivered"}
    assert service.receive_receipt(**{**whole, **wrong})["refused"]["code"] == "invalid_request"


async def test_who_was_told_in_vain_was_not_told(service: Any, kept_in_postgres: Kept) -> None:
    kept = kept_in_postgres
    await texted(kept)
    kept.hear(reinstated())
    (again,) = await kept.due.claim(Channel.SMS, now=MADE_AT + timedelta(days=1, minutes=2), limit=10)
    assert [one.rule for one in (await kept.due.told([again]))[again.key]] == ["confirmation"]
    told(service, "undelivered")
    assert (await kept.due.told([again]))[again.key] == []
