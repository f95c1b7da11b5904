"""How long to wait for a provider."""

from datetime import timedelta

import pytest
from notifications.domain.outcome import wait_before


@pytest.mark.parametrize("luck", [0.0, 0.5, 0.999])
def test_waits_grow_to_a_quarter_of_an_hour(luck: float) -> None:
    waits = [wait_before(attempt, luck=luck) for attempt in range(1, 40)]
    assert waits == sorted(waits)
    assert timedelta(seconds=3) < waits[0] <= timedelta(seconds=5)
    assert timedelta(minutes=11) < waits[-1] <= timedelta(minutes=15)


def test_what_the_provider_asked_for_is_the_least_within_reason() -> None:
    assert wait_before(1, asked=timedelta(minutes=2), luck=0.0) == timedelta(minutes=2)
    assert wait_before(1, asked=timedelta(seconds=1), luck=1.0) == timedelta(seconds=5)
    assert wait_before(1, asked=timedelta(days=2), luck=0.0) == timedelta(minutes=15)
