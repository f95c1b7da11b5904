"""What happened to a booking, as the contract writes it."""

import uuid
from datetime import UTC, datetime
from typing import Any

from messaging.envelope import Event
from runtime import correlation

from booking.domain.booking import Booking
from booking.domain.clinic import Clinic
from booking.domain.displacement import Displaced
from booking.domain.events import (
    BOOKED,
    BookingEvent,
    DisplacedEvent,
    DocumentEvent,
    Happened,
    NeedEvent,
    OfferEvent,
    WaitEvent,
)
from booking.domain.waitlist import Entry


def to_event(happened: Happened, clinic: Clinic | None = None) -> Event:
    """Return the envelope: a fresh id, and the correlation id of what is being done.

    `clinic` tells which modality the service is of; without one nothing is said of it.
    """
    data = {**_data(happened), "modality": None}
    if clinic is not None and (service := clinic.services.get(data["service_id"])) is not None:
        data["modality"] = service.modality
    aggregate_id, version = _subject(happened)
    return Event(
        id=uuid.uuid4(),
        name=happened.name,
        occurred_at=happened.occurred_at,
        correlation_id=correlation.current() or correlation.new_id(),
        causation_id=None,
        aggregate_id=uuid.UUID(aggregate_id),
        version=version,
        data=data,
    )


def _subject(happened: Happened) -> tuple[str, int]:
    if isinstance(happened, OfferEvent):
        return happened.lease.id, 1
    if isinstance(happened, WaitEvent):
        return happened.entry.id, 1
    booking = happened.displaced.booking if isinstance(happened, DisplacedEvent) else happened.booking
    return booking.id, booking.revision


def _data(happened: Happened) -> dict[str, Any]:
    if isinstance(happened, OfferEvent):
        return _offer(happened)
    if isinstance(happened, WaitEvent):
        return _wait(happened.entry, happened.zone)
    if isinstance(happened, DisplacedEvent):
        return _displaced(happened.displaced)
    if isinstance(happened, NeedEvent):
        return {**_booking(happened.booking), "need_id": happened.need.id, "due": zulu(happened.need.due)}
    if isinstance(happened, DocumentEvent):
        return {**_booking(happened.booking), "document_id": happened.document_id}
    return {**_booking(happened.booking, moved_from=happened.moved_from), **_of_series(happened)}


def _of_series(happened: BookingEvent) -> dict[str, Any]:
    return {"series_id": happened.series_id} if happened.name == BOOKED else {}


def _wait(entry: Entry, zone: str) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "revision": 1,
        "location_id": entry.location_id,
        "service_id": entry.service_id,
        "from": zulu(entry.wanted.since),
        "to": zulu(entry.wanted.until),
        "zone": zone,
        "guest_zone": entry.guest.zone,
        "channels": list(entry.guest.channels),
        "waiting_since": zulu(entry.made_at),
    }


def _offer(happened: OfferEvent) -> dict[str, Any]:
    entry, lease = happened.entry, happened.lease
    return {
        "offer_id": lease.id,
        "revision": 1,
        "entry_id": entry.id,
        "location_id": lease.location_id,
        "service_id": lease.service_id,
        "practitioner_ids": list(lease.practitioner_ids),
        "start": zulu(lease.start),
        "end": zulu(lease.end),
        "zone": happened.zone,
        "guest_zone": entry.guest.zone,
        "channels": list(entry.guest.channels),
        "waiting_since": zulu(entry.made_at),
        "deadline": zulu(lease.deadline),
    }


def _displaced(displaced: Displaced) -> dict[str, Any]:
    return {
        **_booking(displaced.booking),
        "since": zulu(displaced.since),
        "reasons": sorted({str(each.reason) for each in displaced.misfits}),
        "resource_ids": sorted({each.resource_id for each in displaced.misfits if each.resource_id}),
    }


def _booking(booking: Booking, *, moved_from: datetime | None = None) -> dict[str, Any]:
    return {
        "booking_id": booking.id,
        "revision": booking.revision,
        "state": booking.state,
        "location_id": booking.location_id,
        "service_id": booking.service_id,
        "practitioner_ids": list(booking.practitioner_ids),
        "start": zulu(booking.start),
        "end": zulu(booking.end),
        "zone": booking.zone,
        "guest_zone": booking.guest.zone,
        "channels": list(booking.guest.channels),
        "made_at": zulu(booking.made_at),
        "free_until": zulu(booking.free_until),
        "undo_until": zulu(booking.undo_until) if booking.undo_until else None,
        **({"moved_from": zulu(moved_from)} if moved_from else {}),
    }


def zulu(moment: datetime) -> str:
    """Return an instant in UTC with a Z, as events write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
