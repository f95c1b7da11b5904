"""No body is larger than 64 KiB, whether it says so beforehand or not.

A clinic as one document may have 4 MiB, a sheet of bookings 2.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.application.errors import Refused

MOST_BYTES = 64 * 1024
LARGER = {"/v1/admin/clinic": 4 * 1024 * 1024, "/v1/admin/imports/bookings": 2 * 1024 * 1024}
"""The addresses that take more; each is behind a token."""


class BodyLimit:
    """Refuses with `body_too_large` as soon as it is known, and reads no further."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Refused], ASGIApp]) -> None:
        """`answer` makes the response to what was announced as too large; past that, reading raises the refusal."""
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGER.get(scope["path"], MOST_BYTES)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if announced.isdigit() and int(announced) > most:
            await self._answer(_too_large(most))(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _too_large(most)
            return message

        await self._app(scope, counted, send)


def _too_large(most: int) -> Refused:
    much = f"{most // 1024} KiB" if most < 1024 * 1024 else f"{most // (1024 * 1024)} MiB"
    return Refused(code="body_too_large", detail=f"This address takes at most {much}.")
