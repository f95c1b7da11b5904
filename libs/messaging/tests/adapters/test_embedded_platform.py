"""The embedded default in small, in one process: see `embedded_platform`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest

SCRIPT = Path(__file__).with_name("embedded_platform.py")


@pytest.fixture
def prepared(dsn: str) -> str:
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things (id uuid PRIMARY KEY)")
        cursor.execute("CREATE TABLE effects (id uuid, correlation_id text)")
    connection.close()
    return dsn


def platform(dsn: str, *things: str, failpoint: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), dsn, *things],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env={**os.environ, "SLOTWELL_FAILPOINTS": failpoint},
    )


def told(ran: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def test_a_call_becomes_an_event_and_an_effect_under_one_correlation_id(prepared: str) -> None:
    things = [str(uuid4()) for _ in range(20)]
    answer = told(platform(prepared, *things))
    assert sorted(answer["effects"]) == sorted([thing, f"req-{thing}"] for thing in things)
    assert answer["native"] == [{"n": 1}]
    assert answer["asked"] == {"ok": {}}
    assert answer["longest_gap"] < 0.5
    assert answer["stopped_in"] < 10


@pytest.mark.parametrize(
    "failpoint", ["relay.before_publish", "inbox.inside_transaction", "relay.after_publish_before_mark"]
)
def test_killed_at_any_point_the_next_start_makes_up_for_it_once(prepared: str, failpoint: str) -> None:
    thing = str(uuid4())
    assert platform(prepared, thing, failpoint=failpoint).returncode == -signal.SIGKILL
    assert told(platform(prepared, thing))["effects"] == [[thing, f"req-{thing}"]]
