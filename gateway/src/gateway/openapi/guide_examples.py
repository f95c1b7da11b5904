"""Examples of the comparison and of the guide, from the clinic La Belle."""

from typing import Any

COMPARISON: dict[str, Any] = {
    "language": "en",
    "fallback": False,
    "aspects": [
        {
            "id": "referral",
            "name": "Doctor's referral",
            "general": True,
            "massage": "No",
            "physical_therapy": "Often yes, in general; sometimes covered by insurance",
        }
    ],
    "best_for": {
        "massage": ["Anyone after stress relief and better sleep"],
        "physical_therapy": ["Recovery after surgery"],
    },
    "techniques": {
        "massage": [{"id": "hot_stones", "name": "Hot stones"}],
        "physical_therapy": [{"id": "stretching", "name": "Stretching"}],
    },
    "massages": [{"id": "swedish", "name": "Swedish", "text": "Gentle and relaxing; lowers stress"}],
    "notes": {
        "physical_therapy": "Physical therapy is medical. Licensed physical therapists give it.",
        "together": "The two complement each other.",
        "referral": "Whether a referral is needed depends on where you live and on who pays.",
    },
}

QUESTIONS: dict[str, Any] = {
    "rule_version": 1,
    "language": "en",
    "fallback": False,
    "questions": [
        {
            "id": "diagnosis",
            "field": "conditions",
            "choose": "several",
            "none": "no_diagnosis",
            "ask_if": ["chronic_pain"],
            "text": "Has a doctor told you where the pain comes from?",
            "answers": [{"id": "arthritis", "text": "Arthritis"}, {"id": "no_diagnosis", "text": "No"}],
        }
    ],
}


def advice(*, location_id: str, swedish: str, deep_tissue: str) -> dict[str, Any]:
    """For sore muscles, from somebody who takes blood thinners: something gentler."""
    return {
        "language": "en",
        "fallback": False,
        "rule_version": 1,
        "location_id": location_id,
        "recommendation": "massage",
        "emergency_number": None,
        "call": None,
        "rules": [
            {
                "id": "serve.sore_muscles",
                "step": "serve",
                "reason": "For sore, tight muscles, slow and firm pressure is a good choice.",
                "source": "NCCIH, Massage Therapy: What You Need To Know",
                "service_ids": [],
            },
            {
                "id": "safety.blood_thinners",
                "step": "safety",
                "reason": "With blood thinners, firm pressure and cupping can bruise badly.",
                "source": "NCCIH, Massage Therapy: What You Need To Know",
                "service_ids": [deep_tissue],
            },
        ],
        "bookable": [
            {
                "service_id": swedish,
                "modality": "massage",
                "channel": "online",
                "duration_minutes": 60,
                "suggested": True,
                "rules": [],
            }
        ],
        "withheld": [
            {
                "service_id": deep_tissue,
                "verdict": "substitute",
                "rules": ["safety.blood_thinners"],
                "instead": [swedish],
            }
        ],
        "needs": [],
        "series": [],
        "not_here": False,
        "outside_clinics": [],
    }
