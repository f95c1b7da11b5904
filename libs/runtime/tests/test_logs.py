import json
import logging
import sys
from typing import Any

import pytest
from runtime import correlation, logs


@pytest.fixture(autouse=True)
def _afterwards() -> Any:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    sys.excepthook = hook
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_record_is_one_json_line_with_the_correlation_id(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("booking.2", pretty=False)
    with correlation.bind("req-00000001"):
        logs.get_logger("booking").info("booked", booking_id="b1", text="two\nlines")
        logging.getLogger("library").warning("old %s", "style")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["booking_id"], ours["process"]) == ("booked", "b1", "booking.2")
    assert theirs["event"] == "old style"
    assert ours["correlation_id"] == theirs["correlation_id"] == "req-00000001"


def test_a_fault_is_logged_with_its_traceback_in_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("booking", pretty=False)
    try:
        int("no")
    except ValueError:
        logs.get_logger("booking").exception("failed")
    [line] = lines(capsys)
    assert "ValueError: invalid literal" in line["exception"]


REFUSED = (
    'new row for relation "bookings" violates check constraint "x"\n'
    "DETAIL:  Failing row contains (1, Ana\nMoreau, ana@example.com)."
)


@pytest.mark.parametrize("pretty", [False, True])
def test_the_row_that_a_database_refused_reaches_no_log(capsys: pytest.CaptureFixture[str], pretty: bool) -> None:
    logs.configure("booking", pretty=pretty)
    driver = RuntimeError(REFUSED + "\n")
    error = ValueError(f"(RuntimeError) {REFUSED}\n[SQL: INSERT]\nHINT:  none")
    error.__cause__ = driver
    logs.get_logger("booking").error("failed", problem=str(error), exc_info=error)
    logging.getLogger("nameko.containers").error("error handling worker %s: %s", "w", error, exc_info=error)
    sys.excepthook(type(error), error, None)
    said = capsys.readouterr().err
    assert "Moreau" not in said
    assert "ana@example.com" not in said
    assert said.count("violates check constraint") >= 3
    assert "[SQL: INSERT]" in said


def test_talkative_libraries_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("booking", pretty=False)
    logging.getLogger("amqp").info("frame")
    logging.getLogger("nameko.containers").info("worker")
    assert lines(capsys) == []
