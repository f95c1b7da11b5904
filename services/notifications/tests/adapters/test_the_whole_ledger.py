"""The whole ledger, as staff search it."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from messaging.inbox import Inbox
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.ports import Trace
from notifications.domain.receipt import Fate, stands
from notifications.domain.values import BookingId, Channel, LocationId, State
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine, text

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import ANA, BOOKING, LOCATION, MADE_AT, change

OTHER = BookingId("f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
ELSEWHERE = LocationId("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def service(engine: Engine) -> Any:  # nameko's decorators leave its methods untyped
    clock = FixedClock(MADE_AT)
    service = NotificationsService()
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=None, clock=clock)
    return service


def found(service: Any, **wanted: Any) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = service.ledger(**wanted)["ok"]["items"]
    return items


@pytest.fixture
def two(kept_in_postgres: Kept) -> Kept:
    kept_in_postgres.hear(change())
    kept_in_postgres.hear(change(booking_id=OTHER, location_id=ELSEWHERE, channels=(Channel.EMAIL,)))
    return kept_in_postgres


def test_the_newest_lines_come_first_page_by_page_and_none_twice(service: Any, two: Kept) -> None:
    seen: list[int] = []
    before: int | None = None
    while True:
        answer = service.ledger(limit=4, **({"before": before} if before is not None else {}))["ok"]
        seen += [line["number"] for line in answer["items"]]
        before = answer["before"]
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 9


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"booking_id": str(OTHER)}, 3),
        ({"location_id": LOCATION}, 6),
        ({"location_id": str(ELSEWHERE), "channel": "sms"}, 0),
        ({"channel": "sms"}, 3),
        ({"rule": "confirmation"}, 3),
        ({"state": "due"}, 9),
        ({"state": "sent"}, 0),
        ({"since": MADE_AT.isoformat(), "until": (MADE_AT + timedelta(days=1)).isoformat()}, 3),
        ({"since": (MADE_AT + timedelta(seconds=1)).isoformat(), "rule": "confirmation"}, 0),
    ],
)
def test_lines_are_found_by_what_they_are_about(service: Any, two: Kept, wanted: dict[str, str], count: int) -> None:
    assert len(found(service, **wanted)) == count


def test_a_practitioners_days_are_found_by_their_id_and_a_booking_names_none(
    service: Any, kept_in_postgres: Kept
) -> None:
    kept_in_postgres.hear(change(practitioner_ids=(ANA,)))
    theirs = found(service, practitioner_id=ANA)
    assert {(line["rule"], line["channel"], line["state"]) for line in theirs} == {
        ("daily_agenda", "email", "due"),
        ("daily_agenda", "sms", "skipped"),
    }
    assert {line["practitioner_id"] for line in theirs} == {ANA}
    assert {line["practitioner_id"] for line in found(service, booking_id=str(BOOKING))} == {None}
    assert found(service, practitioner_id=str(ELSEWHERE)) == []


@pytest.mark.parametrize(
    "wanted", [{"state": "lost"}, {"location_id": "paris"}, {"limit": 0}, {"limit": 101}, {"colour": "red"}]
)
def test_a_question_that_cannot_be_read_is_refused_with_its_field(service: Any, wanted: dict[str, Any]) -> None:
    refused = service.ledger(**wanted)["refused"]
    assert refused["code"] == "invalid_request"
    assert [one["field"] for one in refused["fields"]] == list(wanted)


@pytest.mark.anyio
async def test_a_line_says_what_became_of_its_message_and_holds_no_address(service: Any, two: Kept) -> None:
    (message,) = await two.due.claim(Channel.SMS, now=MADE_AT, limit=10)
    await two.due.hand_over(message, Trace(segments=2, provider="twilio"))
    await two.due.settle(message, State.SENT, now=MADE_AT, provider_id="SM7")
    service.receive_receipt(
        provider="twilio", provider_id="SM7", fate="delivered", cost={"amount": "0.07", "currency": "EUR"}
    )
    (line,) = found(service, state="delivered")
    assert (line["booking_id"], line["location_id"], line["rule"]) == (BOOKING, LOCATION, "confirmation")
    assert (line["provider"], line["provider_id"], line["segments"], line["attempts"]) == ("twilio", "SM7", 2, 1)
    assert line["cost"] == {"amount": "0.07", "currency": "EUR"}
    assert found(service, state="sent") == []


def test_the_search_by_state_judges_receipts_as_the_domain_does(service: Any, engine: Engine) -> None:
    cases = list(product([state for state in State if state is not State.DELIVERED], [None, *Fate]))
    with engine.begin() as connection:
        for state, fate in cases:
            connection.execute(
                text(
                    """
                    INSERT INTO messages (booking_id, revision, rule, channel, state, receipt, reason, start, due_at,
                        useful_until, sent_at, lease, lease_until, correlation_id, created_at)
                    SELECT gen_random_uuid(), 1, 'r', 'sms', :state, :fate, 'too_late', :now, :now, :now,
                        CASE WHEN :state = 'sent' THEN CAST(:now AS timestamptz) END,
                        CASE WHEN :state = 'sending' THEN gen_random_uuid() END,
                        CASE WHEN :state = 'sending' THEN CAST(:now AS timestamptz) END, 'c', :now
                    """
                ),
                {"state": state.value, "fate": fate.value if fate else None, "now": MADE_AT},
            )
    expected = [stands(state, None, fate)[0] for state, fate in cases]
    for state in State:
        assert len(found(service, state=state.value, limit=100)) == expected.count(state), state
