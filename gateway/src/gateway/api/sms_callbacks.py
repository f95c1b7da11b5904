"""What providers send us, read and proved: each in its own shape and with its own signature.

The clock of signatures is the real one: a demo's travel must not make a provider's time wrong.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.api.reading import parse_json
from gateway.application.errors import Refused
from gateway.domain.signatures import is_ours, is_twilios, is_vonages
from gateway.settings import GatewaySettings

_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback whose signature holds. `said` are its members, as text where they are text."""

    provider: Literal["twilio", "vonage", "http", "smtp"]
    said: dict[str, Any]

    def text(self, name: str, *, required: bool = True) -> str:
        """One member as text; raises `Refused` where a required one is missing, or is no text."""
        value = self.said.get(name)
        if isinstance(value, str) and (value or not required):
            return value.replace("\x00", "")
        if required:
            raise Refused(code="callback_unreadable", detail=f"{name} is missing.")
        return ""


async def from_twilio(request: Request, settings: GatewaySettings) -> Callback:
    """A form, signed together with the public address that Twilio called."""
    token = _set_up(settings.twilio_auth_token)
    body = await request.body()
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as problem:
        raise Refused(code="callback_unreadable", detail="The form cannot be read.") from problem
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.public_url.rstrip('/')}{request.url.path}{query}"
    if not is_twilios(request.headers.get("x-twilio-signature", ""), url=url, fields=fields, token=token):
        raise Refused(code="signature_invalid")
    return Callback(provider="twilio", said=dict(fields))


async def from_vonage(request: Request, settings: GatewaySettings) -> Callback:
    """JSON, with a signed token that names its hash."""
    secret = _set_up(settings.vonage_signature_secret)
    body = await request.body()
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not is_vonages(token.strip(), body=body, secret=secret, now=datetime.now(UTC)):
        raise Refused(code="signature_invalid")
    return Callback(provider="vonage", said=_object(body))


async def from_http(request: Request, settings: GatewaySettings) -> Callback:
    """JSON, signed as docs/sms.md says."""
    return Callback(provider="http", said=await _signed_by_us(request, settings.sms_secret))


async def from_mail(request: Request, settings: GatewaySettings) -> Callback:
    """The same about an e-mail, signed with a secret of its own."""
    return Callback(provider="smtp", said=await _signed_by_us(request, settings.email_hook_secret))


async def _signed_by_us(request: Request, secret: str) -> dict[str, Any]:
    _set_up(secret)
    body = await request.body()
    timestamp = request.headers.get("slotwell-timestamp", "")
    signature = request.headers.get("slotwell-signature", "")
    if not is_ours(signature, timestamp=timestamp, body=body, secret=secret, now=datetime.now(UTC)):
        raise Refused(code="signature_invalid")
    return _object(body)


def e164(number: str) -> str:
    """The number with its plus, which some providers leave out. What is no number stays as it is."""
    bare = number.removeprefix("+")
    return f"+{bare}" if bare.isascii() and bare.isdigit() and len(bare) > 6 else number[:200]


def _set_up(secret: str) -> str:
    """An empty secret would make every signature good: without one there is nobody to listen to."""
    if not secret:
        raise Refused(code="hook_not_set_up")
    return secret


def _object(body: bytes) -> dict[str, Any]:
    said = parse_json(body)
    if not isinstance(said, dict):
        raise Refused(code="callback_unreadable", detail="The body is not a JSON object.")
    return said
