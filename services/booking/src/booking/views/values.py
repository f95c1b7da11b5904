"""How single values are written: amounts, times, safety questions. Times carry the location's offset."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from booking.domain.clinic import Screening
from booking.domain.money import Money
from booking.domain.preference import Preference
from booking.domain.ranges import Instant
from booking.domain.zones import local


def money(value: Money) -> dict[str, str]:
    """Return an amount with its currency."""
    return {"amount": str(value.amount), "currency": value.currency}


def preferences(wished: Preference) -> dict[str, Any] | None:
    """Return what is wished of whoever treats a guest; None if nothing is."""
    if not wished.matters:
        return None
    return {"gender": wished.gender, "languages": list(wished.languages), "soft": list(wished.soft)}


def screening(asked: Screening | None) -> dict[str, Any] | None:
    """Return the safety questions."""
    if asked is None:
        return None
    return {"version": asked.version, "questions": [{"id": each, "text": text} for each, text in asked.questions]}


def iso(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment with the zone's offset."""
    return moment.astimezone(UTC).astimezone(zone).isoformat()


@lru_cache(maxsize=65_536)  # the same starts are shown to everyone who looks
def written(at: Instant, zone: str) -> str:
    """Return an instant with the zone's offset."""
    return local(at, zone).isoformat()
