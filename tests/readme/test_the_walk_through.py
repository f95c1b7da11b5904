"""The README's curl walk-through, run as it is printed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.checker.history import bookings
from tests.outside.platform import Platform

README = Path(__file__).parents[2] / "README.md"


def walk_through() -> str:
    """Return the shell blocks of the README's section on curl."""
    section = README.read_text().split("## Book a massage with curl", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert blocks, "the walk-through has no shell block"
    return "\n".join(blocks)


def test_the_readmes_walk_through_books_and_cancels(calm: Platform, tmp_path: Path) -> None:
    for program in ("bash", "curl", "python3"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: install it (Debian: apt install {program})")
    script = walk_through().replace("http://127.0.0.1:8080", calm.url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - the reader's own bash
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BEGIN:VCALENDAR" in done.stdout
    assert done.stdout.strip().splitlines()[-1].strip('"') == "cancelled"
    made = json.loads((tmp_path / "booking.json").read_text())
    assert bookings(calm.databases["booking"])[made["id"]] == "cancelled"
