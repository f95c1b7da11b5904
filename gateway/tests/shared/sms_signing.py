"""Signing as SMS providers do, written anew from their documentation."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

TOKEN = "twilio's token of the tests"
SECRET = "vonage's secret of the tests"
OURS = "our secret of the tests"
TWILIO = "/v1/hooks/sms/twilio"


def twilios(form: dict[str, str], *, url: str = f"https://book.example{TWILIO}", token: str = TOKEN) -> str:
    """As Twilio signs: the address, then every field and its value, by name."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def jwt(body: bytes, *, secret: str = SECRET, alg: str = "HS256", **claims: Any) -> str:
    """As Vonage signs: a token over the body's hash."""
    said = {"iat": 1795428900, "payload_hash": hashlib.sha256(body).hexdigest(), **claims}
    signed = f"{_part(json.dumps({'alg': alg, 'typ': 'JWT'}).encode())}.{_part(json.dumps(said).encode())}"
    return f"{signed}.{_part(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def ours(body: bytes, *, age: int = 0, secret: str = OURS) -> dict[str, str]:
    stamp = str(int(datetime.now(UTC).timestamp()) - age)
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Slotwell-Timestamp": stamp, "Slotwell-Signature": f"v1={digest}"}
