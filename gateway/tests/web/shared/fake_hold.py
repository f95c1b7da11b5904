"""A hold as the fake clinic remembers it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class FakeHold:
    id: str
    token: str
    location_id: str
    service_id: str
    start: datetime
    minutes: int
    practitioner_id: str
    expires_at: datetime
    made_at: datetime
    released: bool = False
    booking_id: str | None = None
    extras: tuple[str, ...] = ()
