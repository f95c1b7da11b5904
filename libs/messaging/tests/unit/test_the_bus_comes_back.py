"""The bus keeps trying, whatever an attempt to connect ends with."""

import asyncio
from typing import Any

import pytest
from messaging.bus import amqp

pytestmark = pytest.mark.anyio


class ASession:
    """A session that is never lost."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    async def close(self) -> None:
        self.lost.set()


@pytest.mark.parametrize("problem", [asyncio.CancelledError(), asyncio.IncompleteReadError(b"", 1), OSError("away")])
async def test_an_attempt_that_breaks_in_the_middle_is_followed_by_the_next(
    problem: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    async def opened(*_: Any, **__: Any) -> ASession:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise problem
        return ASession()

    monkeypatch.setattr(amqp.Session, "open", opened)
    bus = await asyncio.wait_for(amqp.AmqpBus.connect("amqp://nobody", name="test"), 10)
    async with asyncio.timeout(10):
        while not bus.connected:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
    await asyncio.wait_for(bus.close(), 10)
