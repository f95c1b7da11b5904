"""Reading what the servers' own clients print."""

import pytest
from launcher.problem import Problem

from benchmarks.bare import per_second

SAID = """
number of transactions actually processed: 4000/4000
number of failed transactions: 0 (0.000%)
latency average = 4.512 ms
tps = 3546.123456 (without initial connection time)
"""


def test_the_rate_is_found_in_what_pgbench_prints() -> None:
    assert per_second(SAID) == pytest.approx(3546.123456)


def test_failed_transactions_are_no_rate() -> None:
    with pytest.raises(Problem):
        per_second(SAID.replace("transactions: 0", "transactions: 3"))


def test_no_rate_shows_what_was_said() -> None:
    with pytest.raises(Problem, match="fatal"):
        per_second("fatal: no such database")
