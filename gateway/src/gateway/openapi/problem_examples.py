"""What refusals look like: an example of every code, with the members that help to go on."""

from collections.abc import Mapping
from typing import Any

from gateway.openapi.examples import ANA, BOOKING, NEED, SCREENING, SLOT
from gateway.problems import KINDS

_EXTRAS: Mapping[str, Any] = {
    "alternatives": [SLOT],
    "deadline": "2026-11-30T22:30:00+01:00",
    "fee": {"amount": "47.50", "currency": "EUR"},
    "phone": "+33199001010",
    "nearest": [SLOT],
    "durations": [60, 90],
    "revision": 2,
    "earliest": "2026-11-23T13:15:00+01:00",
    "latest": "2027-02-21T23:59:59+01:00",
    "screening": SCREENING,
    "guests": 2,
    "guest": 2,
    "part": 2,
    "add_ons": ["hot_stones"],
    "state": "confirmed",
    "bends": ["notice"],
    "sessions": [{"session": 3, "wanted": "2026-12-15T10:30:00+01:00", "alternatives": [SLOT]}],
    "rule": "evaluation.first",
    "reason": NEED["reason"],
    "in_the_way": [
        {
            "kind": "booking",
            "id": BOOKING,
            "resource_id": ANA,
            "name": "Ana Moreau",
            "from": "2026-12-01T10:25:00+01:00",
            "to": "2026-12-01T11:40:00+01:00",
        }
    ],
}


def problem_example(code: str) -> dict[str, Any]:
    """What a refusal with `code` looks like."""
    kind = KINDS[code]
    example = {
        "type": f"/docs/problems#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": f"{kind.title}.",
        "code": code,
        "mend": kind.mend,
        "correlation_id": "checkout-7c1d2e3f",
    }
    if code == "invalid_request":
        example["fields"] = [
            {"field": "guest.name", "in": "body", "pointer": "#/guest/name", "problem": "must not be blank"}
        ]
    return {**example, **{name: _EXTRAS[name] for name in kind.extras}}
