import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CODE = "from runtime import failpoints; failpoints.hit('here'); print('alive')"


def ended(**settings: str) -> int:
    return subprocess.run([sys.executable, "-c", CODE], env={**os.environ, **settings}, check=False).returncode


@pytest.mark.parametrize(
    ("armed", "code"), [("", 0), ("there", 0), ("here", -signal.SIGKILL), ("there,here", -signal.SIGKILL)]
)
def test_only_the_named_place_kills(armed: str, code: int) -> None:
    assert ended(SLOTWELL_FAILPOINTS=armed) == code


def test_a_file_of_the_places_name_kills_the_first_who_comes_by_and_nobody_after(tmp_path: Path) -> None:
    folder = {"SLOTWELL_FAILPOINTS_FOLDER": str(tmp_path)}
    assert ended(**folder) == 0
    (tmp_path / "here").touch()
    assert [ended(**folder), ended(**folder)] == [-signal.SIGKILL, 0]


def test_without_a_wish_in_the_environment_a_place_does_nothing_at_all() -> None:
    code = "import dis; from runtime import failpoints; print(len(list(dis.get_instructions(failpoints.hit))))"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOTWELL_")}
    done = subprocess.run([sys.executable, "-c", code], env=clean, check=True, capture_output=True, text=True)
    assert int(done.stdout) <= 3
