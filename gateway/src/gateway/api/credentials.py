"""What a client shows: tokens, idempotency keys, the revision that it has seen."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Literal

from runtime.secrets import derive_key
from starlette.requests import Request

from gateway.application.errors import Refused, WrongField
from gateway.application.idempotency import Idempotency
from gateway.platform import Platform

Token = Literal["hold", "manage", "admin"]

_BEARER = re.compile(r"bearer +(\S.*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=:-]+")
_LONGEST: Mapping[Token, int] = {"hold": 4000, "manage": 500, "admin": 500}
# A token names what it opens, so an id that cannot exist is simply not what the token opens.
INVALID: Mapping[Token, str] = {"hold": "hold_token_invalid", "manage": "token_invalid", "admin": "admin_token_invalid"}
_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
_TAG = re.compile(r'"(\d{1,9})"')


def bearer(request: Request, kind: Token) -> str:
    """The token in Authorization. Without one `token_required`; one that cannot be ours is as good as a wrong one."""
    header = request.headers.get("authorization", "")
    found = _BEARER.fullmatch(header)
    if found is None:
        raise Refused(code="token_required", detail="Authorization: Bearer <token> is missing.")
    if len(found[1]) > _LONGEST[kind] or not _TOKEN.fullmatch(found[1]):
        raise Refused(code=INVALID[kind])
    return found[1]


def check_admin(token: str, *, sha256: str) -> None:
    """Refuse a token that is not the installation's; where none was set up, every token is refused."""
    given = hashlib.sha256(token.encode()).hexdigest()
    if not sha256 or not hmac.compare_digest(given, sha256):
        raise Refused(code="admin_token_invalid")


def idempotency(
    request: Request, platform: Platform, *, operation: str, body: dict[str, object], caller: str | None = None
) -> Idempotency | None:
    """The client's Idempotency-Key for `operation`, if it sent one.

    Keys of different callers never meet. Who has no token is told apart by network address, of which only a keyed hash
    leaves this process.
    """
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        wrong = WrongField(field="Idempotency-Key", problem="must be one key of 1 to 255 visible ASCII characters")
        raise Refused(code="invalid_request", detail="The Idempotency-Key cannot be used.", fields=[wrong])
    who = caller if caller is not None else f"address:{request.client.host if request.client else ''}"
    return Idempotency.of(
        operation=operation,
        caller=who.encode(),
        secret=derive_key(platform.settings.secret_key, "idempotency"),
        key=keys[0],
        body=body,
    )


def if_revision(request: Request) -> int | None:
    """The revision that If-Match asks for; None if it asks for none. A tag that is not ours matches no revision."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    found = _TAG.fullmatch(header.strip())
    return int(found[1]) if found else 0
