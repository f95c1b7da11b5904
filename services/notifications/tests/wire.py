"""Booking's answer as it stands on the wire, and the contract examples as they do."""

import copy
import json
from pathlib import Path
from typing import Any

from services.notifications.tests.made import BOOKING

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events"

_VIEW: dict[str, Any] = {
    "id": str(BOOKING),
    "state": "confirmed",
    "revision": 1,
    "location": {
        "id": "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2",
        "name": "La Belle Paris",
        "zone": "Europe/Paris",
        "phone": "+33199001010",
        "address": {"street": "14 rue des Tilleuls", "postal_code": "75011", "city": "Paris", "country": "FR"},
    },
    "service": {
        "id": "8c528253-6174-5297-a02f-94efd0ecf8fd",
        "name": "Deep tissue massage",
        "discreet_name": "Appointment at La Belle",
        "modality": "massage",
    },
    "practitioners": [{"id": "fb52e11d-749e-513a-912e-3e66827457c2", "name": "Ana Moreau"}],
    "start": "2026-12-01T10:30:00+01:00",
    "end": "2026-12-01T11:30:00+01:00",
    "duration_minutes": 60,
    "price": {"amount": "95.00", "currency": "EUR"},
    "fee": {"amount": "47.50", "currency": "EUR"},
    "guest": {
        "name": "Camille Roux",
        "email": "camille@example.com",
        "phone": "+33199001234",
        "locale": "en",
        "zone": "Europe/Paris",
    },
    "free_until": "2026-11-30T22:30:00+01:00",
    "undo_until": None,
    "made_at": "2026-11-23T11:15:00+01:00",
    "cancelled_at": None,
    "manage_token": "bWFuYWdlLXRva2Vu-t0k3n_",
}


def view(**differences: Any) -> dict[str, Any]:
    """Booking's view of the booking, with some fields otherwise."""
    return {**copy.deepcopy(_VIEW), **differences}


def example(name: str) -> dict[str, Any]:
    """A contract's example event."""
    found: dict[str, Any] = json.loads((CONTRACTS / f"{name}.v1.example.json").read_text(encoding="utf-8"))
    return found
