"""Eventlet, before anything else: the first thing that a service's process does."""

import os


def patch(*, asyncio_hub: bool = False) -> None:
    """Make the standard library and psycopg2 yield instead of block.

    With `asyncio_hub`, greenlets and asyncio tasks share one loop, for the embedded default. Its servers have local
    addresses, so eventlet's own resolver, which takes longer to import than all the rest, stays out of it.
    """
    if asyncio_hub:
        os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    import eventlet
    import eventlet.hubs

    if asyncio_hub:
        eventlet.hubs.use_hub("eventlet.hubs.asyncio")
    eventlet.monkey_patch()
