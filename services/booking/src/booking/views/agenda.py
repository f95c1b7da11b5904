"""What staff see, as JSON."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from booking.application.agenda import Page, Story
from booking.domain.audit import GUEST, Note
from booking.domain.block import Block
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import Clinic, resource_name
from booking.views.bookings import booking
from booking.views.values import iso


def agenda(page: Page, clinic: Clinic) -> dict[str, Any]:
    """Return a page of bookings, and the place of the next."""
    return {
        "items": [for_staff(made, page.claims.get(made.id, ()), clinic) for made in page.bookings],
        "next": {"start": page.next.start.isoformat(), "id": page.next.id} if page.next is not None else None,
    }


def for_staff(made: Booking, claims: Sequence[Claim], clinic: Clinic) -> dict[str, Any]:
    """Return a booking with the rooms and the equipment that it claims."""
    rooms = [each.resource_id for each in claims if each.resource_id not in clinic.practitioners]
    return {**booking(made, clinic), "rooms": [{"id": each, "name": resource_name(clinic, each)} for each in rooms]}


def story(told: Story, clinic: Clinic) -> dict[str, Any]:
    """Return a booking and what was done to it, beginning with who made it."""
    made, zone = told.booking, ZoneInfo(told.booking.zone)
    first = [] if any(each.action == "book" for each in told.notes) else [_made(made)]
    return {
        "booking": for_staff(made, told.claims, clinic),
        "timeline": [_note(each, zone) for each in (*first, *told.notes)],
    }


def block(found: Block, clinic: Clinic) -> dict[str, Any]:
    """Return a block."""
    zone = ZoneInfo(clinic.locations[found.location_id].zone)
    return {
        "id": found.id,
        "location_id": found.location_id,
        "resources": [{"id": each, "name": resource_name(clinic, each)} for each in found.resource_ids],
        "from": iso(found.start, zone),
        "to": iso(found.end, zone),
        "reason": found.reason,
        "made_by": found.made_by,
        "made_at": iso(found.made_at, zone),
    }


def _made(made: Booking) -> Note:
    return Note(at=made.made_at, actor=GUEST, action="book", subject_kind="booking", subject_id=made.id)


def _note(note: Note, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": iso(note.at, zone),
        "actor": note.actor,
        "action": note.action,
        "reason": note.reason,
        "detail": {**note.detail},
    }
