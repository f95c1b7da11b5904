"""A provider that keeps failing is left alone, and tried again by one message."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.breaker import OPENS_AFTER, Breaker
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown

FAILURES: list[Outcome] = [NotNow("HTTP 503"), Unknown("ReadTimeout")]


def after(*outcomes: Outcome, at: float = 100.0) -> Breaker:
    breaker = Breaker()
    for outcome in outcomes:
        breaker.note(outcome, at)
    return breaker


@pytest.mark.parametrize("failure", FAILURES)
def test_failures_in_a_row_open_it_and_fewer_do_not(failure: Outcome) -> None:
    few = after(*[failure] * (OPENS_AFTER - 1))
    assert (few.pause(100.0), few.is_trying()) == (0, False)
    many = after(*[failure] * OPENS_AFTER)
    assert (many.pause(100.0), many.is_trying()) == (10, True)
    assert many.pause(110.0) == 0


@pytest.mark.parametrize("works", [Accepted(), Rejected("HTTP 400")])
def test_one_answer_that_shows_it_at_work_closes_it(works: Outcome) -> None:
    breaker = after(*FAILURES * OPENS_AFTER, works)
    assert (breaker.pause(100.0), breaker.is_trying()) == (0, False)


def test_each_failed_trial_doubles_the_pause_up_to_five_minutes() -> None:
    breaker = after(*[NotNow("ConnectError")] * OPENS_AFTER)
    pauses = []
    for trial in range(1, 8):
        breaker.note(NotNow("ConnectError"), 100.0 + 1000 * trial)
        pauses.append(breaker.pause(100.0 + 1000 * trial))
    assert pauses == [20, 40, 80, 160, 300, 300, 300]


def test_messages_that_were_under_way_together_open_it_once() -> None:
    breaker = after(*[NotNow("ConnectError")] * OPENS_AFTER * 2)
    assert breaker.pause(100.0) == 10


def test_after_it_was_at_work_again_the_first_pause_is_short_again() -> None:
    breaker = after(*[NotNow("ConnectError")] * OPENS_AFTER)
    breaker.note(NotNow("ConnectError"), 200.0)
    breaker.note(Accepted(), 300.0)
    for _ in range(OPENS_AFTER):
        breaker.note(NotNow("ConnectError"), 400.0)
    assert breaker.pause(400.0) == 10


def test_a_provider_that_asks_for_time_gets_it_at_once_and_at_most_a_quarter_of_an_hour() -> None:
    assert after(NotNow("HTTP 429", timedelta(minutes=2))).pause(100.0) == 120
    assert after(NotNow("HTTP 429", timedelta(days=2))).pause(100.0) == 900


@given(st.lists(st.sampled_from([*FAILURES, Accepted(), NotNow("HTTP 429", timedelta(hours=9))]), max_size=60))
def test_it_never_closes_for_good(outcomes: list[Outcome]) -> None:
    breaker = after(*outcomes)
    assert 0 <= breaker.pause(100.0) <= 900
    assert breaker.pause(1001.0) == 0
