"""What makes a form that is sent twice the same request."""

from collections.abc import Mapping
from typing import Any

from runtime.secrets import derive_key
from starlette.requests import Request

from gateway.application.idempotency import Idempotency


def idempotency_of(request: Request, *, operation: str, caller: str, key: str, body: Mapping[str, Any]) -> Idempotency:
    """The key that a page carried in its form, for whoever that page was made for."""
    secret = request.app.state.slotwell.settings.secret_key
    return Idempotency.of(
        operation=operation,
        caller=caller.encode(),
        secret=derive_key(secret, "page-idempotency"),
        key=key[:100],
        body=body,
    )
