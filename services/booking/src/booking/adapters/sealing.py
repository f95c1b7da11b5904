"""What is said about health, kept so that a copy of the database does not tell it: Fernet, with rotatable keys."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, MultiFernet


class Sealing:
    """Seals with the first key, opens with any: put a new key first, and take the old one away when all is sealed anew.

    Keys are 32 bytes.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def seal(self, values: Mapping[str, Any]) -> bytes:
        """Return the values as nobody without a key can read them."""
        return self._keys.encrypt(json.dumps(dict(values)).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return the values; `cryptography.fernet.InvalidToken` if no key opens them."""
        values: dict[str, Any] = json.loads(self._keys.decrypt(bytes(sealed)))
        return values
