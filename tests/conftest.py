"""Platforms to test: started once, shared by all who do not break them.

The journeys travel in time, so their platforms' clocks run ahead; `calm` is one whose clock nobody moves.
SLOTWELL_TEST_HOURS_AHEAD starts all of them so many hours ahead: a journey must pass at any hour of any day.
"""

import os
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest

from tests.outside.client import Api
from tests.outside.embedded import EmbeddedPlatform
from tests.outside.platform import Platform, running, told
from tests.outside.stack import StackPlatform

_FIGURES = pytest.StashKey[list[str]]()
# Nobody takes these platforms' Redis away: on a machine that is short of time it is waited for, since without it a time
# that another test holds is offered.
_PATIENCE = "3"

_AHEAD = timedelta(hours=float(os.environ.get("SLOTWELL_TEST_HOURS_AHEAD", "0")))
Some = TypeVar("Some", EmbeddedPlatform, StackPlatform)


def _begun(platform: Some) -> Iterator[Some]:
    for started in running(platform):
        if _AHEAD:
            started.api.forward(_AHEAD)
        yield started


@pytest.fixture(scope="session")
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    yield from _begun(EmbeddedPlatform(tmp_path_factory.mktemp("embedded"), SLOTWELL_REDIS_SECONDS=_PATIENCE))


@pytest.fixture(scope="session")
def _rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPlatform]:
    yield from _begun(StackPlatform(tmp_path_factory.mktemp("stack"), SLOTWELL_REDIS_SECONDS=_PATIENCE))


@pytest.fixture(scope="session", params=["embedded", "rabbitmq"])
def platform(request: pytest.FixtureRequest) -> Platform:
    """Both ways to run Slotwell: every test that asks for it runs on the one and on the other."""
    found: Platform = request.getfixturevalue(f"_{request.param}")
    return found


@pytest.fixture(scope="session")
def api(platform: Platform) -> Api:
    """A client of the platform."""
    return platform.api


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """An embedded platform whose clock nobody moves."""
    yield from _begun(EmbeddedPlatform(tmp_path_factory.mktemp("calm"), SLOTWELL_REDIS_SECONDS=_PATIENCE))


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say something that the end of the run repeats, passed or not."""
    return request.config.stash[_FIGURES].append


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the platform said last when a test about it fails."""
    report = yield
    if report.failed:
        for met in getattr(item, "funcargs", {}).values():
            if isinstance(met, EmbeddedPlatform | StackPlatform):
                report.sections.append(("The platform's last lines", told(met)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[_FIGURES]:
        terminalreporter.section("figures")
        for line in config.stash[_FIGURES]:
            terminalreporter.line(line)
