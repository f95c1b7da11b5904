"""Events as they stand in the contracts, through the inbox into the ledger, on PostgreSQL."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from messaging.inbox import Inbox, Outcome
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.adapters.postgres_vitals import PostgresVitals
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.ports import Entry, LedgerAway
from notifications.domain.values import Reason, State
from notifications.outside import Outside
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine, create_engine, text

from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import BOOKING, MADE_AT
from services.notifications.tests.wire import example

EVENTS = ["booking.booked", "booking.cancelled", "booking.reinstated"]


class Waker:
    """Counts its calls."""

    calls = 0

    def wake(self) -> None:
        self.calls += 1


@pytest.fixture
def outside(engine: Engine) -> Outside:
    clock = FixedClock(MADE_AT)
    return outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=Waker(), clock=clock)


@pytest.fixture
def service(outside: Outside) -> Any:  # nameko's decorators leave its methods untyped
    service = NotificationsService()
    service.outside = outside
    return service


def entries(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return PostgresLedger(connection).of_booking(BOOKING)


def due(engine: Engine) -> set[tuple[int, str]]:
    return {(e.key.revision, e.key.rule) for e in entries(engine) if e.state is State.DUE}


@pytest.mark.parametrize("order", list(permutations(EVENTS)))
def test_the_contracts_examples_in_any_order_and_twice_leave_the_same_ledger(
    service: Any, engine: Engine, order: tuple[str, ...]
) -> None:
    for name in (*order, *order):
        service.booking_changed(example(name))
    assert due(engine) == {(3, "confirmation"), (3, "first_reminder"), (3, "second_reminder")}
    assert len(entries(engine)) == 6 + 2 + 6
    assert {e.reason for e in entries(engine) if e.key.revision < 3} == {Reason.SUPERSEDED}


def test_a_new_event_wakes_the_sender(service: Any, outside: Outside) -> None:
    service.booking_changed(example("booking.booked"))
    assert outside.waker.calls == 1  # type: ignore[attr-defined]  # a fake


def test_an_event_may_have_fields_that_nobody_here_has_heard_of(service: Any, engine: Engine) -> None:
    event = example("booking.booked")
    event["data"]["surprise"] = {"a": 1}
    event["surprise"] = 2
    service.booking_changed(event)
    assert len(due(engine)) == 3


@pytest.mark.parametrize(
    "poison",
    [{"data": {}}, {"name": "booking.unheard_of.v1"}, {"version": "one"}, {"occurred_at": "yesterday"}],
)
def test_an_event_that_cannot_be_read_is_parked_at_once_and_replayed_when_it_can(
    outside: Outside, engine: Engine, poison: dict[str, Any]
) -> None:
    assert outside.inbox.receive(example("booking.booked") | poison, outside.apply) is Outcome.PARKED
    (parked,) = outside.inbox.parked()
    assert entries(engine) == []
    with engine.begin() as connection:  # whoever can read it now stands for a newer version of this service
        connection.execute(inbox_rows.update().values(body=example("booking.booked")))
    assert outside.inbox.replay([parked.id]) == 1
    assert outside.inbox.retry_due(outside.apply) == 1
    assert len(due(engine)) == 3


def test_an_effect_that_fails_leaves_no_trace_but_its_inbox_row(outside: Outside, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE messages ADD CONSTRAINT broken CHECK (rule <> 'second_reminder')"))
    assert outside.inbox.receive(example("booking.booked"), outside.apply) is Outcome.FAILED
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM messages")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM bookings")).scalar_one() == 0
        connection.execute(text("ALTER TABLE messages DROP CONSTRAINT broken"))
        connection.execute(text("UPDATE inbox SET next_at = :now"), {"now": MADE_AT})
    assert outside.inbox.retry_due(outside.apply) == 1
    assert len(due(engine)) == 3


def test_the_ledger_of_a_booking_is_told_on_request(service: Any) -> None:
    service.booking_changed(example("booking.booked"))
    items = service.messages(str(BOOKING))["ok"]["items"]
    assert [(item["rule"], item["channel"], item["state"], item["due_at"]) for item in items] == [
        ("confirmation", "email", "due", "2026-11-23T10:15:00Z"),
        ("confirmation", "sms", "due", "2026-11-23T10:15:00Z"),
        ("first_reminder", "email", "due", "2026-11-30T09:30:00Z"),
        ("first_reminder", "sms", "due", "2026-11-30T09:30:00Z"),
        ("second_reminder", "email", "due", "2026-12-01T07:30:00Z"),
        ("second_reminder", "sms", "due", "2026-12-01T08:00:00Z"),  # 07:30 in London waits until 08:00
    ]
    assert service.messages(str(uuid.uuid4())) == {"ok": {"items": [], "confirmed": []}}
    assert service.messages("42")["refused"]["code"] == "unknown_booking"


def test_it_says_how_it_is(service: Any, engine: Engine) -> None:
    service.booking_changed(example("booking.booked"))
    service.booking_changed(example("booking.booked") | {"id": str(uuid.uuid4()), "data": {}})
    health = service.health()["ok"]
    assert health["ready"]
    assert {part["name"]: (part["ok"], part["detail"]) for part in health["parts"]} == {
        "database": (True, ""),
        "sender": (False, "has never run"),
        "inbox": (False, "1 parked"),
        "backlog": (True, "2 due, the oldest for 0 s"),
    }


@pytest.fixture
def nowhere() -> Iterator[Engine]:
    engine = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    yield engine
    engine.dispose()


def test_without_its_database_it_says_that_too(nowhere: Engine, outside: Outside) -> None:
    with pytest.raises(LedgerAway):
        PostgresVitals(nowhere).read(now=MADE_AT)
    service: Any = NotificationsService()
    service.outside = outside_on(nowhere, inbox=outside.inbox, waker=outside.waker, clock=FixedClock(MADE_AT))
    assert not service.health()["ok"]["ready"]


def test_tidying_forgets_old_events_and_nothing_younger(service: Any, outside: Outside, engine: Engine) -> None:
    service.booking_changed(example("booking.booked"))
    outside.clock.advance(timedelta(days=29))  # type: ignore[attr-defined]  # a fixed one
    service.booking_changed(example("booking.cancelled"))
    service.booking_changed({"poison": True})
    service.tidy()
    assert ids(engine) == 3
    outside.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
    service.tidy()
    assert ids(engine) == 2
    outside.clock.advance(timedelta(days=99))  # type: ignore[attr-defined]
    service.tidy()
    assert len(outside.inbox.parked()) == ids(engine) == 1


def ids(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())
