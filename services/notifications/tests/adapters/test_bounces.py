"""An e-mail's bounce, told by a callback: the ledger, the mark, and who is called."""

from datetime import timedelta
from typing import Any

import pytest
from notifications.adapters.postgres_due import PostgresDue
from notifications.application.ports import Trace
from notifications.domain.values import Channel, State
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import BOOKING, MADE_AT, change, key

pytestmark = pytest.mark.anyio

RECIPIENT = b"camille@example."
MESSAGE_ID = f"<{str(key()).replace(':', '.')}@labelle.example>"


@pytest.fixture
def service(engine: Engine) -> Any:
    service: Any = NotificationsService()
    service.outside = outside_on(engine, inbox=None, waker=None, clock=FixedClock(MADE_AT))
    return service


async def mailed(kept: Kept, *, channels: tuple[Channel, ...] = tuple(Channel)) -> None:
    kept.hear(change(channels=channels))
    (message,) = await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10)
    await kept.due.hand_over(message, Trace(recipient=RECIPIENT, provider="smtp"))
    await kept.due.settle(message, State.SENT, now=MADE_AT)


def comes_back(service: Any, *, gone: bool) -> None:
    answer = service.receive_receipt(
        provider="smtp", provider_id=MESSAGE_ID, key=str(key()), fate="undelivered", problem="5.1.1", gone=gone
    )
    assert answer == {"ok": {"known": True}}


async def test_a_bounce_marks_the_address_for_a_while_and_says_so_in_the_ledger(
    service: Any, pool: Any, kept_in_postgres: Kept
) -> None:
    await mailed(kept_in_postgres)
    for _ in range(2):
        comes_back(service, gone=True)
    due = PostgresDue(pool)
    asked = frozenset({RECIPIENT, b"somebody else"})
    assert await due.bounced(asked, now=MADE_AT + timedelta(days=89)) == {RECIPIENT}
    assert await due.bounced(asked, now=MADE_AT + timedelta(days=91)) == set()
    assert await due.bounced(frozenset(), now=MADE_AT) == set()
    (line,) = [
        one
        for one in service.messages(str(BOOKING))["ok"]["items"]
        if (one["rule"], one["channel"]) == ("confirmation", "email")
    ]
    assert (line["state"], line["reason"], line["problem"]) == ("failed", "undelivered", "5.1.1")
    await due.mark_bounced(RECIPIENT, "again", now=MADE_AT + timedelta(days=91))
    assert await due.bounced(asked, now=MADE_AT + timedelta(days=92)) == {RECIPIENT}


async def test_a_message_that_failed_once_marks_no_address(service: Any, pool: Any, kept_in_postgres: Kept) -> None:
    await mailed(kept_in_postgres)
    comes_back(service, gone=False)
    assert await PostgresDue(pool).bounced(frozenset({RECIPIENT}), now=MADE_AT) == set()


@pytest.mark.parametrize(
    "text",
    [
        (None, None, 1),  # they left no number
        ("due", None, 0),
        ("skipped", "number_silenced", 1),
        ("skipped", "already_told", 0),
        ("failed", "rejected", 1),
    ],
)
async def test_a_guest_is_called_unless_a_text_says_the_same(
    service: Any, pool: Any, kept_in_postgres: Kept, text: tuple[str | None, str | None, int]
) -> None:
    text_state, reason, calls = text
    await mailed(kept_in_postgres, channels=tuple(Channel) if text_state else (Channel.EMAIL,))
    await pool.execute(
        "UPDATE messages SET state = $1, reason = $2 WHERE channel = 'sms' AND rule = 'confirmation'",
        text_state,
        reason,
    )
    comes_back(service, gone=True)
    assert len(service.calls()["ok"]["items"]) == calls


async def test_a_bounce_of_nothing_of_ours_is_written_down_and_no_error(service: Any, pool: Any) -> None:
    answer = service.receive_receipt(provider="smtp", provider_id="<x@y>", key="x", fate="undelivered", gone=True)
    assert answer == {"ok": {"known": False}}
    assert await pool.fetchval("SELECT count(*) FROM bounced_addresses") == 0
    assert await pool.fetchval("SELECT known FROM receipts WHERE provider_id = '<x@y>'") is False
