"""Which part is not ready, and which only limps."""

from datetime import timedelta

from notifications.application.ports import Vitals
from notifications.application.report_health import parts_of
from runtime.health import report

from services.notifications.tests.made import MADE_AT

WELL = Vitals(sender_seen_at=MADE_AT, real_now=MADE_AT, parked=0, due=0, oldest_due_at=None)


def failing(vitals: Vitals | None) -> tuple[bool, set[str]]:
    answer = report(parts_of(vitals, now=MADE_AT))
    return answer["ready"], {part["name"] for part in answer["parts"] if not part["ok"]}


def changed(**differences: object) -> Vitals:
    values = {name: getattr(WELL, name) for name in Vitals.__slots__}
    return Vitals(**{**values, **differences})


def test_all_is_well() -> None:
    assert failing(WELL) == (True, set())


def test_without_its_database_it_is_not_ready() -> None:
    assert failing(None) == (False, {"database"})


def test_a_sender_that_is_gone_is_named_and_bookings_go_on() -> None:
    assert failing(changed(sender_seen_at=None)) == (True, {"sender"})
    assert failing(changed(sender_seen_at=MADE_AT - timedelta(minutes=1))) == (True, {"sender"})
    assert failing(changed(sender_seen_at=MADE_AT - timedelta(seconds=6))) == (True, set())


def test_a_parked_event_and_a_late_backlog_are_named() -> None:
    assert failing(changed(parked=1)) == (True, {"inbox"})
    assert failing(changed(due=3, oldest_due_at=MADE_AT - timedelta(minutes=4))) == (True, set())
    assert failing(changed(due=3, oldest_due_at=MADE_AT - timedelta(minutes=5))) == (True, {"backlog"})
