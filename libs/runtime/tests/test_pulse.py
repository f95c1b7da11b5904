"""What a health check sees of a process that has no HTTP."""

import os
from pathlib import Path

import pytest
from runtime.pulse import Pulse


def test_a_beat_makes_the_file_young(tmp_path: Path) -> None:
    file = tmp_path / "pulse"
    pulse = Pulse(str(file))
    pulse.beat()
    os.utime(file, (0, 0))
    pulse.beat()
    assert file.stat().st_mtime > 0


def test_a_process_that_nobody_looks_at_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Pulse().beat()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_written_ends_nobody(tmp_path: Path) -> None:
    Pulse(str(tmp_path / "no such folder" / "pulse")).beat()
