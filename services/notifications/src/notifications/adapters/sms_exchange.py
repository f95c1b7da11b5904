"""One request to an SMS provider over HTTP, and what its answer means: the same for every provider that speaks it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Unknown

_LONGEST_ANSWER = 64 * 1024
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# The provider says that it did nothing, or our settings are wrong and will be mended (402: the account is empty).
_LATER = (401, 402, 403, 404, 408, 409, 425, 429, 503)

Said = Mapping[str, Any]
"""What a provider's answer says, empty if it can't be read."""


def real_time() -> datetime:
    return datetime.now(UTC)


class SmsExchange:
    """Sends requests and judges answers. Problems name codes, never numbers: providers quote those in their answers."""

    def __init__(self, *, timeout: float, now: Callable[[], datetime] = real_time) -> None:
        """`timeout` seconds for each wait, and twice that for the whole exchange."""
        self._now = now
        # Proxies of the environment are not asked: the address is the installation's own choice.
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(timeout, connect=3), trust_env=False)
        self._patience = 2 * timeout  # for the whole exchange: a drip of bytes would keep single waits short

    async def post(
        self,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        auth: tuple[str, str] | None = None,
        name: Callable[[Said], object],
        refusal: Callable[[int, Said], Outcome | None] = lambda _code, _said: None,
    ) -> Outcome:
        """Post it once and say what became of it.

        `name` finds the provider's own name for the message in its answer; `refusal` judges a refusal whose
        body says more than its status.
        """
        try:
            async with (
                asyncio.timeout(self._patience),
                self._client.stream("POST", url, content=content, headers=headers, auth=auth) as answer,
            ):
                said = _said(await _beginning(answer))
                if answer.is_success:
                    found = name(said)
                    return Accepted(found[:255] if isinstance(found, str) and found else None)
                return refusal(answer.status_code, said) or self._declined(answer)
        except _NEVER_SENT as problem:
            return NotNow(type(problem).__name__)
        except (httpx.HTTPError, TimeoutError) as problem:
            return Unknown(type(problem).__name__)

    async def close(self) -> None:
        await self._client.aclose()

    def now(self) -> datetime:
        return self._now()

    def _declined(self, answer: httpx.Response) -> Outcome:
        code = answer.status_code
        problem = f"HTTP {code}"
        if code in _LATER or answer.is_redirect:
            return NotNow(problem, _retry_after(answer.headers.get("Retry-After"), self._now()))
        if code >= 500:
            return Unknown(problem)  # it may have been sent before the provider stumbled
        return Rejected(problem)


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


def _said(content: bytes) -> Said:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


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
