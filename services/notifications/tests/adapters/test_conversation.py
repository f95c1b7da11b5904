"""Guests answer by text: through the service's calls, on the real database."""

from datetime import timedelta
from typing import Any

import pytest
from messaging.inbox import Inbox
from notifications.adapters.postgres_due import PostgresDue
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.ports import BookingAway, Trace
from notifications.domain.values import CallReason, Channel, State
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine, text

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.outside import DIGESTS, outside_on
from services.notifications.tests.made import BOOKING, MADE_AT, START, cancelled, change, facts

pytestmark = pytest.mark.anyio

NUMBER = "+33199001234"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MADE_AT)


@pytest.fixture
def service(engine: Engine, clock: FixedClock) -> Any:  # nameko's decorators leave its methods untyped
    service = NotificationsService()
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=None, clock=clock)
    return service


def says(service: Any, words: str, *, number: str = NUMBER, key: str = "SM1", provider: str = "http") -> str | None:
    """What the guest is answered."""
    reply: str | None = service.hear_text(provider=provider, provider_id=key, number=number, text=words)["ok"]["reply"]
    return reply


async def texted(kept: Kept, *, language: str = "fr", days: int = 0) -> None:
    """The guest has got the text messages that are due."""
    for message in await kept.due.claim(Channel.SMS, now=MADE_AT + timedelta(days=days), limit=10):
        await kept.due.hand_over(message, Trace(recipient=DIGESTS.of(NUMBER), language=language, segments=1))
        await kept.due.settle(message, State.SENT, now=MADE_AT)


async def test_stop_silences_a_number_and_start_brings_it_back(service: Any, pool: Any) -> None:
    due = PostgresDue(pool)
    assert await due.silenced({NUMBER}) == set()
    assert "no more texts" in str(says(service, "STOP", key="1"))
    assert await due.silenced({NUMBER, "+33199009999"}) == {NUMBER}
    assert "again" in str(says(service, "START", key="2"))
    assert await due.silenced({NUMBER}) == set()
    says(service, "Arrêt", key="3")
    assert await due.silenced({NUMBER}) == {NUMBER}


async def test_a_callback_that_comes_again_is_answered_again_and_does_nothing(service: Any, pool: Any) -> None:
    first = says(service, "STOP", key="1")
    says(service, "START", key="2")
    assert says(service, "STOP", key="1") == first
    assert await PostgresDue(pool).silenced({NUMBER}) == set()
    assert says(service, "STOP", key="1", provider="twilio") == first  # another provider's name is another text
    assert await PostgresDue(pool).silenced({NUMBER}) == {NUMBER}


async def test_c_confirms_the_appointment_that_was_texted_about(service: Any, kept_in_postgres: Kept) -> None:
    kept_in_postgres.hear(change())
    assert "no appointment" in str(says(service, "C", key="0"))
    await texted(kept_in_postgres)
    assert says(service, "C", key="1") == "Merci, votre rendez-vous est confirmé."  # as they were written to
    assert says(service, "Yes", key="2") == "Thank you, your appointment is confirmed."
    assert service.messages(str(BOOKING))["ok"]["confirmed"] == [
        {"revision": 1, "confirmed_at": "2026-11-23T10:15:00Z"}
    ]


async def test_nobody_confirms_what_is_cancelled_or_past(service: Any, kept_in_postgres: Kept, clock: Any) -> None:
    kept_in_postgres.hear(change())
    await texted(kept_in_postgres)
    clock.at = START + timedelta(minutes=1)
    assert "rendez-vous" not in str(says(service, "C", key="1"))
    clock.at = MADE_AT + timedelta(days=1)
    kept_in_postgres.hear(cancelled())
    await texted(kept_in_postgres, days=2)
    assert "no appointment" in str(says(service, "C", key="2"))
    assert service.messages(str(BOOKING))["ok"]["confirmed"] == []


async def test_words_for_a_person_owe_a_call_and_are_kept_nowhere(
    service: Any, engine: Engine, kept_in_postgres: Kept
) -> None:
    kept_in_postgres.hear(change())
    await texted(kept_in_postgres)
    assert says(service, "I can't come, my herniated disc is back", key="1") is None
    assert says(service, "are you there?", key="2") is None
    (call,) = service.calls()["ok"]["items"]
    assert (call["booking_id"], call["reason"]) == (str(BOOKING), CallReason.ANSWER_TO_READ)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT heard_texts::text FROM heard_texts")).scalars().all()
    assert len(rows) == 2
    assert not any("herniated" in row or NUMBER in row for row in rows)
    assert service.call_done(call["id"]) == {"ok": {}}
    assert service.calls()["ok"]["items"] == []
    says(service, "hello?", key="3")
    assert len(service.calls()["ok"]["items"]) == 1
    assert service.call_done(12345)["refused"]["code"] == "unknown_call"


@pytest.mark.parametrize("number", ["32665", "BANK", "", "+0", "+3319900123456789", "+33199001234; drop table"])
async def test_what_comes_from_no_number_is_heard_and_left_alone(service: Any, engine: Engine, number: str) -> None:
    assert says(service, "STOP", number=number) is None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM silenced_numbers")).scalar_one() == 0
        assert connection.execute(text("SELECT said FROM heard_texts")).scalar_one() == "other"


async def test_a_text_of_a_megabyte_is_noted_by_its_length(service: Any, engine: Engine) -> None:
    assert says(service, "STOP " * 200_000) is None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT said, length FROM heard_texts")).one() == ("other", 1_000_000)


@pytest.mark.parametrize(
    "wrong", [{}, {"provider": "nobody"}, {"provider_id": ""}, {"number": None}, {"text": 7}, {"more": "x"}]
)
async def test_a_callback_that_cannot_be_read_is_refused_by_name(service: Any, wrong: dict[str, Any]) -> None:
    whole = {"provider": "http", "provider_id": "1", "number": NUMBER, "text": "C"} if wrong else {}
    refused = service.hear_text(**{**whole, **wrong})["refused"]
    assert refused["code"] == "invalid_request"
    assert [field["field"] for field in refused["fields"]]


async def test_a_preview_shows_the_text_with_its_parts_and_no_way_into_the_booking(service: Any) -> None:
    shown = service.preview(booking_id=str(BOOKING), rule="first_reminder", channel="sms")["ok"]
    assert shown["text"].startswith("La Belle Paris: we see you on Tue 1 Dec, 10:30")
    assert shown["segments"]["alphabet"] == "GSM-7"
    assert shown["segments"]["units"] == len(shown["text"])
    assert shown["segments"]["count"] == 2
    assert facts().manage_token not in str(shown)
    mail = service.preview(booking_id=str(BOOKING), rule="confirmation", channel="email", language="en")["ok"]
    assert mail["segments"] is None
    assert mail["subject"].startswith("Booked: ")
    assert "<html" in mail["html"]


async def test_a_preview_that_cannot_be_had_says_why(service: Any, engine: Engine, clock: FixedClock) -> None:
    def code(**asked: str) -> str:
        whole = {"booking_id": str(BOOKING), "rule": "confirmation", "channel": "sms", **asked}
        return str(service.preview(**whole)["refused"]["code"])

    assert code(booking_id="9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c99") == "unknown_booking"
    assert (
        code(rule="birthday") == code(channel="fax") == code(language="xx") == code(booking_id="x") == "invalid_request"
    )

    def away(_booking_id: object) -> None:
        raise BookingAway("BrokerAway")

    service.outside = outside_on(engine, inbox=None, waker=None, clock=clock, facts=away)
    assert code() == "unavailable"
