"""The SMS side of the sink: a provider that checks signatures, honours keys, and delivers nothing.

The request is the one of docs/sms.md: JSON {key, to, text}, `Idempotency-Key`, and `Slotwell-Signature`, an HMAC-SHA256
over the timestamp, a dot and the body.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from runtime.clock import Clock
from runtime.logs import get_logger
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.demo.message import text_message
from gateway.demo.store import MessageStore, StoreAway

log = get_logger(__name__)
# How far a sender's clock may be from ours: a request that was listened to is of no use later.
_TOLERANCE_SECONDS = 300
_MOST_BYTES = 16 * 1024


class SmsReceiver:
    """Answers POST / as an SMS provider does."""

    def __init__(self, store: MessageStore, clock: Clock, *, secret: str) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret.encode()

    def app(self) -> Starlette:
        """The receiver as an ASGI application."""
        return Starlette(routes=[Route("/{path:path}", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        """Keep the message: 202 once, 200 when its key is known, 401 for a wrong signature, 503 while we cannot."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return JSONResponse({"error": "too large"}, 413)
        if not self._is_signed(request, bytes(body)):
            return JSONResponse({"error": "the signature is missing, wrong or too old"}, 401)
        try:
            sent = json.loads(body)
            key, to, text = str(sent["key"]), str(sent["to"]), str(sent["text"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "expected JSON with key, to and text"}, 400)
        message = text_message(
            to=to.replace("\x00", ""),
            text=text.replace("\x00", ""),
            key=key.replace("\x00", ""),
            received_at=self._clock.now(),
        )
        try:
            is_new = await self._store.add(message)
        except StoreAway:
            return JSONResponse({"error": "try again"}, 503, {"Retry-After": "2"})
        log.info("sms_received", message_id=message.id, repeated=not is_new)
        return JSONResponse({"id": message.id, "repeated": not is_new}, 202 if is_new else 200)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("slotwell-timestamp", "")
        given = request.headers.get("slotwell-signature", "")
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
            return False
        # Signatures are about real time, whatever the demo's clock says.
        if abs(datetime.now(UTC).timestamp() - int(stamp)) > _TOLERANCE_SECONDS:
            return False
        digest = hmac.new(self._secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v1={digest}".encode(), given.encode())
