"""What booking's processes are told by the environment."""

import base64
from datetime import timedelta

from pydantic import Field
from runtime.settings import Settings

from booking.domain.hold import LASTS, LASTS_AT_MOST
from booking.domain.patience import Patience
from booking.domain.waitlist import ANSWER_WITHIN

WORKERS = 20
"""Calls that one process answers at once; each may need a connection to the database."""


class BookingSettings(Settings):
    """Booking's settings, read from `SLOTWELL_…`."""

    booking_database_url: str = Field(pattern=r"^postgresql://", description="booking's own database")
    hold_seconds: int = Field(
        default=LASTS,
        ge=1,
        le=LASTS_AT_MOST,
        description="how long a slot is kept for a guest, and what extending it adds",
    )
    offer_minutes: int = Field(
        default=ANSWER_WITHIN // timedelta(minutes=1),
        ge=1,
        le=24 * 60,
        description="how long a freed time is kept for a guest who waits for it",
    )
    no_shows_until_on_request: int = Field(
        default=Patience().times,
        ge=0,
        le=100,
        description="how many missed appointments make a guest book on request only; 0: none ever does",
    )
    no_shows_count_days: int = Field(
        default=Patience().days, ge=1, le=3650, description="for how many days a missed appointment counts"
    )
    sealing_keys: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9_-]{43}=(,[A-Za-z0-9_-]{43}=)*)?$",
        repr=False,
        description="Fernet keys that seal health data (32 bytes in URL-safe base64, comma-separated), newest first; "
        "empty: one that derives from the installation's secret",
    )
    redis_url: str = Field(pattern=r"^(rediss?|unix)://", description="where holds are kept")
    redis_seconds: float = Field(
        default=0.25,
        gt=0,
        le=3,
        description="how long a call waits for Redis, to connect and for each answer, before it goes on without",
    )

    @property
    def sealing_key_bytes(self) -> list[bytes]:
        """The keys named, 32 bytes each."""
        return [base64.urlsafe_b64decode(each) for each in self.sealing_keys.split(",") if each]
