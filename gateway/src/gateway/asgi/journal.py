"""One correlation id for a request, and one line in the log."""

import re
from time import perf_counter

from runtime import correlation
from runtime.logs import get_logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = get_logger("gateway.access")

# A message's link carries its token in the path once; a log must never show it. Query strings are never logged.
_LINK = re.compile(r"^(/[mw]/[^/]*|/u(?=/)).*", re.DOTALL)
_MOST = 200
# Load balancers and health checks ask every few seconds: only what is wrong is worth a line.
_PROBES = {"/healthz", "/readyz"}


class Journal:
    """Takes the client's X-Correlation-Id if it is harmless, else makes one; answers with it; logs what was done."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        offered = next((value for name, value in scope["headers"] if name == b"x-correlation-id"), None)
        status = 500
        began = perf_counter()

        with correlation.bind(correlation.accept(offered.decode("latin-1") if offered else None)) as bound:
            header = (b"x-correlation-id", bound.encode())

            async def marked(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message["headers"].append(header)
                await send(message)

            try:
                await self._app(scope, receive, marked)
            finally:
                say = log.debug if scope["path"] in _PROBES and status == 200 else log.info
                say(
                    "request",
                    method=scope["method"],
                    path=_LINK.sub(r"\1", scope["path"])[:_MOST],
                    status=status,
                    milliseconds=round((perf_counter() - began) * 1000, 1),
                )
