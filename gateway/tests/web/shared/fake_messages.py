"""The demo's messages in memory."""

from collections.abc import Sequence

from gateway.demo.message import Message
from gateway.demo.store import StoreAway


class FakeMessageStore:
    """The store's port; `away` makes it unreachable."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.away = False

    async def add(self, message: Message) -> bool:
        self._reach()
        if message.channel == "sms" and any(one.key == message.key for one in self.messages if one.channel == "sms"):
            return False
        self.messages.insert(0, message)
        return True

    async def newest(self, *, to: str | None = None, limit: int = 200) -> Sequence[Message]:
        self._reach()
        return [one for one in self.messages if to in {None, one.to}][:limit]

    async def one(self, message_id: str) -> Message | None:
        self._reach()
        return next((one for one in self.messages if one.id == message_id), None)

    async def recipients(self) -> Sequence[str]:
        self._reach()
        return list(dict.fromkeys(one.to for one in self.messages))

    def _reach(self) -> None:
        if self.away:
            raise StoreAway("away")
