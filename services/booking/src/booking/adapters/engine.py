"""The connection to PostgreSQL, with every limit that the client libraries leave unset."""

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Engine, create_engine, make_url

STATEMENT_MS = 4000
LOCK_MS = 2000
IDLE_IN_TRANSACTION_MS = 10_000
CONNECT_S = 2
SILENT_S = 6
"""Seconds after which a server that has said nothing is given up: longer than any statement may take."""


def engine_for(url: str, *, pool_size: int = 20) -> Engine:
    """Return an engine for `postgresql://…`; nothing is connected yet.

    A connection that died in the pool is noticed by the first statement on it, not by a ping before each use: whoever
    runs a transaction repeats it once on a fresh one (see `postgres_bookings`).
    """
    _bound_green_waits()
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=CONNECT_S,
        connect_args={
            "connect_timeout": CONNECT_S,
            "tcp_user_timeout": SILENT_S * 1000,
            "keepalives_idle": 10,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "application_name": "slotwell-booking",
            "options": (
                f"-c statement_timeout={STATEMENT_MS} -c lock_timeout={LOCK_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
            ),
        },
    )


def _bound_green_waits() -> None:
    """Under eventlet, give psycopg2's wait a limit; eventlet's own has none, and libpq's connect_timeout is ignored."""
    if extensions.get_wait_callback() is None:
        return
    from eventlet.hubs import trampoline

    def wait(connection: extensions.connection) -> None:
        while (state := connection.poll()) != extensions.POLL_OK:
            silent = psycopg2.OperationalError(f"PostgreSQL has said nothing for {SILENT_S} s")
            reading = state == extensions.POLL_READ
            trampoline(connection.fileno(), read=reading, write=not reading, timeout=SILENT_S, timeout_exc=silent)

    extensions.set_wait_callback(wait)
