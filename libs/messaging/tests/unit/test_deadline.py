import time

import pytest
from messaging import deadline
from messaging.deadline import DeadlinePassed


def test_without_a_deadline_there_is_always_time() -> None:
    assert deadline.remaining() is None
    deadline.check()


def test_a_deadline_ahead_leaves_time() -> None:
    with deadline.bind(time.time() + 60):
        left = deadline.remaining()
        deadline.check()
    assert left is not None
    assert 50 < left <= 60


def test_a_deadline_behind_is_told() -> None:
    with deadline.bind(time.time() - 0.1), pytest.raises(DeadlinePassed):
        deadline.check()
