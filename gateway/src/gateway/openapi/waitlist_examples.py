"""Examples of waiting, from the clinic La Belle."""

from collections.abc import Mapping
from typing import Any

_PARIS = "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2"
_DEEP_TISSUE = "8c528253-6174-5297-a02f-94efd0ecf8fd"
_COUPLES = "6c4f25c3-d8e2-5871-933d-291e39b79f65"
_ANA = "fb52e11d-749e-513a-912e-3e66827457c2"


def entry(booking: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    """An entry whose offer stands."""
    return {
        "id": "c1f6a0b2-93d4-4d0e-9a67-0b7e5d2f8e43",
        "state": "offered",
        "location": booking["location"],
        "service": booking["service"],
        "duration_minutes": 60,
        "practitioner": None,
        "from": "2026-12-01T00:00:00+01:00",
        "to": "2026-12-08T00:00:00+01:00",
        "weekdays": [1, 4],
        "earliest": "10:00",
        "latest": "14:00",
        "guest": booking["guest"],
        "made_at": "2026-11-23T11:15:00+01:00",
        "ended_at": None,
        "offer": {
            "id": "5f0c1d7e-2b0a-4f6e-8a55-6f1f4b1a9c21",
            "start": booking["start"],
            "end": booking["end"],
            "practitioners": booking["practitioners"],
            "price": booking["price"],
            "deadline": "2026-11-24T09:30:00+01:00",
        },
        "guests": [],
        "screening": questions,
        "booking_id": None,
    }


REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "joinWaitlist": {
        "evenings": {
            "summary": "Any evening of that week",
            "value": {
                "service_id": _DEEP_TISSUE,
                "location_id": _PARIS,
                "from": "2026-12-01T00:00:00+01:00",
                "to": "2026-12-08T00:00:00+01:00",
                "earliest": "17:00",
                "guest": {"name": "Camille Durand", "email": "camille@example.com", "phone": "01 99 00 12 34"},
            },
        },
        "couple": {
            "summary": "Two, each with a practitioner of their own",
            "value": {
                "service_id": _COUPLES,
                "location_id": _PARIS,
                "from": "2026-12-01T00:00:00+01:00",
                "to": "2026-12-08T00:00:00+01:00",
                "guests": [{"duration_minutes": 60, "practitioner_id": _ANA}, {"duration_minutes": 60}],
                "guest": {"name": "Ana Moreau", "email": "ana@example.com"},
                "companions": [{"name": "Luc Moreau"}],
            },
        },
    },
    "acceptOffer": {
        "screened": {
            "summary": "After the service's safety questions",
            "value": {"screening": {"version": 1, "all_clear": True}},
        },
        "couple": {
            "summary": "After the safety questions of both",
            "value": {
                "screening": {"version": 1, "all_clear": True},
                "guests": [{"screening": {"version": 1, "all_clear": True}}],
            },
        },
    },
}
