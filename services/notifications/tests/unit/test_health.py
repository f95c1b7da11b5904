"""Which part is not ready, and which only limps."""

from datetime import timedelta

import pytest
from notifications.application.ports import Vitals
from notifications.application.report_health import parts_of
from notifications.domain.allowance import Budget
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


@pytest.mark.parametrize(
    ("used", "ok", "detail"),
    [
        (0, True, "0 of 100 used today"),
        (79, True, "79 of 100 used today"),
        (80, False, "80 of 100 used today: nearly spent"),
        (100, False, "100 of 100 used today: its messages wait"),
    ],
)
def test_a_budget_that_is_nearly_spent_or_spent_is_a_warning_and_bookings_go_on(
    used: int, ok: bool, detail: str
) -> None:
    spending = changed(budgets=(Budget(provider="twilio", used=used, limit=100),))
    answer = report(parts_of(spending, now=MADE_AT))
    (part,) = [part for part in answer["parts"] if part["name"] == "budget.twilio"]
    assert answer["ready"]
    assert (part["ok"], part["detail"], part["needed"]) == (ok, detail, False)
