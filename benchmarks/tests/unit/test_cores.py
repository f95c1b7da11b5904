"""Who used how much of the machine."""

from benchmarks.cores import shares


def test_shares_are_processor_seconds_over_seconds_the_busiest_first() -> None:
    assert shares({"gateway": 1.0, "booking": 3.0}, 4.0) == {"booking": 0.75, "gateway": 0.25}


def test_who_did_next_to_nothing_is_left_out() -> None:
    assert shares({"gateway": 1.0, "catalog": 0.01}, 4.0) == {"gateway": 0.25}


def test_nothing_watched_is_nothing_told() -> None:
    assert shares({"gateway": 1.0}, 0.0) == {}
