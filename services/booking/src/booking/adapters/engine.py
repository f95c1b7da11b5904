"""Booking's connections to PostgreSQL."""

from messaging import postgres
from sqlalchemy import Engine


def engine_for(url: str, *, pool_size: int = 20) -> Engine:
    """Return an engine for `postgresql://…`; nothing is connected yet.

    A connection that died in the pool is noticed by the first statement on it, not by a ping before each use: whoever
    runs a transaction repeats it once on a fresh one (see `postgres_bookings`).
    """
    return postgres.engine_for(url, application="slotwell-booking", pool_size=pool_size, ping_before_use=False)
