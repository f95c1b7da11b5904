"""Eventlet, before anything else: the first thing that a service's process does."""

import warnings

# It announces its own deprecation at every import; nameko needs it, and who runs Slotwell can't act on it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402
import eventlet.hubs  # noqa: E402


def patch(*, asyncio_hub: bool = False) -> None:
    """Make the standard library and psycopg2 yield instead of block.

    With `asyncio_hub`, greenlets and asyncio tasks share one loop, for the embedded default.
    """
    if asyncio_hub:
        eventlet.hubs.use_hub("eventlet.hubs.asyncio")
    eventlet.monkey_patch()
