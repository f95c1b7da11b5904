"""What happened to a booking, as the contract writes it."""

import uuid
from datetime import UTC, datetime

from messaging.envelope import Event
from runtime import correlation

from booking.domain.events import BookingEvent


def to_event(happened: BookingEvent) -> Event:
    """Return the envelope: a fresh id, and the correlation id of what is being done."""
    booking = happened.booking
    return Event(
        id=uuid.uuid4(),
        name=happened.name,
        occurred_at=happened.occurred_at,
        correlation_id=correlation.current() or correlation.new_id(),
        causation_id=None,
        aggregate_id=uuid.UUID(booking.id),
        version=booking.revision,
        data={
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
            **({"moved_from": zulu(happened.moved_from)} if happened.moved_from else {}),
        },
    )


def zulu(moment: datetime) -> str:
    """Return an instant in UTC with a Z, as events write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
