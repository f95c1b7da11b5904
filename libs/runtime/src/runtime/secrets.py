"""Keys for separate purposes from the installation's one secret, so that a leak of one says nothing of another."""

import hashlib
import hmac


def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for `purpose`; the same for the same secret. HKDF-Expand's first block (RFC 5869)."""
    return hmac.digest(secret.encode(), f"slotwell:{purpose}".encode() + b"\x01", hashlib.sha256)
