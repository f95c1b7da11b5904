"""Who spent how much on a request."""

from benchmarks.costs import each


def test_the_cost_is_processor_time_over_requests_the_dearest_first() -> None:
    assert each({"gateway": 1.0, "booking": 3.0}, 1000) == {"booking": 3.0, "gateway": 1.0}


def test_who_did_next_to_nothing_is_left_out() -> None:
    assert each({"gateway": 1.0, "catalog": 0.01}, 1000) == {"gateway": 1.0}


def test_nothing_watched_is_nothing_told() -> None:
    assert each({"gateway": 1.0}, 0) == {}
