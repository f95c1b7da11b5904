"""The clinic that is measured: quiet branches of 1, 10 and 100 to look at, and busy ones to book in.

Every treatment needs a practitioner and a room. Nothing here depends on the time of year: hours are the same
every day, in UTC, without closures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

SIZES = (1, 10, 100)
"""How many practitioners the branches have whose free times are asked for."""
BUSY_BRANCHES = 12
BUSY_PRACTITIONERS = 3
BUSY_MINUTES = 15
LOOK_MINUTES = 60
GRID_MINUTES = 15
OPENS, CLOSES = time(9), time(18)
BUSY_OPENS, BUSY_CLOSES = time(6), time(22)
HORIZON_DAYS = 90
_DAYS_BOOKED = 80


def document() -> dict[str, Any]:
    """The catalog document."""
    quiet = [(f"look-{size}", size, (OPENS, CLOSES)) for size in SIZES]
    busy = [(key, BUSY_PRACTITIONERS, (BUSY_OPENS, BUSY_CLOSES)) for key in busy_branches()]
    return {
        "locations": [_location(key, hours) for key, _, hours in quiet + busy],
        "services": [
            _service("look", LOOK_MINUTES, [key for key, _, _ in quiet]),
            _service("busy", BUSY_MINUTES, busy_branches()),
        ],
        "practitioners": [
            _practitioner(key, number, hours) for key, count, hours in quiet + busy for number in range(count)
        ],
        "rooms": [
            {"key": f"{key}-room-{number}", "location": key, "name": f"Room {number}", "room_kind": "treatment",
             "capacity": 1}
            for key, count, _ in quiet + busy
            for number in range(count)
        ],
    }  # fmt: skip


def busy_branches() -> list[str]:
    """The keys of the branches in which bookings are made."""
    return [f"busy-{number}" for number in range(BUSY_BRANCHES)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one more booking fits: the branch's number, who of it, and when."""

    branch: int
    practitioner: int
    start: datetime


def places(today: date) -> Iterator[Place]:
    """Times to book, each free when all before it are taken; neighbours in the row share neither branch nor hour."""
    per_day = (BUSY_CLOSES.hour - BUSY_OPENS.hour) * 60 // BUSY_MINUTES
    for quarter in range(per_day):
        for practitioner in range(BUSY_PRACTITIONERS):
            for day in range(2, _DAYS_BOOKED):
                for branch in range(BUSY_BRANCHES):
                    begin = datetime.combine(today + timedelta(days=day), BUSY_OPENS, UTC)
                    yield Place(branch, practitioner, begin + timedelta(minutes=BUSY_MINUTES * quarter))


def _location(key: str, hours: tuple[time, time]) -> dict[str, Any]:
    return {
        "key": key,
        "name": f"Branch {key}",
        "zone": "UTC",
        "region": "FR",
        "phone": "+33 1 99 00 10 10",
        "emergency_number": "112",
        "address": {"street": "1 rue du Banc", "postal_code": "75011", "city": "Paris", "country": "FR"},
        "currency": "EUR",
        "opening_hours": [{"days": "every day", **_span(hours)}],
    }


def _service(key: str, minutes: int, branches: list[str]) -> dict[str, Any]:
    return {
        "key": key,
        "modality": "massage",
        "name": f"Massage {key}",
        "discreet_name": "Appointment",
        "summary": "What is measured.",
        "techniques": ["Long strokes"],
        "best_for": ["Measuring"],
        "set_up_minutes": 0,
        "clean_up_minutes": 0,
        "requirements": [
            {"kind": "practitioner", "skill": "swedish", "count": 1},
            {"kind": "room", "room_kind": "treatment", "capacity": 1},
        ],
        "cancellation": {"free_until_hours": 12, "fee_percent": 50},
        "offers": [
            {
                "location": branch,
                "start_grid_minutes": GRID_MINUTES,
                "durations": [{"minutes": minutes, "price": {"amount": "85.00", "currency": "EUR"}}],
            }
            for branch in branches
        ],
    }


def _practitioner(branch: str, number: int, hours: tuple[time, time]) -> dict[str, Any]:
    return {
        "key": f"{branch}-{number}",
        "name": f"Therapist {number}",
        "title": "Massage therapist",
        "skills": ["swedish"],
        "languages": ["en"],
        "locations": [branch],
        "weekly": [{"location": branch, "days": "every day", **_span(hours)}],
    }


def _span(hours: tuple[time, time]) -> dict[str, str]:
    return {"from": f"{hours[0]:%H:%M}", "to": f"{hours[1]:%H:%M}"}
