"""Text messages by one signed HTTP request each, as docs/sms.md asks of a provider."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime

from notifications.adapters.sms_exchange import SmsExchange, real_time
from notifications.application.ports import Letter
from notifications.domain.outcome import Outcome, Repeats


class HttpSms:
    """The generic SMS `Provider`. It honours keys, so what got no answer is sent again under the same key."""

    name = "http"
    repeats = Repeats.ALWAYS

    def __init__(self, *, url: str, secret: str, timeout: float = 8, now: Callable[[], datetime] = real_time) -> None:
        self._url = url
        self._secret = secret.encode()
        self._exchange = SmsExchange(timeout=timeout, now=now)

    async def send(self, letter: Letter) -> Outcome:
        key = str(letter.key)
        body = json.dumps({"key": key, "to": letter.to, "text": letter.text}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            **signature(body, secret=self._secret, at=self._exchange.now()),
        }
        return await self._exchange.post(self._url, content=body, headers=headers, name=lambda said: said.get("id"))

    async def close(self) -> None:
        await self._exchange.close()


def signature(body: bytes, *, secret: bytes, at: datetime) -> dict[str, str]:
    """The headers that prove who wrote the body, and when: HMAC-SHA256 over timestamp, a dot and the body."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Slotwell-Timestamp": timestamp, "Slotwell-Signature": f"v1={digest}"}
