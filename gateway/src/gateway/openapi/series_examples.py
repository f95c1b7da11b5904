"""Examples of series, from the clinic La Belle."""

from collections.abc import Mapping
from typing import Any

_CADENCE = {"every_days": 7, "within_days": 0, "within_minutes": 60, "weekdays": None}


def plan(booking: Mapping[str, Any], slot: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    """A plan whose second session has no time."""
    priced = {"duration_minutes": booking["duration_minutes"], "price": booking["price"]}
    return {
        "location": booking["location"],
        "complete": False,
        "sessions": [
            {**_place(1, booking), **priced, "slot": slot, "alternatives": []},
            {**_place(2, booking), **priced, "slot": None, "alternatives": [slot]},
        ],
        "screening": [{"service_id": booking["service"]["id"], "screening": questions}],
    }


def series(booking: Mapping[str, Any]) -> dict[str, Any]:
    """A series whose second session is open."""
    made = {**booking, "manage_token": "cE9yR2h1bWFuLXJlYWRhYmxl"}
    return {
        "id": "6a4f0c0e-5f3b-4a86-b1de-93a5d1c0f2b7",
        "mode": "best_effort",
        "location": booking["location"],
        "arrangement": None,
        "cadence": _CADENCE,
        "made_at": booking["made_at"],
        "sessions": [
            {**_place(1, booking), "state": "confirmed", "displaced": False, "booking": made, "alternatives": []},
            {**_place(2, booking), "state": "open", "displaced": False, "booking": None, "alternatives": []},
        ],
    }


def visits(booking: Mapping[str, Any], slot: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    """One time at which two parts can be had one after the other."""
    part = {
        "service_id": booking["service"]["id"],
        "duration_minutes": booking["duration_minutes"],
        "price": booking["price"],
        "screening": questions,
    }
    return {
        "location_id": booking["location"]["id"],
        "zone": "Europe/Paris",
        "arrangement": "one_after_another",
        "price": {"amount": "190.00", "currency": "EUR"},
        "parts": [part, part],
        "visits": [
            {
                "start": slot["start"],
                "end": "2026-12-01T12:45:00+01:00",
                "parts": [slot, {**slot, "start": "2026-12-01T11:45:00+01:00", "end": "2026-12-01T12:45:00+01:00"}],
            }
        ],
    }


def proposals(booking: Mapping[str, Any], slot: Mapping[str, Any], questions: Mapping[str, Any]) -> dict[str, Any]:
    """Times that would fill the second place."""
    return {
        **_place(2, booking),
        "duration_minutes": booking["duration_minutes"],
        "price": booking["price"],
        "proposals": [slot],
        "screening": questions,
    }


def requests(booking: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """How to ask."""
    service, location = booking["service"]["id"], booking["location"]["id"]
    wanted = {
        "location_id": location,
        "parts": [{"service_id": service, "duration_minutes": 60, "sessions": 6}],
        "cadence": {"every": 1, "unit": "weeks"},
        "starting": booking["start"],
    }
    guest = {"name": "Camille Durand", "email": "camille@example.com", "phone": "01 99 00 12 34"}
    answers = {"version": 1, "all_clear": True}
    return {
        "makeSeries": {
            "look": {"summary": "Look at the times first", "value": {**wanted, "dry_run": True}},
            "book": {
                "summary": "Book them, all or nothing",
                "value": {**wanted, "guest": guest, "screening": [{"service_id": service, **answers}]},
            },
        },
        "findVisits": {
            "after": {
                "summary": "Two massages one after the other",
                "value": {
                    "location_id": location,
                    "arrangement": "one_after_another",
                    "parts": [{"service_id": service}, {"service_id": service, "duration_minutes": 90}],
                    "from": "2026-12-01T00:00:00+01:00",
                    "to": "2026-12-03T00:00:00+01:00",
                },
            }
        },
        "makeVisit": {
            "at_once": {
                "summary": "Two guests in two rooms, at the same time",
                "value": {
                    "location_id": location,
                    "arrangement": "at_once",
                    "start": booking["start"],
                    "parts": [
                        {"service_id": service, "screening": answers},
                        {"service_id": service, "screening": answers, "name": "Luc Moreau"},
                    ],
                    "guest": guest,
                },
            }
        },
        "repairSeries": {
            "propose": {"summary": "What would fill the second place?", "value": {"session": 2}},
            "choose": {
                "summary": "Take this time",
                "value": {"session": 2, "start": booking["start"], "screening": answers},
            },
        },
        "cancelSeries": {"late": {"summary": "Even if one costs its fee", "value": {"accept_fee": True}}},
    }


def _place(session: int, booking: Mapping[str, Any]) -> dict[str, Any]:
    return {"session": session, "service": booking["service"], "wanted": booking["start"]}
