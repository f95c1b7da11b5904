"""La Belle as the page's tests know it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from gateway.domain.catalog import Catalog, Entity


def id_of(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://slotwell.example/{key}"))


PARIS, MONTREAL = id_of("paris"), id_of("montreal")
SWEDISH, DEEP, COUPLES, SESSION = id_of("swedish"), id_of("deep"), id_of("couples"), id_of("session")
ANA, BRUNO, CHLOE, DENIS = id_of("ana"), id_of("bruno"), id_of("chloe"), id_of("denis")
PARIS_PHONE, MONTREAL_PHONE = "+33199001010", "+15145550110"

LOCATIONS: Sequence[Mapping[str, Any]] = [
    {
        "id": PARIS,
        "name": "La Belle Paris",
        "zone": "Europe/Paris",
        "region": "FR",
        "phone": PARIS_PHONE,
        "emergency_number": "112",
        "address": {"street": "14 rue des Tilleuls", "postal_code": "75011", "city": "Paris", "country": "FR"},
        "currency": "EUR",
    },
    {
        "id": MONTREAL,
        "name": "La Belle Montréal",
        "zone": "America/Toronto",
        "region": "CA",
        "phone": MONTREAL_PHONE,
        "emergency_number": "911",
        "address": {
            "street": "4210 avenue des Érables",
            "postal_code": "H2J 3W8",
            "city": "Montréal",
            "country": "CA",
        },
        "currency": "CAD",
    },
]


def _offer(location_id: str, currency: str, prices: Mapping[int, str], channel: str = "online") -> dict[str, Any]:
    return {
        "location_id": location_id,
        "channel": channel,
        "minimum_notice_minutes": 120,
        "horizon_days": 90,
        "start_grid_minutes": 15,
        "durations": [
            {"minutes": minutes, "price": {"amount": amount, "currency": currency}}
            for minutes, amount in prices.items()
        ],
    }


def _service(key: str, name: str, summary: str, offers: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "modality": "massage",
        "name": name,
        "discreet_name": "Appointment at La Belle",
        "summary": summary,
        "techniques": ["Kneading", "Long strokes"],
        "best_for": [],
        "screening": None,
        "cancellation": {"free_until_hours": 12, "fee_percent": 50},
        "offers": offers,
        **more,
    }


SERVICES: Sequence[Mapping[str, Any]] = [
    _service(
        SWEDISH,
        "Swedish massage",
        "Gentle, flowing strokes from head to toe. The one to choose when you simply want to breathe out.",
        [
            _offer(PARIS, "EUR", {30: "50.00", 60: "85.00", 90: "120.00"})
            | {
                "add_ons": [
                    {"id": each, "price": {"amount": "20.00", "currency": "EUR"}} for each in ("hot_stones", "candle")
                ]
            },
            _offer(MONTREAL, "CAD", {60: "105.00", 90: "145.00"}),
        ],
        best_for=["Stress and tension", "Better sleep", "A first massage"],
        add_ons=[
            {
                "id": "hot_stones",
                "name": "Hot stones",
                "summary": "A quarter of an hour of warm basalt along the back.",
                "minutes": 15,
                "channel": "online",
                "questions": [{"id": "neuropathy", "text": "Do you feel heat less than usual?"}],
            },
            {
                "id": "candle",
                "name": "A candle",
                "summary": None,
                "minutes": 0,
                "channel": "phone",
                "questions": [],
            },
        ],
    ),
    _service(
        DEEP,
        "Deep tissue massage",
        "Slow, firm pressure that works its way into tight muscles. Good the day after a hard run.",
        [_offer(PARIS, "EUR", {60: "95.00", 90: "135.00"}), _offer(MONTREAL, "CAD", {60: "120.00"})],
        best_for=["Tight muscles", "Recovery after sport", "Stiff shoulders and neck"],
        screening={
            "version": 1,
            "questions": [
                {"id": "clots", "text": "Do you take blood thinners, or have you had a blood clot?"},
                {"id": "surgery", "text": "Have you had surgery in the last three months?"},
            ],
        },
    ),
    _service(
        COUPLES,
        "Couples massage",
        "Side by side in one quiet room, with a therapist each. Call us and we will find a time for two.",
        [_offer(PARIS, "EUR", {60: "170.00"}, channel="phone")],
    ),
    _service(
        SESSION,
        "Physical-therapy session",
        "Hands-on work and exercises with a licensed physical therapist.",
        [_offer(PARIS, "EUR", {45: "62.50"}, channel="phone")],
        modality="physical_therapy",
    ),
]

PRACTITIONERS: Sequence[tuple[str, str, Sequence[str], frozenset[str]]] = [
    (ANA, "Ana Moreau", [PARIS], frozenset({SWEDISH, DEEP})),
    (BRUNO, "Bruno Keller", [PARIS], frozenset({SWEDISH})),
    (CHLOE, "Chloé Tremblay", [MONTREAL], frozenset({SWEDISH, DEEP})),
    (DENIS, "Denis Roy", [PARIS], frozenset({SESSION})),
]

TOLD: Mapping[str, Mapping[str, Any]] = {
    ANA: {"gender": "female", "languages": ["fr", "en", "es"]},
    BRUNO: {"gender": "male", "languages": ["fr", "en"]},
    CHLOE: {"gender": None, "languages": ["fr"]},
    DENIS: {"gender": "male", "languages": ["fr"]},
}
"""What practitioners tell of themselves."""


def clinic() -> Catalog:
    """The whole catalog; a service's id stands for the skill that it asks for."""
    entities = [
        *(Entity(kind="location", id=one["id"], version=1, deleted=False, view=one) for one in LOCATIONS),
        *(
            Entity(kind="service", id=one["id"], version=1, deleted=False, view=one, skills=frozenset({one["id"]}))
            for one in SERVICES
        ),
        *(
            Entity(
                kind="practitioner",
                id=key,
                version=1,
                deleted=False,
                view={"id": key, "name": name, "title": "Massage therapist", "location_ids": places, **TOLD[key]},
                skills=skills,
            )
            for key, name, places, skills in PRACTITIONERS
        ),
    ]
    return Catalog().with_newer(entities)
