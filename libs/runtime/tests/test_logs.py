import json
import logging
from typing import Any

import pytest
from runtime import correlation, logs


@pytest.fixture(autouse=True)
def _afterwards() -> Any:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
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


def test_talkative_libraries_are_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("booking", pretty=False)
    logging.getLogger("amqp").info("frame")
    logging.getLogger("nameko.containers").info("worker")
    assert lines(capsys) == []
