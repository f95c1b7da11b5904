"""The link by which a guest ends one kind of messages: it works for years, without a booking and without signing in."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection

from runtime.secrets import derive_key

from notifications.domain.declined import Declined

PREVIEW = "preview"
"""Stands in a preview for the token: it opens nothing."""
_DIGEST = 16
_LONGEST = 300


class UnsubscribeLinks:
    """Makes and reads the tokens. One says the kind and the addresses' digests, and proves that we said so."""

    def __init__(self, secret: str, *, public_url: str) -> None:
        self._key = derive_key(secret, "unsubscribe links")
        self._public_url = public_url.rstrip("/")

    def link(self, declined: Collection[Declined]) -> str:
        """The address for what belongs together: one kind, one guest."""
        return f"{self._public_url}/u/{self._token(declined)}"

    def read(self, token: str) -> frozenset[Declined]:
        """What the token says; nothing for one that we did not make."""
        said, _, proof = token.rpartition(".")
        if len(token) > _LONGEST or not token.isascii() or not hmac.compare_digest(self._proof(said), proof):
            return frozenset()
        kind, *digests = said.split(".")
        return frozenset(Declined(_bytes(digest), kind) for digest in digests)

    def _token(self, declined: Collection[Declined]) -> str:
        (kind,) = {one.kind for one in declined}
        said = ".".join([kind, *sorted(_text(one.recipient) for one in declined)])
        return f"{said}.{self._proof(said)}"

    def _proof(self, said: str) -> str:
        return _text(hmac.digest(self._key, said.encode(), hashlib.sha256)[:_DIGEST])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
