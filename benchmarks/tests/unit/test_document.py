"""What the documentation says of a run."""

from pathlib import Path

import pytest
from launcher.problem import Problem

from benchmarks import results
from benchmarks.document import DOCUMENT, placed
from benchmarks.figures import Figure, at_most

TEXT = "before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n"


def test_a_part_goes_between_its_markers_and_may_go_there_again() -> None:
    once = placed(TEXT, {"figures": r"new \1"})
    assert once == "before\n<!-- figures -->\nnew \\1\n<!-- /figures -->\nafter\n"
    assert placed(once, {"figures": "newer"}) == once.replace(r"new \1", "newer")


def test_what_was_not_measured_leaves_what_stood_there() -> None:
    assert placed(TEXT, {"figures": ""}) == TEXT


def test_a_document_without_the_markers_is_not_written() -> None:
    with pytest.raises(Problem, match="no place for peers"):
        placed(TEXT, {"peers": "x"})


def test_our_document_has_all_the_markers() -> None:
    placed(DOCUMENT.read_text(encoding="utf-8"), dict.fromkeys(("figures", "backlog", "peers", "plans"), "x"))


def test_figures_that_were_kept_are_read_as_they_were(tmp_path: Path) -> None:
    figures = [
        Figure(row="a", what="b", unit="ms", value=3.0, limit=2.0, limit_is="c", target=at_most(2), rounds=(3.0, 4.0)),
        Figure(row="d", what="e", unit="/s", value=0.0, must_be=0.0, spent={"booking": 0.9}),
    ]
    results.keep(tmp_path / "kept" / "figures.json", figures, quick=True, rows=["a"])
    told, read = results.read(tmp_path / "kept" / "figures.json")
    assert read == figures
    assert told["quick"] is True
