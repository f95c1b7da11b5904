"""Engines for PostgreSQL, with every limit that the client libraries leave unset.

Their errors say what went wrong and never with which values: an error's text ends in logs, and a row is a guest.
"""

import re

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext

STATEMENT_MS = 4000
LOCK_MS = 2000
IDLE_IN_TRANSACTION_MS = 10_000
CONNECT_S = 2
SILENT_S = 6
"""Seconds after which a server that has said nothing is given up: longer than any statement may take."""


def engine_for(url: str, *, application: str, pool_size: int = 5, ping_before_use: bool = True) -> Engine:
    """Return an engine for `postgresql://…`; nothing is connected yet.

    With `ping_before_use` a connection that died in the pool is replaced before anyone gets it, for one round trip
    each time. Whoever goes without has to repeat a transaction whose first statement finds the connection dead.
    """
    _bound_green_waits()
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=CONNECT_S,
        pool_pre_ping=ping_before_use,
        hide_parameters=True,
        # Several rows in one message instead of one each; what `rowcount` says of them is then not to be trusted.
        executemany_mode="values_plus_batch",
        connect_args={
            "connect_timeout": CONNECT_S,
            "tcp_user_timeout": SILENT_S * 1000,
            "keepalives_idle": 10,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "application_name": application,
            "options": (
                f"-c statement_timeout={STATEMENT_MS} -c lock_timeout={LOCK_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
            ),
        },
    )
    event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: ExceptionContext) -> None:
    error = context.original_exception
    if not isinstance(error, psycopg2.Error):
        return
    strip_values(error)
    if context.sqlalchemy_exception is not None:
        kind = type(error)
        context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {error}",)


def strip_values(error: psycopg2.Error) -> None:
    """Leave an error its message alone, without DETAIL ("Failing row contains (…)"), LINE and the like."""
    if not error.diag.message_primary:
        return
    said = str(error.diag.message_primary)
    if (error.pgcode or "").startswith("22"):  # data exceptions quote the value in the message itself
        said = re.sub('".*"', '"…"', said, flags=re.DOTALL)
    error.args = (said,)


def _bound_green_waits() -> None:
    """Under eventlet, give psycopg2's wait a limit; eventlet's has none, and libpq's connect_timeout is ignored."""
    if extensions.get_wait_callback() is None:
        return
    from eventlet.hubs import trampoline

    def wait(connection: extensions.connection) -> None:
        while (state := connection.poll()) != extensions.POLL_OK:
            silent = psycopg2.OperationalError(f"PostgreSQL has said nothing for {SILENT_S} s")
            reading = state == extensions.POLL_READ
            trampoline(connection.fileno(), read=reading, write=not reading, timeout=SILENT_S, timeout_exc=silent)

    extensions.set_wait_callback(wait)
