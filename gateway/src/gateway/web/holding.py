"""From a time to a hold: taking it, asking for more time, letting it go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.application.idempotency import Idempotency
from gateway.web.choose import choose_page
from gateway.web.cookies import HoldKey, forget_hold, hold_key, keep_hold
from gateway.web.details import details_page
from gateway.web.forms import read_form, start_of
from gateway.web.guard import problem_page
from gateway.web.held import carried_hold, choice_of, describe
from gateway.web.idempotency import idempotency_of
from gateway.web.pages import language_of, see
from gateway.web.presenters.choice import read_choice
from gateway.web.presenters.people import asked_for
from gateway.web.words import UNAVAILABLE, Notice, notice_of, problem, said


async def back(request: Request) -> Response:
    """GET on an address that only takes forms, as when a guest reloads it by hand."""
    return see("/book/details" if hold_key(request) else "/")


async def take(request: Request) -> Response:
    """POST /book/hold: hold the time whose button was pressed, in place of the one held before."""
    form = await read_form(request)
    typed = "hold" in form  # pressed on the second screen: what was typed there comes along
    before = hold_key(request)
    language = language_of(request)
    try:
        hold = await _take(request, form, before)
    except Refused as refused:
        notice, status = notice_of(refused, language)
        near = refused.extra.get("alternatives") or ()
        shown = carried_hold(request, form) if typed else None
        if shown is not None:
            over = dict(shown) | {"state": "expired"}
            return details_page(
                request, over, form, notice=notice, alternatives=near, bookable=bool(near), status=status
            )
        if refused.code == "slot_taken" and not near:
            notice = replace(notice, text=language.text("These are the times that are still free."))
        return await choose_page(request, read_choice(form), notice=notice, alternatives=near, status=status)
    except (Unavailable, OutcomeUnknown):
        return _away(request, form, said(UNAVAILABLE, language))
    key = HoldKey(id=hold["id"], token=hold["token"])
    response = see("/book/details")
    if typed:
        fresh = {name: value for name, value in form.items() if name not in {"key", "visit"}}
        response = details_page(request, hold, fresh)
    keep_hold(request, response, key)
    return response


async def extend(request: Request) -> Response:
    """POST /book/extend: the second screen again, held for longer."""
    form = await read_form(request)
    key = hold_key(request)
    language = language_of(request)
    if key is None:
        return problem_page(request, problem("no_hold", language))
    try:
        hold = await request.app.state.slotwell.booking.extend_hold(hold_id=key.id, token=key.token)
    except Refused as refused:
        described = await describe(request, key, form)
        if described is None:
            return problem_page(request, problem("no_hold", language))
        notice, status = notice_of(refused, language)
        return details_page(request, described, form, notice=notice, status=status)
    except (Unavailable, OutcomeUnknown):
        return _away(request, form, said(UNAVAILABLE, language))
    response = details_page(request, hold, form)
    keep_hold(request, response, HoldKey(id=hold["id"], token=hold["token"]))
    return response


async def release(request: Request) -> Response:
    """POST /book/release: let the time go and choose again, on the same day."""
    form = await read_form(request)
    key = hold_key(request)
    address = "/"
    if key is not None:
        hold = carried_hold(request, form) or await describe(request, key, form)
        if hold is not None:
            address = choice_of(request, hold, form).address("when")
        await _let_go(request, key)
    response = see(address)
    forget_hold(request, response)
    return response


async def _take(request: Request, form: Mapping[str, str], before: HoldKey | None) -> Mapping[str, Any]:
    """The new hold. The one before is let go once the new one stands, or first if it is what stands in the way."""
    try:
        hold = await _hold(request, form, again=False)
    except Refused as refused:
        if refused.code != "slot_taken" or before is None or not await _let_go(request, before):
            raise
        return await _hold(request, form, again=True)
    if before is not None and before.id != hold["id"]:
        await _let_go(request, before)
    return hold


async def _hold(request: Request, form: Mapping[str, str], *, again: bool) -> Mapping[str, Any]:
    choice = read_choice(form)
    wanted: dict[str, Any] = {
        "location_id": choice.location or "",
        "service_id": choice.service or "",
        "start": start_of(form.get("slot", "")),
    }
    service = request.app.state.slotwell.catalog.service(wanted["service_id"]) or {}
    wanted |= asked_for(choice, guests=service.get("guests") or 1)
    visit = form.get("visit", "")[:60] or token_urlsafe(12)
    take_hold = request.app.state.slotwell.booking.hold
    hold: Mapping[str, Any] = await take_hold(
        **wanted, idempotency=_idempotency(request, visit + ("+" if again else ""), wanted)
    )
    if hold.get("replayed") and datetime.fromisoformat(hold["expires_at"]) <= datetime.now(UTC):
        # The guest came back to an old page and pressed the same time again: that hold is over, so take anew.
        hold = await take_hold(**wanted, idempotency=_idempotency(request, token_urlsafe(12), wanted))
    return hold


def _idempotency(request: Request, visit: str, wanted: Mapping[str, Any]) -> Idempotency:
    start = wanted["start"].isoformat()
    return idempotency_of(request, operation="page.hold", caller=visit, key=start, body={**wanted, "start": start})


async def _let_go(request: Request, key: HoldKey) -> bool:
    """Release a hold if it still stands; whatever keeps us from it, it ends by itself."""
    try:
        await request.app.state.slotwell.booking.release_hold(hold_id=key.id, token=key.token)
    except (Refused, Unavailable, OutcomeUnknown):
        return False
    return True


def _away(request: Request, form: Mapping[str, str], notice: Notice) -> Response:
    """The second screen as the form tells of it, or a page that says we cannot reach the calendar."""
    shown = carried_hold(request, form)
    if shown is not None:
        return details_page(request, shown, form, notice=notice, status=503)
    told = problem("unavailable", language_of(request), back=read_choice(form).address("when"))
    return problem_page(request, told)
