"""Text messages by one signed HTTP request each, as docs/sms.md asks of a provider."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown

_LONGEST_ANSWER = 64 * 1024
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# The provider says that it did nothing, or our settings are wrong and will be mended.
_LATER = (401, 403, 404, 408, 409, 425, 429, 503)


def _real_time() -> datetime:
    return datetime.now(UTC)


class HttpSms:
    """The SMS `Provider`. The provider honours keys, so what got no answer is sent again under the same key."""

    honours_keys = True

    def __init__(
        self,
        *,
        url: str,
        secret: str,
        timeout: float = 8,
        now: Callable[[], datetime] = _real_time,
    ) -> None:
        self._url = url
        self._secret = secret.encode()
        self._now = now
        # Proxies of the environment are not asked: the address is the installation's own choice.
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(timeout, connect=3), trust_env=False)
        self._patience = 2 * timeout  # for the whole exchange: a drip of bytes would keep single waits short

    async def send(self, letter: Letter) -> Outcome:
        key = str(letter.key)
        body = json.dumps({"key": key, "to": letter.to, "text": letter.text}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            **signature(body, secret=self._secret, at=self._now()),
        }
        try:
            async with (
                asyncio.timeout(self._patience),
                self._client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                if answer.is_success:
                    return Accepted(_provider_id(await _beginning(answer)))
                return self._declined(answer)
        except _NEVER_SENT as problem:
            return NotNow(type(problem).__name__)
        except (httpx.HTTPError, TimeoutError) as problem:
            return Unknown(type(problem).__name__)

    async def close(self) -> None:
        await self._client.aclose()

    def _declined(self, answer: httpx.Response) -> Outcome:
        code = answer.status_code
        problem = f"HTTP {code}"
        if code in _LATER or answer.is_redirect:
            return NotNow(problem, _retry_after(answer.headers.get("Retry-After"), self._now()))
        if code >= 500:
            return Unknown(problem)  # it may have been sent before the provider stumbled
        return Rejected(problem)


def signature(body: bytes, *, secret: bytes, at: datetime) -> dict[str, str]:
    """The headers that prove who wrote the body, and when: HMAC-SHA256 over timestamp, a dot and the body."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Slotwell-Timestamp": timestamp, "Slotwell-Signature": f"v1={digest}"}


async def _beginning(answer: httpx.Response) -> bytes:
    """As much of the answer as a well-behaved provider sends; the rest is left unread."""
    content = b""
    try:
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > _LONGEST_ANSWER:
                break
    except httpx.HTTPError:
        return b""  # the status line said it all
    return content


def _provider_id(content: bytes) -> str | None:
    """The provider's own name for the message, if it told one; accepted is accepted without."""
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    name = answer.get("id") if isinstance(answer, dict) else None
    return name[:255] if isinstance(name, str) else None


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3); None for anything else."""
    if value is None:
        return None
    try:
        if value.isdecimal():
            return timedelta(seconds=min(int(value), 86_400))
        return max(parsedate_to_datetime(value) - now, timedelta())
    except (ValueError, TypeError):
        return None
