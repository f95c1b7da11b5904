"""What booking's processes are told by the environment."""

from pydantic import Field
from runtime.settings import Settings

WORKERS = 20
"""Calls that one process answers at once; each may need a connection to the database."""


class BookingSettings(Settings):
    """Booking's settings, read from `SLOTWELL_…`."""

    booking_database_url: str = Field(pattern=r"^postgresql://", description="booking's own database")
    redis_url: str = Field(pattern=r"^(rediss?|unix)://", description="where holds are kept")
