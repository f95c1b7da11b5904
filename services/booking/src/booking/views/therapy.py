"""Needs and documents as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.application.therapy_ports import RunningOut
from booking.domain.booking import Booking
from booking.domain.documents import Document
from booking.domain.need_rules import Rules
from booking.domain.needs import Need
from booking.views.values import iso


def needs(found: Sequence[Need], made: Booking, rules: Rules) -> list[dict[str, Any]]:
    """Return a booking's needs, with the reason in every language."""
    zone = ZoneInfo(made.zone)
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "state": each.state,
            "due": iso(each.due, zone),
            "rule": each.rule_id,
            "rules_version": each.version,
            "reason": dict(rules.reason(each.rule_id)),
        }
        for each in found
    ]


def at_the_desk(need: Need, made: Booking, rules: Rules, *, now: datetime) -> dict[str, Any]:
    """Return an open need with its booking's time, for staff."""
    return {
        **needs([need], made, rules)[0],
        "booking_id": made.id,
        "start": iso(made.start, ZoneInfo(made.zone)),
        "overdue": need.is_overdue(now),
    }


def running_out(found: RunningOut) -> dict[str, Any]:
    """Return a document that runs out with the next session that relies on it, for staff. Not who issued it."""
    return {
        "id": found.document_id,
        "kind": found.kind,
        "expires_on": found.expires_on.isoformat() if found.expires_on is not None else None,
        "left": found.left,
        "counted_in": found.counted_in,
        "booking_id": found.booking_id,
        "start": iso(found.start, ZoneInfo(found.zone)),
    }


def document(found: Document) -> dict[str, Any]:
    """Return a document as staff see it."""
    terms = found.terms
    return {
        "id": found.id,
        "kind": found.kind,
        "state": found.state,
        "issuer": terms.issuer,
        "number": terms.number,
        "issued_on": terms.issued_on.isoformat(),
        "expires_on": terms.expires_on.isoformat() if terms.expires_on is not None else None,
        "counted_in": terms.counted_in,
        "allowance": terms.allowance,
        "reserved": found.reserved,
        "used": found.used,
        "left": found.left,
        "patient": {"name": found.patient.name, "email": found.patient.email, "phone": found.patient.phone},
        "stated_at": iso(found.stated_at, _UTC),
        "changed_at": iso(found.changed_at, _UTC),
        "changed_by": found.changed_by,
    }


_UTC = ZoneInfo("UTC")
