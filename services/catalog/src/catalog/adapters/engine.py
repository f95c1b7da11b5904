"""The connection pool, with every limit that the client library leaves open."""

from sqlalchemy import Engine, create_engine, make_url

_LIMITS = "-c statement_timeout=4000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"


def open_engine(database_url: str) -> Engine:
    """A pool for a `postgresql://…` address; connects at first use, and notices when the server was away."""
    return create_engine(
        make_url(database_url).set(drivername="postgresql+psycopg2"),
        pool_size=5,
        max_overflow=5,
        pool_timeout=2,
        pool_pre_ping=True,
        connect_args={
            "application_name": "catalog",
            "connect_timeout": 3,
            "options": _LIMITS,
            # A server that vanished without a word is noticed in seconds, not in two hours.
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
    )
