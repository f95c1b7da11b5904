"""A series' own page: every session, each to be managed by itself, and cancelling what is left of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.bookings import is_id
from gateway.web.cookies import keep_manage_token, keep_series_token, series_token
from gateway.web.forms import read_form
from gateway.web.guard import problem_page
from gateway.web.held import today_at
from gateway.web.pages import language_of, page, see, spaced_phone
from gateway.web.papers import lacking_of
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.series import booked, total
from gateway.web.words import Notice, notice_of, problem, unheard

Series = Mapping[str, Any]


async def enter(request: Request) -> Response:
    """GET /s/{id}/{token}: the link from a message. The token becomes a cookie and leaves the address."""
    series_id, token = request.path_params["series_id"], request.path_params["token"]
    if not is_id(series_id):
        return link_wrong(request)
    try:
        await request.app.state.slotwell.series.series(series_id=series_id, token=token)
    except Refused:
        return link_wrong(request)
    response = RedirectResponse(
        f"/series/{series_id}", 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
    keep_series_token(request, response, series_id, token)
    return response


async def show(request: Request) -> Response:
    """GET /series/{id}."""
    found = await _opened(request)
    if isinstance(found, Response):
        return found
    series, token = found
    return series_page(request, series, token)


async def session(request: Request) -> Response:
    """GET /series/{id}/sessions/{number}: on to that session's own page, with the key to it."""
    found = await _opened(request)
    if isinstance(found, Response):
        return found
    series, _ = found
    number = request.path_params["number"]
    made = next((each["booking"] for each in series["sessions"] if each["session"] == number), None)
    if made is None:
        return see(f"/series/{series['id']}")
    response = see(f"/bookings/{made['id']}")
    keep_manage_token(request, response, made["id"], made["manage_token"])
    return response


async def cancel(request: Request) -> Response:
    """POST /series/{id}/cancel: every session to come; past the free time of one only with the fee accepted."""
    form = await read_form(request)
    token, language = token_of(request), language_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language))
    series_id = request.path_params["series_id"]
    try:
        await request.app.state.slotwell.series.cancel(
            series_id=series_id, token=token, accept_fee=form.get("accept_fee") == "yes"
        )
    except Refused as refused:
        if refused.code == "token_invalid":
            return link_wrong(request)
        notice, status = notice_of(refused, language)
        late = refused.code == "outside_policy"
        told = None if late and "fee_offered" in form else notice
        return series_page(
            request, await read_series(request, token), token, notice=told, status=status, fee_missing=late
        )
    except (Unavailable, OutcomeUnknown) as error:
        told = unheard(error, language)
        return series_page(request, await read_series(request, token), token, notice=told, status=503)
    return see(f"/series/{series_id}")


async def back(request: Request) -> Response:
    """GET on an address that only takes forms."""
    return see(f"/series/{request.path_params['series_id']}")


def series_page(
    request: Request,
    series: Series,
    token: str,
    *,
    notice: Notice | None = None,
    status: int = 200,
    fee_missing: bool = False,
) -> Response:
    """Every session as it stands; answers 503 where what was asked for may yet go through."""
    language, location = language_of(request), series["location"]
    now, today = request.app.state.slotwell.clock.now(), today_at(request, location["zone"])
    bookings = [each["booking"] for each in series["sessions"] if each["booking"]]
    needs = {each["id"]: lacking_of(request, each, language) for each in bookings if each["state"] == "confirmed"}
    rows = booked(series, now=now, today=today, language=language, needs=needs)
    left = [each for each in bookings if each["state"] == "confirmed" and datetime.fromisoformat(each["start"]) > now]
    late = [each for each in left if datetime.fromisoformat(each["free_until"]) <= now and each.get("fee")]
    guest = bookings[0]["guest"] if bookings else {}
    contacts = [guest.get("email"), spaced_phone(guest["phone"]) if guest.get("phone") else None]
    response = page(
        request,
        "series.html",
        status,
        private=True,
        here=f"/series/{series['id']}",
        visit=series.get("arrangement") is not None,
        rows=rows,
        left=len(left),
        open=[row for row in rows if row.open],
        displaced=[row for row in rows if row.displaced],
        fresh="new" in request.query_params,
        filled="filled" in request.query_params,
        guest_name=guest.get("name", ""),
        sent_to=language.all_of([each for each in contacts if each]),
        price=total([each["price"] for each in left], language),
        place=location["name"],
        zone_place=location["address"]["city"],
        phone=location["phone"],
        fee=total([each["fee"] for each in late], language),
        fee_missing=fee_missing,
        link=_link(request, series["id"], token),
        again=Choice(location=location["id"], service=series["sessions"][0]["service"]["id"]).address(),
        notice=notice,
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


async def read_series(request: Request, token: str) -> Series:
    """The series of the address, or `Refused`."""
    answer = await request.app.state.slotwell.series.series(series_id=request.path_params["series_id"], token=token)
    series: Series = answer["series"]
    return series


async def _opened(request: Request) -> tuple[Series, str] | Response:
    token = token_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    try:
        return await read_series(request, token), token
    except Refused:
        return link_wrong(request)


def token_of(request: Request) -> str | None:
    """The key to the series in the address, if this browser has it."""
    return series_token(request) if is_id(request.path_params["series_id"]) else None


def link_wrong(request: Request) -> Response:
    """The page that says that a link opens nothing."""
    return problem_page(request, problem("series_link_wrong", language_of(request)))


def _link(request: Request, series_id: str, token: str) -> str:
    public_url = str(request.app.state.slotwell.settings.public_url).rstrip("/")
    return f"{public_url}/s/{series_id}/{token}"
