"""Keyed digests of addresses: the same address is known again, and no row tells whose it is."""

import hashlib
import hmac

from runtime.secrets import derive_key


class Digests:
    """Digests under the installation's secret. With another secret old ones are known no more, and nothing else."""

    def __init__(self, secret: str) -> None:
        self._key = derive_key(secret, "message recipients")

    def of(self, address: str) -> bytes:
        """The address's digest, 16 bytes."""
        return hmac.digest(self._key, address.encode(), hashlib.sha256)[:16]
