"""Platforms that the fault tests break. What one breaks is mended before the next."""

from collections.abc import Iterator

import pytest

from tests.outside.embedded import EmbeddedPlatform
from tests.outside.platform import running
from tests.outside.stack import StackPlatform


@pytest.fixture(scope="session")
def _stack_to_break(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPlatform]:
    # Leases shorter than usual, so that nobody has to wait half a minute for what a killed sender had in hand.
    lease = {"SLOTWELL_SENDER_LEASE_SECONDS": "9"}
    yield from running(StackPlatform(tmp_path_factory.mktemp("faults"), **lease))


@pytest.fixture
def stack(_stack_to_break: StackPlatform) -> StackPlatform:
    """A stack whose processes and servers a test may kill; whole at the start of each test."""
    _stack_to_break.mend()
    return _stack_to_break


@pytest.fixture
def embedded_to_kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    """An embedded platform that a test may kill."""
    yield from running(EmbeddedPlatform(tmp_path_factory.mktemp("killed")))
