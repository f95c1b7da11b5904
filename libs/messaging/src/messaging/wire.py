"""Names and headers of the RPC protocol, which is nameko's own (2.14), so that its tools can take part.

A call goes to the exchange `nameko-rpc` under `<service>.<method>`, lands in the queue `rpc-<service>` and carries
`{"args": [], "kwargs": {…}}`; the answer returns through the same exchange under the caller's `reply_to`.
"""

import math
from collections.abc import Mapping
from typing import Any

import orjson

RPC_EXCHANGE = "nameko-rpc"
DEADLINE = "deadline"
CORRELATION = "correlation_id"
HEADER_PREFIX = "nameko."

TRANSIENT = 1
PERSISTENT = 2
CONTENT_TYPE = "application/json"

# Only what JSON knows: a time or a dataclass in a message is a mistake, and is to be told as one.
_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def rpc_queue(service: str) -> str:
    """The queue that takes calls for a service."""
    return f"rpc-{service}"


def call_headers(*, correlation_id: str | None, deadline: float) -> dict[str, str]:
    """The headers of a call: whose request it belongs to, and when it becomes pointless (seconds since the epoch)."""
    # Cut off, not rounded: nobody is to work for longer than the caller waits.
    headers = {HEADER_PREFIX + DEADLINE: f"{math.floor(deadline * 1000) / 1000:.3f}"}
    if correlation_id:
        headers[HEADER_PREFIX + CORRELATION] = correlation_id
    return headers


def dump(body: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, short."""
    return orjson.dumps(body, option=_PLAIN)


def load(body: bytes | str) -> Any:
    """What JSON says. Raises ValueError."""
    return orjson.loads(body)


def call_body(kwargs: Mapping[str, Any]) -> bytes:
    """The body of a call."""
    return dump({"args": [], "kwargs": dict(kwargs)})
