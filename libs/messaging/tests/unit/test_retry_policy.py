from datetime import timedelta

from messaging.inbox import RetryPolicy


def test_pauses_double_up_to_the_longest_and_then_end() -> None:
    policy = RetryPolicy(first=timedelta(seconds=1), longest=timedelta(seconds=5), attempts=6)
    seconds = [None if (pause := policy.pause(n)) is None else pause.total_seconds() for n in range(1, 8)]
    assert seconds == [1, 2, 4, 5, 5, None, None]


def test_many_failures_do_not_overflow() -> None:
    assert RetryPolicy(attempts=10_000).pause(9_000) == timedelta(minutes=5)
