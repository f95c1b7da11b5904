"""Examples of requests and answers, from the clinic La Belle. Tests hold each against its schema."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from gateway.openapi import desk_examples, guide_examples, series_examples, waitlist_examples
from gateway.schemas import (
    availability,
    bookings,
    catalog,
    explain,
    guide,
    health,
    holds,
    parties,
    series,
    visits,
    waitlist,
)

PARIS = "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2"
DEEP_TISSUE = "8c528253-6174-5297-a02f-94efd0ecf8fd"
SWEDISH = "a3f0c0de-7a4e-5a34-9c4f-0c5a6b1d2e3f"
ANA = "fb52e11d-749e-513a-912e-3e66827457c2"
COUPLES = "6c4f25c3-d8e2-5871-933d-291e39b79f65"
BEA = "56fd9d85-48d1-585e-a126-e7ab1c2a3911"
CLEO = "908cdb37-960e-549d-8d37-436700b9ce83"
HOLD = "0b6d3c52-8f0e-4a51-9d57-3f0a6a1c7e11"
BOOKING = "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10"
_PRICE = {"amount": "95.00", "currency": "EUR"}
SLOT = {"start": "2026-12-01T10:30:00+01:00", "end": "2026-12-01T11:30:00+01:00", "practitioner_ids": [ANA]}
_WHY_NOT = {
    "location_id": PARIS,
    "service_id": DEEP_TISSUE,
    "zone": "Europe/Paris",
    "duration_minutes": 60,
    "start": "2026-12-01T10:30:00+01:00",
    "end": "2026-12-01T11:30:00+01:00",
    "offered": False,
    "reasons": ["all_taken"],
}
_ADDRESS = {"street": "14 rue des Tilleuls", "postal_code": "75011", "city": "Paris", "country": "FR"}
SCREENING = {
    "version": 1,
    "questions": [{"id": "blood_clots", "text": "Do you take blood thinners, or have you had a blood clot?"}],
}

_LOCATION = {
    "id": PARIS,
    "name": "La Belle Paris",
    "zone": "Europe/Paris",
    "region": "FR",
    "phone": "+33199001010",
    "emergency_number": "112",
    "address": _ADDRESS,
    "currency": "EUR",
    "opening_hours": [{"weekday": 0, "from": "09:00", "to": "21:00"}],
    "closures": [{"from_date": "2027-01-01", "to_date": "2027-01-01", "reason": "New Year's Day"}],
}
_SERVICE = {
    "id": DEEP_TISSUE,
    "modality": "massage",
    "name": "Deep tissue massage",
    "summary": "Slow, firm strokes that reach tight muscles.",
    "techniques": ["Firm pressure", "Slow kneading"],
    "best_for": ["Tight muscles", "Recovery after sport"],
    "screening": SCREENING,
    "cancellation": {"free_until_hours": 12, "fee_percent": 50},
    "offers": [
        {
            "location_id": PARIS,
            "channel": "online",
            "minimum_notice_minutes": 120,
            "horizon_days": 90,
            "start_grid_minutes": 15,
            "durations": [{"minutes": 60, "price": _PRICE}],
        }
    ],
}
_PRACTITIONER = {
    "id": ANA,
    "name": "Ana Moreau",
    "title": "Massage therapist",
    "languages": ["fr", "en"],
    "location_ids": [PARIS],
}
_HOLD = {
    "id": HOLD,
    "token": "eyJzIjoiOGM1Mi4uLiJ9.5cX0fH2m",
    "expires_at": "2026-11-23T11:25:00+01:00",
    "extendable_until": "2026-11-23T11:45:00+01:00",
    "exclusive": True,
    "location_id": PARIS,
    "service_id": DEEP_TISSUE,
    "start": SLOT["start"],
    "end": SLOT["end"],
    "zone": "Europe/Paris",
    "duration_minutes": 60,
    "price": _PRICE,
    "practitioner_ids": [ANA],
    "practitioners": [{"id": ANA, "name": "Ana Moreau"}],
    "screening": SCREENING,
    "guests": [],
    "phone": "+33199001010",
}
NEED = {
    "id": "5f0f4a8e-5f0e-4b6c-8a55-0c1b0b7f7a31",
    "kind": "referral",
    "state": "open",
    "due": "2026-11-30T10:30:00+01:00",
    "rule": "referral.fr.public",
    "rules_version": 1,
    "reason": {
        "en": "For your health insurance to pay, we need the doctor's referral before the visit.",
        "fr": "Pour la prise en charge par l'assurance maladie, il nous faut l'ordonnance du médecin avant la séance.",
        "es": "Para que pague su seguro de salud, necesitamos el volante del médico antes de la visita.",
    },
}
_BOOKING = {
    "id": BOOKING,
    "state": "confirmed",
    "revision": 1,
    "needs": [],
    "location": {
        "id": PARIS,
        "name": "La Belle Paris",
        "zone": "Europe/Paris",
        "phone": "+33199001010",
        "address": _ADDRESS,
    },
    "service": {
        "id": DEEP_TISSUE,
        "name": "Deep tissue massage",
        "discreet_name": "Appointment at La Belle",
        "modality": "massage",
    },
    "practitioners": [{"id": ANA, "name": "Ana Moreau"}],
    "start": SLOT["start"],
    "end": SLOT["end"],
    "duration_minutes": 60,
    "price": _PRICE,
    "guest": {"name": "Camille Durand", "email": "camille@example.com", "phone": "+33199001234"},
    "guests": [],
    "free_until": "2026-11-30T22:30:00+01:00",
    "fee": {"amount": "47.50", "currency": "EUR"},
    "no_show_fee": _PRICE,
    "fee_owed": None,
    "undo_until": None,
    "made_at": "2026-11-23T11:15:00+01:00",
    "cancelled_at": None,
}

_ENTRY = waitlist_examples.entry(_BOOKING, SCREENING)

ANSWERS: Mapping[type[Schema], Any] = {
    catalog.Locations: {"items": [_LOCATION], "next_cursor": None},
    catalog.Services: {"items": [_SERVICE], "next_cursor": None},
    catalog.Service: _SERVICE,
    catalog.Practitioners: {"items": [_PRACTITIONER], "next_cursor": None},
    guide.Comparison: guide_examples.COMPARISON,
    guide.GuideQuestions: guide_examples.QUESTIONS,
    guide.Advice: guide_examples.advice(location_id=PARIS, swedish=SWEDISH, deep_tissue=DEEP_TISSUE),
    availability.Availability: {
        "location_id": PARIS,
        "service_id": DEEP_TISSUE,
        "zone": "Europe/Paris",
        "duration_minutes": 60,
        "price": _PRICE,
        "slots": [SLOT],
    },
    parties.Combinations: {
        "location_id": PARIS,
        "service_id": COUPLES,
        "zone": "Europe/Paris",
        "duration_minutes": 60,
        "price": {"amount": "170.00", "currency": "EUR"},
        "guests": [{"duration_minutes": 60, "price": {"amount": "85.00", "currency": "EUR"}, "add_ons": []}] * 2,
        "slots": [
            {
                "start": SLOT["start"],
                "end": SLOT["end"],
                "guests": [{"practitioner_ids": [ANA]}, {"practitioner_ids": [BEA, CLEO]}],
            }
        ],
    },
    explain.Explanation: _WHY_NOT,
    explain.ExplanationForStaff: {
        **_WHY_NOT,
        "resources": [
            {
                "id": ANA,
                "name": "Ana Moreau",
                "needed_for": "deep_tissue",
                "free": False,
                "obstacles": [
                    {
                        "code": "taken",
                        "from": "2026-12-01T10:25:00+01:00",
                        "to": "2026-12-01T11:40:00+01:00",
                        "by": {"kind": "booking", "id": BOOKING},
                    }
                ],
            }
        ],
    },
    holds.Hold: _HOLD,
    bookings.Booking: _BOOKING,
    bookings.NewBooking: {**_BOOKING, "manage_token": "cE9yR2h1bWFuLXJlYWRhYmxl"},
    series.SeriesPlan: series_examples.plan(_BOOKING, SLOT, SCREENING),
    series.Series: series_examples.series(_BOOKING),
    series.NewSeries: {**series_examples.series(_BOOKING), "token": "c2VyaWVzLXRva2Vu"},
    visits.Visits: series_examples.visits(_BOOKING, SLOT, SCREENING),
    series.RepairProposals: series_examples.proposals(_BOOKING, SLOT, SCREENING),
    waitlist.WaitlistEntry: _ENTRY,
    waitlist.NewWaitlistEntry: {**_ENTRY, "state": "waiting", "offer": None, "token": "cE9yR2h1bWFuLXJlYWRhYmxl"},
    waitlist.WaitlistEntries: {"items": [_ENTRY], "next_cursor": None},
    waitlist.UnmetDemand: {
        "items": [
            {
                "hour": "2026-11-23T17:00:00+00:00",
                "location_id": PARIS,
                "service_id": DEEP_TISSUE,
                "searches": 14,
                "entries": 2,
            }
        ]
    },
    health.Alive: {"alive": True},
    health.Ready: {
        "ready": True,
        "parts": [{"name": "rabbitmq", "ok": True, "needed": True, "detail": ""}],
    },
}

REQUESTS: Mapping[str, Mapping[str, Any]] = {
    **waitlist_examples.REQUESTS,
    "askGuide": {
        "sore": {
            "summary": "Sore muscles, and blood thinners",
            "value": {
                "location_id": PARIS,
                "red_flags": ["no_red_flags"],
                "needs": ["sore_muscles"],
                "conditions": ["blood_thinners"],
            },
        },
        "danger": {"summary": "A sign of danger", "value": {"location_id": PARIS, "red_flags": ["chest_pain"]}},
    },
    "makeHold": {
        "anyone": {
            "summary": "With whoever is free",
            "value": {"service_id": DEEP_TISSUE, "location_id": PARIS, "start": SLOT["start"], "duration_minutes": 60},
        },
        "someone": {
            "summary": "With a practitioner of choice",
            "value": {
                "service_id": DEEP_TISSUE,
                "location_id": PARIS,
                "start": SLOT["start"],
                "duration_minutes": 60,
                "practitioner_id": ANA,
            },
        },
        "couple": {
            "summary": "Two guests, with a practitioner each",
            "value": {
                "service_id": COUPLES,
                "location_id": PARIS,
                "start": SLOT["start"],
                "guests": [{"duration_minutes": 60}, {"duration_minutes": 90, "add_on_ids": ["hot_stones"]}],
            },
        },
    },
    "book": {
        "plain": {
            "summary": "A guest who left an e-mail address and a phone number",
            "value": {
                "hold_id": HOLD,
                "hold_token": _HOLD["token"],
                "guest": {"name": "Camille Durand", "email": "camille@example.com", "phone": "01 99 00 12 34"},
            },
        },
        "referred": {
            "summary": "Physical therapy, with a doctor's referral",
            "value": {
                "hold_id": HOLD,
                "hold_token": _HOLD["token"],
                "guest": {"name": "Camille Durand", "email": "camille@example.com"},
                "payer": "public_insurance",
                "referral": {"issuer": "Dr. Petit", "issued_on": "2026-11-16", "visits": 10},
            },
        },
        "screened": {
            "summary": "After the service's safety questions",
            "value": {
                "hold_id": HOLD,
                "hold_token": _HOLD["token"],
                "guest": {"name": "Camille Durand", "phone": "01 99 00 12 34", "locale": "fr", "zone": "Europe/Paris"},
                "screening": {"version": 1, "all_clear": True},
            },
        },
        "couple": {
            "summary": "Two guests, of whom each has answered the questions",
            "value": {
                "hold_id": HOLD,
                "hold_token": _HOLD["token"],
                "guest": {"name": "Camille Durand", "email": "camille@example.com"},
                "screening": {"version": 1, "all_clear": True},
                "guests": [{"name": "Luc Moreau", "screening": {"version": 1, "all_clear": True}}],
            },
        },
    },
    "searchTimes": {
        "couple": {
            "summary": "A couple, one of whom asks for a practitioner",
            "value": {
                "service_id": COUPLES,
                "location_id": PARIS,
                "from": "2026-12-01T00:00:00+01:00",
                "to": "2026-12-02T00:00:00+01:00",
                "guests": [{"practitioner_id": ANA, "duration_minutes": 60}, {"duration_minutes": 60}],
            },
        },
    },
    "cancelGuest": {
        "single": {"summary": "The other goes on alone", "value": {"guest": 2, "then": "single"}},
        "keep": {"summary": "Someone else will be named", "value": {"guest": 2, "then": "keep_place"}},
    },
    "nameGuest": {
        "named": {"summary": "Someone else comes", "value": {"guest": 2, "who": {"name": "Nora Petit"}}},
    },
    **series_examples.requests(_BOOKING),
    "reschedule": {
        "later": {"summary": "To another day", "value": {"start": "2026-12-02T14:00:00+01:00"}},
    },
    "cancel": {
        "free": {"summary": "While it is free of charge", "value": {}},
        "late": {"summary": "Later, for the fee", "value": {"accept_fee": True}},
    },
    **desk_examples.requests(paris=PARIS, service=DEEP_TISSUE, ana=ANA),
}
