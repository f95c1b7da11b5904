import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from servers import orphans


def test_one_that_ends_while_we_look_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        ended = psutil.Process(process.pid)
        process.wait()
    monkeypatch.setattr(orphans, "_working_in", lambda *_: [ended])
    assert orphans.end_orphans(tmp_path, {"postgres"}, signal.SIGINT, within_seconds=1)


def test_where_nobody_works_there_is_nothing_to_end(tmp_path: Path) -> None:
    assert not orphans.end_orphans(tmp_path / "nowhere", {"postgres"}, signal.SIGINT, within_seconds=1)
