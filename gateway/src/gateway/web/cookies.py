"""The cookies: the hold that a guest is working on, the keys to one booking, one series, one place on the waitlist."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gateway.web.pages import is_secure

_HOLD = "slotwell_hold"
_MANAGE = "slotwell_manage"
_WAITING = "slotwell_waiting"
_SERIES = "slotwell_series"
# A hold lives for half an hour at most; its cookie a little longer, so that coming back finds the form.
_HOLD_SECONDS = 2 * 60 * 60
_MANAGE_SECONDS = 180 * 24 * 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_.~=-]{1,3000}")
_ID = re.compile(r"[0-9A-Fa-f-]{36}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldKey:
    """What a guest shows to act on their hold."""

    id: str
    token: str


def hold_key(request: Request) -> HoldKey | None:
    """The hold that this browser has, if any."""
    hold_id, _, token = request.cookies.get(_HOLD, "").partition(":")
    if not _ID.fullmatch(hold_id) or not _TOKEN.fullmatch(token):
        return None
    return HoldKey(id=hold_id, token=token)


def keep_hold(request: Request, response: Response, key: HoldKey) -> None:
    """Remember this hold, in place of the one before."""
    response.set_cookie(
        _HOLD,
        f"{key.id}:{key.token}",
        max_age=_HOLD_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def forget_hold(request: Request, response: Response) -> None:
    """Remember no hold."""
    response.delete_cookie(_HOLD, path="/", httponly=True, samesite="lax", secure=is_secure(request))


def manage_token(request: Request) -> str | None:
    """The token of the booking in the address, if this browser has it: each booking has its own cookie."""
    token = request.cookies.get(_MANAGE, "")
    return token if _TOKEN.fullmatch(token) else None


def keep_manage_token(request: Request, response: Response, booking_id: str, token: str) -> None:
    """Let this browser see and cancel that booking."""
    _keep(request, response, _MANAGE, token, path=f"/bookings/{booking_id}")


def entry_token(request: Request) -> str | None:
    """The token of the waitlist's entry in the address, if this browser has it: each entry has its own cookie."""
    token = request.cookies.get(_WAITING, "")
    return token if _TOKEN.fullmatch(token) else None


def keep_entry_token(request: Request, response: Response, entry_id: str, token: str) -> None:
    """Let this browser see, answer and give up that place on the waitlist."""
    _keep(request, response, _WAITING, token, path=f"/waitlist/{entry_id}")


def series_token(request: Request) -> str | None:
    """The token of the series in the address, if this browser has it: each series has its own cookie."""
    token = request.cookies.get(_SERIES, "")
    return token if _TOKEN.fullmatch(token) else None


def keep_series_token(request: Request, response: Response, series_id: str, token: str) -> None:
    """Let this browser see, repair and cancel that series."""
    _keep(request, response, _SERIES, token, path=f"/series/{series_id}")


def _keep(request: Request, response: Response, name: str, token: str, *, path: str) -> None:
    response.set_cookie(
        name,
        token,
        max_age=_MANAGE_SECONDS,
        path=path,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
