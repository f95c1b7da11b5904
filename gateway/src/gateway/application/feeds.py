"""Practitioners' calendars to subscribe to, as the gateway asks booking for them."""

from datetime import datetime

import invites
from messaging.bus import Bus

from gateway.application.service import Service


class Feeds:
    """The booking service behind `bus`, as far as practitioners' calendars go."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def file(self, practitioner_id: str, token: str, *, now: datetime) -> bytes:
        """The whole calendar as a file, for who has its token."""
        found = await self._service.read("practitioner_calendar", practitioner_id=practitioner_id, token=token)
        entries = [
            invites.Entry(
                uid=f"{each['booking_id']}@slotwell",
                sequence=each["revision"],
                summary=f"{each['guest']}, {each['service']}",
                start=datetime.fromisoformat(each["start"]),
                end=datetime.fromisoformat(each["end"]),
                zone=each["zone"],
                location=each["location"],
            )
            for each in found["entries"]
        ]
        return invites.build_feed(name=found["practitioner"]["name"], entries=entries, stamp=now)

    async def token(self, practitioner_id: str) -> str:
        """The token that the calendar's address carries, the same until it is revoked."""
        found = await self._service.read("practitioner_calendar_link", practitioner_id=practitioner_id)
        token: str = found["token"]
        return token

    async def revoke(self, practitioner_id: str) -> None:
        """Every address handed out so far leads nowhere from now on."""
        await self._service.write("revoke_practitioner_calendar", practitioner_id=practitioner_id)
