"""Text messages by Vonage's Messages API.

Source: https://developer.vonage.com/en/api/messages
"""

import json

from notifications.adapters.sms_exchange import SmsExchange
from notifications.application.ports import Letter
from notifications.domain.outcome import Outcome, Repeats

BASE = "https://api.nexmo.com"


class VonageSms:
    """The SMS `Provider` behind Vonage. It knows no keys: an unknown outcome is never repeated, its receipt tells."""

    name = "vonage"
    repeats = Repeats.NEVER

    def __init__(
        self, *, key: str, secret: str, sender: str, receipts: str, base: str = BASE, timeout: float = 8
    ) -> None:
        """`sender` is a number or a name; `receipts` the address for message status callbacks."""
        self._url = f"{base.rstrip('/')}/v1/messages"
        self._auth = (key, secret)
        self._sender = sender.removeprefix("+")
        self._receipts = receipts
        self._exchange = SmsExchange(timeout=timeout)

    async def send(self, letter: Letter) -> Outcome:
        message = {
            "channel": "sms",
            "message_type": "text",
            "to": letter.to.removeprefix("+"),
            "from": self._sender,
            "text": letter.text,
            "client_ref": str(letter.key),  # comes back with every status
            "webhook_url": self._receipts,
            "webhook_version": "v1",
        }
        return await self._exchange.post(
            self._url,
            content=json.dumps(message, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            auth=self._auth,
            name=lambda said: said.get("message_uuid"),
        )

    async def close(self) -> None:
        await self._exchange.close()
