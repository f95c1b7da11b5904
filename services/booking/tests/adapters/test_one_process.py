"""The embedded default's way to run: one process, patched, everything green."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(120)
def test_in_one_process_it_loads_the_catalog_by_itself_books_once_per_room_and_never_blocks(
    postgres_url: str, redis_url: str
) -> None:
    root = Path(__file__).parents[4]
    settings = {
        "SLOTWELL_BOOKING_DATABASE_URL": postgres_url,
        "SLOTWELL_REDIS_URL": redis_url,
        "SLOTWELL_AMQP_URL": "embedded://",
        "SLOTWELL_SECRET_KEY": "s" * 32,
    }
    run = subprocess.run(
        [sys.executable, "-m", "services.booking.tests.adapters.one_process"],
        cwd=root,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["health"]["ok"]["ready"]
    assert found["outcomes"] == ["booked"] * 2 + ["slot_taken"] * 10
    assert found["slept"] < 8 * 0.3
