"""The table of processes, and how it is scaled."""

import pytest
from launcher.problem import Problem
from launcher.processes import parse_scale, processes


def test_the_sink_belongs_to_the_demo() -> None:
    assert "demo-sink" in [process.name for process in processes(demo=True)]
    assert "demo-sink" not in [process.name for process in processes(demo=False)]


def test_the_gateway_comes_last_so_that_nobody_is_let_in_before() -> None:
    assert processes(demo=True)[-1].name == "gateway"


def test_what_a_guest_waits_for_is_never_in_the_background() -> None:
    behind = {process.name for process in processes(demo=True) if process.in_background}
    assert behind == {"notifications", "notifications-sender", "demo-sink"}


def test_scale_is_read_as_it_is_written_in_the_readme() -> None:
    assert parse_scale("booking=3 notifications=2") == {"booking": 3, "notifications": 2}


def test_no_scale_changes_nothing() -> None:
    assert parse_scale("") == {}


@pytest.mark.parametrize("text", ["bookings=2", "demo-sink=2", "booking=many", "booking", "booking=1000"])
def test_a_scale_that_can_not_be_meant_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="SCALE"):
        parse_scale(text)
