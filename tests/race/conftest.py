"""Stacks with two booking processes for the races."""

from collections.abc import Iterator

import pytest

from tests.outside.platform import running
from tests.outside.stack import StackPlatform

TWO = {"booking": 2}


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPlatform]:
    """The stack in which the races of a module are run."""
    yield from running(StackPlatform(tmp_path_factory.mktemp("arena"), scale=TWO))


@pytest.fixture
def arena_without_guards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackPlatform]:
    """A stack of one's own, whose database a test may spoil."""
    yield from running(StackPlatform(tmp_path_factory.mktemp("unguarded"), scale=TWO))
