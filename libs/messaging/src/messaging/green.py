"""Eventlet, before anything else: the first thing that a service's process does."""

import os
import sys
import warnings


def patch(*, asyncio_hub: bool = False) -> None:
    """Make the standard library and psycopg2 yield instead of block.

    With `asyncio_hub`, greenlets and asyncio tasks share one loop, for the embedded default. Its servers have local
    addresses, so eventlet's own resolver, which takes longer to import than all the rest, stays out of it.
    """
    if asyncio_hub:
        os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    # It announces its own deprecation at every import; nameko needs it, and who runs Slotwell can't act on it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet
    import eventlet.hubs

    if asyncio_hub:
        eventlet.hubs.use_hub("eventlet.hubs.asyncio")
    eventlet.monkey_patch()
    if asyncio_hub:
        _leave_tls_to_asyncio()


def _leave_tls_to_asyncio() -> None:
    """Give whoever imports `ssl` from now on the module that asyncio holds: it refuses the contexts of eventlet's.

    In one process greenlets speak no TLS of their own: psycopg2 brings its own, Redis and the broker are local.
    """
    from asyncio import sslproto

    sys.modules["ssl"] = sslproto.ssl  # type: ignore[attr-defined]  # an import of its own, no part of its API
