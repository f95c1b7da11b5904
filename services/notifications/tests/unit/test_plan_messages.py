"""Events in any order, as often as the broker likes, leave the same ledger."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.application.plan_messages import plan_messages
from notifications.domain.values import Change, Happening, Reason, State

from services.notifications.tests.fakes import MemoryLedger
from services.notifications.tests.made import BOOKING, MADE_AT, cancelled, change, reinstated, rescheduled


def ledger_after(*changes: Change) -> MemoryLedger:
    ledger = MemoryLedger()
    for which in changes:
        plan_messages(which, ledger=ledger, correlation_id="c", now=MADE_AT)
    return ledger


def story(ledger: MemoryLedger) -> list[tuple[object, ...]]:
    return [(e.key, e.state, e.reason, e.due_at) for e in ledger.of_booking(BOOKING)]


def due(ledger: MemoryLedger) -> set[tuple[int, str]]:
    return {(e.key.revision, e.key.rule) for e in ledger.of_booking(BOOKING) if e.state is State.DUE}


def test_a_cancellation_voids_the_reminders_and_owes_its_own_message() -> None:
    assert due(ledger_after(change(), cancelled())) == {(2, "cancellation")}


def test_a_cancellation_that_arrives_before_its_booking_wins() -> None:
    ledger = ledger_after(cancelled(), change())
    assert due(ledger) == {(2, "cancellation")}
    assert {e.reason for e in ledger.of_booking(BOOKING) if e.key.revision == 1} == {Reason.SUPERSEDED}


def test_an_undo_voids_the_cancellation_and_plans_again() -> None:
    assert due(ledger_after(change(), cancelled(), reinstated())) == {
        (3, "confirmation"),
        (3, "first_reminder"),
        (3, "second_reminder"),
    }


def test_a_move_voids_what_was_owed_for_the_old_time_and_plans_for_the_new_one() -> None:
    assert due(ledger_after(change(), rescheduled())) == {
        (2, "change"),
        (2, "first_reminder"),
        (2, "second_reminder"),
    }


@pytest.mark.parametrize("happening", [Happening.CHECKED_IN, Happening.COMPLETED, Happening.NO_SHOW])
def test_a_guest_who_has_come_or_will_not_is_owed_nothing_more_but_what_comes_after(happening: Happening) -> None:
    owed = due(ledger_after(change(), change(happening=happening, revision=2)))
    assert {rule for _, rule in owed} == ({"aftercare"} if happening is Happening.COMPLETED else set())


def test_a_step_that_is_taken_back_owes_again_what_it_had_voided() -> None:
    there, back = change(happening=Happening.CHECKED_IN, revision=2), change(happening=Happening.REVERTED, revision=3)
    assert due(ledger_after(change(), there, back)) == {
        (3, "confirmation"),
        (3, "first_reminder"),
        (3, "second_reminder"),
    }


def test_another_booking_is_left_alone() -> None:
    other = change(booking_id="f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
    ledger = ledger_after(other, change(), cancelled())
    assert len([row for row in ledger.rows.values() if row.state is State.DUE]) == 6 + 2


@given(
    order=st.permutations([change(), cancelled(), reinstated(), change(), cancelled()]),
    apart=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=9)),
)
def test_order_and_repetition_do_not_matter(order: list[Change], apart: timedelta) -> None:
    ledger = MemoryLedger()
    for number, which in enumerate(order):
        plan_messages(which, ledger=ledger, correlation_id="c", now=MADE_AT + number * apart)
    assert story(ledger) == story(ledger_after(change(), cancelled(), reinstated()))
