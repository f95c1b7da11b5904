"""The demo's messages in memory."""

from collections.abc import Sequence

from gateway.demo.message import Message
from gateway.demo.store import EVERYTHING, StoreAway, Wanted
from gateway.demo.threads import Trace


class FakeMessageStore:
    """The store's port; `away` makes it unreachable."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.sources: dict[str, str] = {}
        self.away = False

    async def add(self, message: Message, *, source: str | None = None) -> bool:
        self._reach()
        if message.channel == "sms" and any(one.key == message.key for one in self.messages if one.channel == "sms"):
            return False
        self.messages.insert(0, message)
        if source is not None:
            self.sources[message.id] = source
        return True

    async def newest(self, wanted: Wanted = EVERYTHING, *, limit: int = 200) -> Sequence[Message]:
        self._reach()
        words = wanted.words.lower()
        return [
            one
            for one in self.messages
            if (wanted.to is None or one.to in wanted.to)
            and (wanted.answers or not one.is_answer)
            and words in f"{one.to} {one.subject or ''} {one.text}".lower()
        ][:limit]

    async def one(self, message_id: str) -> Message | None:
        self._reach()
        return next((one for one in self.messages if one.id == message_id), None)

    async def source(self, message_id: str) -> str | None:
        self._reach()
        return self.sources.get(message_id)

    async def traces(self) -> Sequence[Trace]:
        self._reach()
        return [Trace(one.to, one.key) for one in self.messages if not one.is_answer]

    def _reach(self) -> None:
        if self.away:
            raise StoreAway("away")
