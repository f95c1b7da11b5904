"""Time travel: the demo's clock, and moving it forward."""

import json
from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from runtime.clock import DemoClock
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.web.forms import FormRefused, read_form
from gateway.web.pages import language_of, page, see

_LONGEST = 366 * 24 * 60
_LEAPS = (60, 12 * 60, 24 * 60, 7 * 24 * 60)


async def show(request: Request) -> Response:
    """GET /demo/clock, as a page or, for programs, as JSON {now, ahead_seconds}."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(_told(request), headers={"Cache-Control": "no-store"})
    language = language_of(request)
    now = request.app.state.slotwell.clock.now()
    return page(
        request,
        "demo/clock.html",
        private=True,
        clocks=[
            {
                "place": branch["address"]["city"],
                "day": language.full_day(now.astimezone(ZoneInfo(branch["zone"])).date()),
                "clock": language.clock(now.astimezone(ZoneInfo(branch["zone"]))),
            }
            for branch in request.app.state.slotwell.catalog.locations()
        ],
        ahead=_ahead_in_words(request),
        leaps=_LEAPS,
        movable=_clock(request) is not None,
    )


async def move(request: Request) -> Response:
    """POST /demo/clock, a form or JSON {forward_minutes}: moves the clock of the whole platform forward."""
    clock = _clock(request)
    is_json = request.headers.get("content-type", "").startswith("application/json")
    sent: Mapping[str, object]
    if is_json:
        try:
            sent = json.loads(await request.body())
        except ValueError as problem:
            raise FormRefused(400) from problem
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise FormRefused(403)
    else:
        sent = await read_form(request)
    minutes = _minutes(sent.get("forward_minutes") if isinstance(sent, Mapping) else None)
    if clock is None or minutes is None:
        text = f"forward_minutes is a number of minutes, more than 0 and at most {_LONGEST}"
        if is_json:
            return JSONResponse({"error": text}, 422)
        return see("/demo/clock")
    clock.advance(timedelta(minutes=minutes))
    if is_json:
        return JSONResponse(_told(request))
    return see("/demo/inbox" if sent.get("then") == "inbox" else "/demo/clock")


def _told(request: Request) -> Mapping[str, object]:
    clock = _clock(request)
    return {
        "now": request.app.state.slotwell.clock.now().isoformat(),
        "ahead_seconds": clock.offset().total_seconds() if clock else 0,
    }


def _clock(request: Request) -> DemoClock | None:
    clock = request.app.state.slotwell.clock
    return clock if isinstance(clock, DemoClock) else None


def _ahead_in_words(request: Request) -> str:
    """ "2 days, 3 hours ahead of real time", or that it is real time."""
    clock = _clock(request)
    minutes = int(clock.offset().total_seconds() // 60) if clock else 0
    language = language_of(request)
    days, rest = divmod(minutes, 24 * 60)
    parts = [
        language.several("%(count)d day", "%(count)d days", days) if days else "",
        language.several("%(count)d hour", "%(count)d hours", rest // 60) if rest // 60 else "",
        language.several("%(count)d minute", "%(count)d minutes", rest % 60) if rest % 60 else "",
    ]
    said = language.all_of([part for part in parts if part])
    return language.text("%(span)s ahead of real time", span=said) if said else language.text("This is real time")


def _minutes(given: object) -> float | None:
    try:
        minutes = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else 0.0
    except ValueError:
        return None
    return minutes if 0 < minutes <= _LONGEST else None
