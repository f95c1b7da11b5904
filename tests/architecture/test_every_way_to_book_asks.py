"""Whatever makes a booking asks the service's safety questions first: there is no way around them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, python, tree

# Reading a row back makes a value, not a booking.
READS = {"adapters/booking_rows.py"}
# What was booked elsewhere was asked about there; only the clinic itself takes it over (docs/import.md).
TAKES_OVER = {"application/take_over.py"}


def test_every_use_case_that_makes_a_booking_screens_it_first() -> None:
    makers = list(_makers())
    assert makers, "no module makes a booking: this test looks for the wrong thing"
    for path in makers:
        called = {_name(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        asks = called & {"screened", "answered", "screenings"}
        assert asks, f"{path.relative_to(ROOT)} makes a booking and asks nothing"
        assert asks == {"screened"} or "check_cleared" in called, f"{path.relative_to(ROOT)} takes yes for an answer"


def _makers() -> Iterator[Path]:
    for path in python("services/booking/src/booking"):
        inside = path.relative_to(ROOT / "services/booking/src/booking").as_posix()
        calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        if inside not in READS | TAKES_OVER and any(_name(call.func) == "Booking" for call in calls):
            yield path


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
