"""The notifications service, as the gateway asks it."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from messaging.bus import Bus

from gateway.application.errors import Refused
from gateway.application.service import Answer, Service


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
        gone: bool | None = None,
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
            gone=gone,
        )

    async def has_unsubscribed(self, token: str) -> bool:
        """Whether whoever has this link does without messages of its kind."""
        answer = await self._service.read("unsubscription", token=token)
        return bool(answer["declined"])

    async def set_unsubscribed(self, token: str, *, declined: bool) -> None:
        """Have no more of them, or have them again; doing so twice is no error."""
        await self._service.read("set_unsubscription", token=token, declined=declined)

    async def ledger(self, **wanted: object) -> Mapping[str, Any]:
        """{items, before}: lines of the whole ledger, the newest first, and the number to go on before."""
        return await self._service.read("ledger", **wanted)

    async def calls(self) -> Mapping[str, Any]:
        """{items}: the calls that staff owe to guests, the longest owed first."""
        return await self._service.read("calls")

    async def call_done(self, number: int) -> None:
        """A guest was called."""
        await self._service.read("call_done", call_id=number)

    async def wordings(self, location_id: str) -> Mapping[str, Any]:
        """{items, variables}: a location's own words, and what words may speak of."""
        return await self._service.read("wordings", location_id=location_id)

    async def save_wording(self, spot: Mapping[str, str], words: Mapping[str, str] | None, *, by: str) -> int:
        """Let a location say it so from now on, or as the house does (None): the version that now stands."""
        saved = await self._told_in("words", self._service.write("save_wording", **spot, words=words, by=by))
        version: int = saved["version"]
        return version

    async def rules(self, **asked: object) -> Mapping[str, Any]:
        """{items}: every rule as it stands at a location, for one modality or for all."""
        return await self._service.read("rules", **asked)

    async def rule_versions(self, **asked: object) -> Mapping[str, Any]:
        """{items}: who had a location's rules how, and when; the newest first."""
        return await self._service.read("rule_versions", **asked)

    async def save_rule(self, asked: Mapping[str, Any], *, by: str) -> int:
        """Let a location have a rule otherwise, or by default again: the version that now stands."""
        saved = await self._told_in("terms", self._service.write("save_rule", **asked, by=by))
        version: int = saved["version"]
        return version

    async def contacts(self) -> Mapping[str, Any]:
        """{items}: how practitioners and desks are reached."""
        return await self._service.read("contacts")

    async def save_contact(self, asked: Mapping[str, Any], *, by: str) -> None:
        """Reach one of them so from now on, or not at all."""
        await self._told_in("contact", self._service.write("save_contact", **asked, by=by))

    async def preview(self, **asked: object) -> Mapping[str, Any]:
        """A message about a real booking as its guest would read it."""
        return await self._told_in("draft", self._service.read("preview", **asked))

    async def messages(self, booking_id: str) -> Mapping[str, Any]:
        """What the guest of a booking was sent, is owed or was spared, and why; and what they confirmed."""
        return await self._service.read("messages", booking_id=booking_id)

    @staticmethod
    async def _told_in(place: str, answer: Awaitable[Answer]) -> Answer:
        """The answer; what it refuses of words or terms it names by where they stood in the request."""
        try:
            return await answer
        except Refused as refused:
            if refused.code in {"template_invalid", "rule_invalid"}:
                refused.fields = [replace(one, field=f"{place}.{one.field}") for one in refused.fields]
            raise
