"""Each service's own suite passes with only that service installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ALONE = Path(__file__).resolve().parents[1] / "alone.py"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", ["catalog", "booking", "notifications", "gateway"])
def test_its_suite_passes_without_the_others(service: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ALONE), service, "-q", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
