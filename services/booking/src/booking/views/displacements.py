"""Displaced bookings as JSON, for staff."""

from typing import Any
from zoneinfo import ZoneInfo

from booking.application.displacements import Case, Page, Preview, Proposal
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic, names, resource_name
from booking.domain.ids import ResourceId
from booking.views.bookings import booking
from booking.views.values import iso


def page(found: Page, clinic: Clinic) -> dict[str, Any]:
    """Return a part of the list, and after whom it goes on."""
    return {"items": [case(each, clinic) for each in found.cases], "following": found.following}


def preview(found: Preview) -> dict[str, Any]:
    """Return what a change would displace."""
    return {"count": found.count, "items": [case(each, found.clinic) for each in found.cases]}


def case(each: Case, clinic: Clinic) -> dict[str, Any]:
    """Return a displaced booking, what is wrong, and what could be done."""
    found = each.displaced
    return {
        "booking": booking(found.booking, clinic),
        "since": iso(found.since, ZoneInfo(found.booking.zone)),
        "reasons": [
            {
                "reason": str(one.reason),
                "resource_id": one.resource_id or None,
                "name": resource_name(clinic, ResourceId(one.resource_id)) if one.resource_id else None,
            }
            for one in sorted(found.misfits)
        ],
        "proposals": [_proposal(one, found.booking, clinic) for one in each.proposals],
    }


def _proposal(one: Proposal, of: Booking, clinic: Clinic) -> dict[str, Any]:
    zone = ZoneInfo(of.zone)
    change = {
        "start": iso(one.start, zone) if one.start != of.start else None,
        "practitioner_id": one.practitioner_id,
        "room_id": one.room_id,
    }
    return {
        "kind": str(one.kind),
        "start": iso(one.start, zone),
        "end": iso(one.start + (of.end - of.start), zone),
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, one.practitioner_ids)],
        "change": {name: value for name, value in change.items() if value is not None},
    }
