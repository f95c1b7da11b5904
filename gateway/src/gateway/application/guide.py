"""The catalog service, as the gateway asks it for advice: the guide and the comparison.

What guests answer passes through. It is neither kept nor logged here, and errors never repeat it.
"""

from collections.abc import Mapping, Sequence

from messaging.bus import Bus

from gateway.application.service import Answer, Service

FIELDS = ("red_flags", "needs", "conditions")
Answers = Mapping[str, Sequence[str]]
"""What was chosen, by field of `FIELDS`."""


class Guide:
    """The guide behind `bus`. `languages` are those that the reader can read, the best first."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "catalog")

    async def comparison(self, *, languages: Sequence[str]) -> Answer:
        """Massage and physical therapy side by side. Raises `Unavailable`."""
        return await self._service.read("comparison", languages=languages)

    async def questions(self, *, languages: Sequence[str]) -> Answer:
        """What the guide asks, in order. Raises `Unavailable`."""
        return await self._service.read("guide_questions", languages=languages)

    async def advice(self, *, location_id: str, answers: Answers, languages: Sequence[str]) -> Answer:
        """What the rules say to these answers. Raises `Refused` and `Unavailable`."""
        return await self._service.read("guide", location_id=location_id, given=answers, languages=languages)
