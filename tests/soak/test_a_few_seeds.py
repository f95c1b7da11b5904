"""The shortest of the campaign, as part of every test run: a whole stack under fire, judged by the checker.

`make soak` runs a hundred and more; docs/reliability.md tells what came of it.
"""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

# Between them: three failpoints, lost COMMITs, doubled events, a slow mail server and the clock.
FIRST, SEEDS = 12, 2


@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_stale_or_stuck_in_a_few_seeds(figures: Callable[[str], None]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--first", str(FIRST), "--seeds", str(SEEDS)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-20_000:]
    operations = re.search(r"^operations: (\d+)", said, flags=re.MULTILINE)
    assert operations, said
    assert int(operations.group(1)) > 0
    figures(
        "soak: "
        + "; ".join(line for line in said.splitlines() if line.startswith(("seeds", "operations:", "findings")))
    )
