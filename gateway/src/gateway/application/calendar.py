"""A booking as a calendar file, for the API and for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import invites

from gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """The file, and the headers it is served with."""

    content: bytes
    headers: Mapping[str, str]


def calendar_file(booking: Mapping[str, Any], *, settings: GatewaySettings, now: datetime) -> CalendarFile:
    """The appointment under its discreet name. A cancelled one removes the entry that a calendar has."""
    location = booking["location"]
    address = location["address"]
    method: invites.Method = "CANCEL" if booking["state"] == "cancelled" else "PUBLISH"
    content = invites.build(
        uid=f"{booking['id']}@slotwell",
        sequence=booking["revision"],
        method=method,
        summary=booking["service"]["discreet_name"],
        start=datetime.fromisoformat(booking["start"]),
        end=datetime.fromisoformat(booking["end"]),
        zone=location["zone"],
        location=f"{location['name']}, {address['street']}, {address['postal_code']} {address['city']}",
        description=location["phone"],
        url=f"{settings.public_url.rstrip('/')}/bookings/{booking['id']}",
        organizer=settings.organizer,
        stamp=now,
    )
    return CalendarFile(
        content=content,
        headers={
            "Content-Type": invites.content_type(method),
            "Content-Disposition": 'attachment; filename="appointment.ics"',
            "Cache-Control": "private, no-store",
        },
    )
