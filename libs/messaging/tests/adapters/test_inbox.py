import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from messaging import parked, relay
from messaging.envelope import Event, MalformedEvent
from messaging.inbox import KEPT, DatabaseAway, Inbox, Outcome, RetryPolicy, inbox_table
from runtime import correlation
from runtime.clock import FixedClock
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, text

POLICY = RetryPolicy(first=timedelta(seconds=1), longest=timedelta(seconds=10), attempts=3)


@pytest.fixture
def inbox(engine: Engine, clock: FixedClock) -> Inbox:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE effects (id uuid, number integer)"))
    return Inbox(engine, inbox_table(MetaData()), clock, policy=POLICY)


def wire(number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "name": "booking.booked.v1",
        "occurred_at": "2026-11-23T08:59:00Z",
        "correlation_id": "req-00000001",
        "causation_id": None,
        "aggregate_id": str(uuid4()),
        "version": 1,
        "data": {"number": number},
        **other,
    }


def apply(connection: Connection, event: Event) -> None:
    connection.execute(text("INSERT INTO effects VALUES (:id, :n)"), {"id": event.id, "n": event.data["number"]})


class Failing:
    """Writes its effect and then fails, as often as told."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.left = times
        self.error = error or RuntimeError("no")

    def __call__(self, connection: Connection, event: Event) -> None:
        apply(connection, event)
        if self.left > 0:
            self.left -= 1
            raise self.error


def effects(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        return list(connection.execute(text("SELECT number FROM effects ORDER BY number")).scalars())


def row(engine: Engine, wire_: dict[str, Any]) -> Any:
    with engine.begin() as connection:
        return connection.execute(text("SELECT * FROM inbox WHERE id = :id"), {"id": wire_["id"]}).one()


def test_an_event_has_its_effect(inbox: Inbox, engine: Engine) -> None:
    event = wire(7)
    assert inbox.receive(event, apply) is Outcome.HANDLED
    assert effects(engine) == [7]
    assert row(engine, event).body is None


def test_a_duplicate_has_no_second_effect(inbox: Inbox, engine: Engine) -> None:
    event = wire()
    inbox.receive(event, apply)
    assert inbox.receive(event, apply) is Outcome.DUPLICATE
    assert effects(engine) == [1]


def test_racing_duplicates_have_one_effect(inbox: Inbox, engine: Engine) -> None:
    event = wire()
    together = threading.Barrier(4)
    outcomes: list[Outcome] = []

    def deliver() -> None:
        together.wait()
        outcomes.append(inbox.receive(event, apply))

    racing = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert sorted(outcomes) == ["duplicate", "duplicate", "duplicate", "handled"]
    assert effects(engine) == [1]


def test_a_failure_leaves_no_effect_and_is_kept_for_a_retry(inbox: Inbox, engine: Engine, clock: FixedClock) -> None:
    event = wire()
    assert inbox.receive(event, Failing(1)) is Outcome.FAILED
    kept = row(engine, event)
    assert effects(engine) == []
    assert (kept.attempts, kept.next_at, kept.body) == (1, clock.now() + timedelta(seconds=1), event)
    assert kept.error == "RuntimeError: no"


def test_a_failed_statement_is_a_failure_like_any_other(inbox: Inbox, engine: Engine) -> None:
    def broken(connection: Connection, event: Event) -> None:
        connection.execute(text("SELECT 1 / 0"))

    event = wire()
    assert inbox.receive(event, broken) is Outcome.FAILED
    assert "division by zero" in row(engine, event).error


def test_a_retry_waits_until_it_is_due(inbox: Inbox, engine: Engine, clock: FixedClock) -> None:
    inbox.receive(wire(), Failing(1))
    assert inbox.retry_due(apply) == 0
    clock.advance(timedelta(seconds=1))
    assert inbox.retry_due(apply) == 1
    assert effects(engine) == [1]
    assert inbox.retry_due(apply) == 0


def test_a_duplicate_of_a_failed_event_leaves_it_to_the_retry(inbox: Inbox, engine: Engine) -> None:
    event = wire()
    inbox.receive(event, Failing(1))
    assert inbox.receive(event, apply) is Outcome.DUPLICATE
    assert effects(engine) == []


def test_after_too_many_failures_an_event_is_parked(inbox: Inbox, clock: FixedClock, engine: Engine) -> None:
    event = wire()
    failing = Failing(99)
    inbox.receive(event, failing)
    for _ in range(5):
        clock.advance(timedelta(minutes=1))
        inbox.retry_due(failing)
    [given_up] = inbox.parked()
    assert (str(given_up.id), given_up.attempts) == (event["id"], POLICY.attempts)
    assert failing.left == 99 - POLICY.attempts


def test_a_poison_message_is_parked_at_once_and_does_not_hold_up_others(inbox: Inbox, engine: Engine) -> None:
    assert inbox.receive({"id": "no event"}, apply) is Outcome.PARKED
    assert inbox.receive(wire(), Failing(1, MalformedEvent("data is odd"))) is Outcome.PARKED
    assert inbox.receive({"id": "a NUL \x00 inside"}, apply) is Outcome.PARKED
    assert inbox.receive(wire(), apply) is Outcome.HANDLED
    assert len(inbox.parked()) == 3


def test_the_same_poison_twice_is_one_row(inbox: Inbox) -> None:
    inbox.receive({"a": 1, "b": 2}, apply)
    assert inbox.receive({"b": 2, "a": 1}, apply) is Outcome.DUPLICATE
    assert len(inbox.parked()) == 1


def test_a_replayed_event_has_its_effect(inbox: Inbox, engine: Engine) -> None:
    event, other = wire(1), wire(2)
    for one in (event, other):
        inbox.receive(one, Failing(1, MalformedEvent("not yet")))
    assert inbox.replay([UUID(event["id"])]) == 1
    assert inbox.retry_due(apply) == 1
    assert effects(engine) == [1]
    assert inbox.replay() == 1
    inbox.retry_due(apply)
    assert effects(engine) == [1, 2]
    assert inbox.parked() == []


def test_two_retries_at_once_take_different_events(inbox: Inbox, engine: Engine, clock: FixedClock) -> None:
    for number in (1, 2):
        inbox.receive(wire(number), Failing(1))
    clock.advance(timedelta(seconds=1))
    both_inside = threading.Barrier(2, timeout=10)

    def meet(connection: Connection, event: Event) -> None:
        both_inside.wait()
        apply(connection, event)

    racing = [threading.Thread(target=inbox.retry_due, args=(meet,), kwargs={"most": 1}) for _ in range(2)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert effects(engine) == [1, 2]


def test_an_effect_runs_under_the_events_correlation_id(inbox: Inbox) -> None:
    bound: list[str | None] = []
    inbox.receive(wire(), lambda _connection, _event: bound.append(correlation.current()))
    assert bound == ["req-00000001"]


def test_with_the_database_away_nothing_is_acknowledged(clock: FixedClock) -> None:
    away = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing", poolclass=NullPool)
    inbox = Inbox(away, inbox_table(MetaData()), clock)
    with pytest.raises(DatabaseAway):
        inbox.receive(wire(), apply)
    with pytest.raises(DatabaseAway):
        inbox.retry_due(apply)


def test_a_database_that_goes_away_in_the_middle_is_no_failure_of_the_event(
    inbox: Inbox, engine: Engine, dsn: str
) -> None:
    def cut(connection: Connection, event: Event) -> None:
        apply(connection, event)
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with psycopg2.connect(dsn) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
        other.close()
        connection.execute(text("SELECT 1"))

    event = wire()
    with pytest.raises(DatabaseAway):
        inbox.receive(event, cut)
    assert inbox.receive(event, apply) is Outcome.HANDLED
    assert effects(engine) == [1]


def test_handled_events_are_forgotten_after_their_time(inbox: Inbox, clock: FixedClock) -> None:
    inbox.receive(wire(), apply)
    inbox.receive({"poison": True}, apply)
    clock.advance(timedelta(days=31))
    assert inbox.prune() == 1
    assert len(inbox.parked()) == 1


def test_many_are_forgotten_a_few_at_a_time(inbox: Inbox, clock: FixedClock) -> None:
    for number in range(7):
        inbox.receive(wire(number), apply)
    clock.advance(timedelta(days=31))
    fresh = wire()
    inbox.receive(fresh, apply)
    assert inbox.prune(at_once=3) == 7
    assert inbox.receive(fresh, apply) is Outcome.DUPLICATE


def test_an_event_is_remembered_longer_than_any_outbox_could_publish_it_again() -> None:
    assert relay.KEPT + timedelta(days=1) < KEPT


def test_the_command_lists_and_replays(
    inbox: Inbox, engine: Engine, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event = wire()
    inbox.receive(event, Failing(1, MalformedEvent("not yet")))
    capsys.readouterr()  # what was logged
    assert parked.main(["--database-url", dsn, "list"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["id"], listed["error"]) == (event["id"], "MalformedEvent: not yet")
    assert parked.main(["--database-url", dsn, "replay"]) == 2
    assert parked.main(["--database-url", dsn, "replay", event["id"]]) == 0
    assert row(engine, event).parked_at is None
    assert parked.main(["--database-url", "postgresql://nobody@127.0.0.1:1/nothing", "list"]) == 1
