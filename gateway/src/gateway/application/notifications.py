"""The notifications service, as the gateway asks it."""

from collections.abc import Mapping
from typing import Any

from messaging.bus import Bus

from gateway.application.service import Service


class Notifications:
    """The service behind `bus`. Raises `Refused`, or `Unavailable`: whatever it is asked may be asked again."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "notifications")

    async def hear_text(self, *, provider: str, provider_id: str, number: str, text: str) -> str | None:
        """A guest answered a text; what to answer, None for nothing. The same text again gets the same answer."""
        answer = await self._service.read(
            "hear_text", provider=provider, provider_id=provider_id, number=number, text=text
        )
        reply: str | None = answer["reply"]
        return reply

    async def receive_receipt(
        self,
        *,
        provider: str,
        provider_id: str,
        fate: str,
        key: str | None = None,
        problem: str | None = None,
        cost: Mapping[str, str] | None = None,
    ) -> None:
        """A provider says what became of a message; a message that nobody knows is noted, and no error."""
        await self._service.read(
            "receive_receipt",
            provider=provider,
            provider_id=provider_id,
            fate=fate,
            key=key,
            problem=problem,
            cost=cost,
        )

    async def messages(self, booking_id: str) -> Mapping[str, Any]:
        """What the guest of a booking was sent, is owed or was spared, and why; and what they confirmed."""
        return await self._service.read("messages", booking_id=booking_id)
