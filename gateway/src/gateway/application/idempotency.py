"""What makes a repeated request the same request."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """A client's key, the scope in which it is unique, and the hash of what was asked with it.

    `scope` is the operation and who asks. It never holds an address or a token in the clear.
    """

    scope: str
    key: str
    body_hash: str

    @classmethod
    def of(cls, *, operation: str, caller: bytes, secret: bytes, key: str, body: Mapping[str, Any]) -> Self:
        """The key of `caller` for `operation`; two bodies that mean the same JSON have the same hash."""
        who = hashlib.blake2b(caller, key=secret, digest_size=16).hexdigest()
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return cls(scope=f"{operation}:{who}", key=key, body_hash=hashlib.sha256(canonical.encode()).hexdigest())

    def as_wire(self) -> dict[str, str]:
        """The form in which it travels to the service that owns the effect."""
        return {"scope": self.scope, "key": self.key, "body_hash": self.body_hash}
