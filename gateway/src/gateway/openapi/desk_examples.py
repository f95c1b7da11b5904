"""Examples of what staff send, from the clinic La Belle."""

from collections.abc import Mapping
from typing import Any


def requests(*, paris: str, service: str, ana: str) -> Mapping[str, Mapping[str, Any]]:
    """Examples by call."""
    what = {"location_id": paris, "service_id": service, "screening": {"version": 1, "all_clear": True}}
    return {
        "bookAsStaff": {
            "phone": {
                "summary": "A guest on the phone",
                "value": {
                    **what,
                    "start": "2026-12-01T10:30:00+01:00",
                    "guest": {"name": "Camille Durand", "phone": "01 99 00 12 34"},
                },
            },
            "walkIn": {
                "summary": "A guest who has just come in",
                "value": {
                    **what,
                    "guest": {"name": "Noor", "email": "noor@example.com"},
                    "set_up_minutes": 0,
                    "reason": "Walk-in, everything is laid out",
                },
            },
        },
        "rearrange": {
            "late": {
                "summary": "A late guest",
                "value": {"start": "2026-12-01T10:50:00+01:00", "duration_minutes": 40, "reason": "Late"},
            },
            "hands": {
                "summary": "Another practitioner",
                "value": {"practitioner_id": ana, "reason": "A colleague is ill"},
            },
        },
        "cancelAsStaff": {
            "guest": {"summary": "Late, by the guest", "value": {"reason": "Called in", "fee": "owed"}},
            "house": {"summary": "By the house", "value": {"reason": "The heating is broken"}},
        },
        "makeBlock": {
            "supervision": {
                "summary": "Supervision",
                "value": {
                    "location_id": paris,
                    "resource_ids": [ana],
                    "from": "2026-12-01T12:00:00+01:00",
                    "to": "2026-12-01T13:00:00+01:00",
                    "reason": "Supervision",
                },
            },
        },
    }
