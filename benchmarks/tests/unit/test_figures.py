"""The arithmetic of the table."""

import pytest

from benchmarks import table
from benchmarks.figures import Figure, at_least, at_most, median, percentile


def a_figure(value: float, limit: float | None, **more: object) -> Figure:
    return Figure(row="row", what="what", unit="ms", value=value, limit=limit, limit_is="floor", **more)  # type: ignore[arg-type]


def test_a_figure_at_its_target_meets_it() -> None:
    assert a_figure(4.0, 2.0, target=at_most(2)).met is True
    assert a_figure(4.1, 2.0, target=at_most(2)).met is False
    assert a_figure(80.0, 100.0, target=at_least(0.8)).met is True
    assert a_figure(79.0, 100.0, target=at_least(0.8)).met is False


def test_a_figure_without_a_limit_has_no_ratio_and_meets_nothing() -> None:
    told = a_figure(4.0, None, target=at_most(2))
    assert told.ratio is None
    assert told.met is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert percentile([7.0], 0.5) == 7.0


def test_nothing_measured_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="nothing was measured"):
        median([])


def test_the_table_shows_figure_limit_ratio_target_and_whether_it_was_met() -> None:
    cells = table.cells(a_figure(3.0, 2.0, target=at_most(2)))
    assert cells == ("row", "what", "3.00 ms", "2.00 ms (floor)", "1.50", "≤ 2 ×", "yes")
    assert table.cells(a_figure(5.0, 2.0, target=at_most(2)))[-1] == "NO"
    assert table.cells(a_figure(1234.5, None))[2:] == ("1,234 ms", "–", "–", "–", "–")


def test_the_tables_for_terminal_and_docs_hold_the_same_lines() -> None:
    figures = [a_figure(3.0, 2.0), a_figure(30.0, 2.0)]
    assert len(table.text(figures).splitlines()) == len(table.markdown(figures).splitlines()) == 4


def test_what_is_counted_must_be_exactly_right() -> None:
    assert a_figure(0.0, None, must_be=0.0).met is True
    assert a_figure(1.0, None, must_be=0.0).met is False
    assert table.cells(a_figure(0.0, None, must_be=0.0))[5:] == ("0", "yes")
