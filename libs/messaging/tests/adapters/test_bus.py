"""The same promises over RabbitMQ and over the embedded broker; see `bus_scenarios`."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("bus_scenarios.py")
Told = dict[str, str | None]


def _names(listed: str) -> list[str]:
    spec = importlib.util.spec_from_file_location("bus_scenarios", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(getattr(module, listed))


PROMISES = [*_names("SCENARIOS"), "the_service_stops_cleanly"]


def _run(url: str) -> Told:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), url], capture_output=True, text=True, timeout=170, check=False
    )
    assert ran.returncode == 0, ran.stderr
    told: Told = json.loads(ran.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def over_rabbitmq(fresh_vhost: Callable[[], str]) -> Told:
    return _run(fresh_vhost())


@pytest.fixture(scope="module")
def over_the_embedded_broker() -> Told:
    return _run("embedded://")


@pytest.mark.parametrize("promise", PROMISES)
def test_over_rabbitmq(over_rabbitmq: Told, promise: str) -> None:
    assert over_rabbitmq[promise] is None, over_rabbitmq[promise]


@pytest.mark.parametrize("promise", PROMISES + _names("EMBEDDED_ONLY"))
def test_over_the_embedded_broker(over_the_embedded_broker: Told, promise: str) -> None:
    assert over_the_embedded_broker[promise] is None, over_the_embedded_broker[promise]
