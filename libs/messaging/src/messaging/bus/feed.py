"""Events for one handler, one after the other, whatever it raises."""

import asyncio
from typing import Any

import structlog

from messaging.bus.port import Handler

log = structlog.stdlib.get_logger(__name__)


class Feed:
    """Hands what is `put` to the handler, in order, in a task of its own."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def put(self, body: dict[str, Any]) -> None:
        """Queue one event."""
        self._arrived.put_nowait(body)

    async def cancel(self) -> None:
        """Stop, and forget what was not handled yet."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            body = await self._arrived.get()
            try:
                await self._handler(body)
            # The delivery loop: a feed goes on after an event that its handler could not take.
            except Exception:
                log.exception("the handler failed", event_id=body.get("id"))
