"""Whether a callback was written by the SMS provider that it claims to come from, compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

_TOLERANCE = timedelta(minutes=5)


def is_twilios(signature: str, *, url: str, fields: Iterable[tuple[str, str]], token: str) -> bool:
    """Twilio's: HMAC-SHA1 over the address it called and the form's fields in order, in base64.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    expected = base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1))
    return hmac.compare_digest(expected, signature.encode())


def is_vonages(jwt: str, *, body: bytes, secret: str, now: datetime) -> bool:
    """Vonage's: a JSON web token signed by HS256, whose claim `payload_hash` is the body's SHA-256.

    Source: https://developer.vonage.com/en/getting-started/concepts/webhooks (decoding signed webhooks)
    """
    head, _, rest = jwt.partition(".")
    claims, _, signature = rest.partition(".")
    expected = hmac.digest(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256)
    given = _decoded(signature)
    if given is None or not hmac.compare_digest(expected, given):
        return False
    header, said = _object(head), _object(claims)
    if header.get("alg") != "HS256":
        return False
    expires = said.get("exp")
    if expires is not None and not (isinstance(expires, int | float) and now.timestamp() < expires):
        return False
    return hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), str(said.get("payload_hash", "")).encode())


def is_ours(signature: str, *, timestamp: str, body: bytes, secret: str, now: datetime) -> bool:
    """The one of docs/sms.md: HMAC-SHA256 over timestamp, a dot and the body, at most five minutes old."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > _TOLERANCE.total_seconds():
        return False
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v1={expected}".encode(), signature.encode())


def _decoded(part: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return None


def _object(part: str) -> dict[str, object]:
    try:
        found = json.loads(_decoded(part) or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
