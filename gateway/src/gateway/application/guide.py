"""The catalog service, as the gateway asks it for advice: the guide and the comparison.

What guests answer passes through. It is neither kept nor logged here, and errors never repeat it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from messaging.bus import Bus, BusError
from runtime import correlation

from gateway.application.booking import READ_SECONDS, refusal_from
from gateway.application.errors import Unavailable

Answer = dict[str, Any]
Answers = Mapping[str, Sequence[str]]
"""What was chosen, by field: `red_flags`, `needs`, `conditions`."""

_INDEX = re.compile(r"\[(\d+)\]")


class Guide:
    """The guide behind `bus`. `languages` are those that the reader can read, the best first."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def comparison(self, *, languages: Sequence[str]) -> Answer:
        """Massage and physical therapy side by side. Raises `Unavailable`."""
        return await self._ask("comparison", languages=languages)

    async def questions(self, *, languages: Sequence[str]) -> Answer:
        """What the guide asks, in order. Raises `Unavailable`."""
        return await self._ask("guide_questions", languages=languages)

    async def advice(self, *, location_id: str, answers: Answers, languages: Sequence[str]) -> Answer:
        """What the rules say to these answers. Raises `Refused` and `Unavailable`."""
        return await self._ask("guide", location_id=location_id, given=answers, languages=languages)

    async def _ask(self, method: str, **asked: Any) -> Answer:
        try:
            answer: Answer = await self._bus.call(
                "catalog", method, asked, timeout=READ_SECONDS, correlation_id=correlation.current()
            )
        except BusError as cause:
            raise Unavailable("catalog") from cause
        if "refused" in answer:
            raise refusal_from(_dotted(answer["refused"]))
        done: Answer = answer["ok"]
        return done


def _dotted(refused: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with places as this API spells them: `needs.1`, not `needs[1]`."""
    fields = [{**one, "field": _INDEX.sub(r".\1", one["field"])} for one in refused.get("fields") or ()]
    return {**refused, "fields": fields}
