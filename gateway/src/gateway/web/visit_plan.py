"""A visit of several parts before it is booked: when each begins, who comes, and booking all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.companions import companion_of, missing_of
from gateway.web.cookies import keep_series_token
from gateway.web.filled import (
    FieldError,
    Form,
    contact_errors_of,
    guest_of,
    kept_contact,
    missing_contact,
    questions_of,
)
from gateway.web.forms import read_form, start_of
from gateway.web.held import today_at
from gateway.web.idempotency import idempotency_of
from gateway.web.pages import language_of, page, see
from gateway.web.papers import kept_papers, papers_of, payers, refused_notice, wrong_in
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.times import alternatives_of
from gateway.web.presenters.together import read_together, rows_of_visit
from gateway.web.visit_answers import Part, missing, parts_of, screening_of, with_answers
from gateway.web.visit_wanted import Wanted, wanted
from gateway.web.visit_wish import visits_between, wish_page
from gateway.web.words import Notice, notice_of, unheard

# The wish itself will not do: it is shown again, with what was wrong.
_ABOUT_THE_FORM = {"screening_required", "clearance_needed", "slot_taken", "not_a_start"}
_SECOND = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a page says beside the visit itself."""

    errors: Sequence[FieldError] = ()
    notice: Notice | None = None
    near: Sequence[Mapping[str, Any]] = ()
    """Times near one that was taken."""
    status: int = 200


async def show(request: Request) -> Response:
    """GET /visits: the wish, or, once a time is chosen, the parts as they would be."""
    found = wanted(request, request.query_params)
    if found is None:
        return see(Choice(location=request.query_params.get("location")).address())
    if found.wish.slot is None or not found.complete:
        return await wish_page(request, found)
    return await _planned(request, found, {}, _Shown())


async def choose_time(request: Request) -> Response:
    """POST /visits/time: another time, pressed where the one before was taken. What was typed comes along."""
    form = await read_form(request)
    found = wanted(request, form)
    if found is None or not found.complete or found.wish.slot is None:
        return see(read_together(form).address())
    fresh = {name: value for name, value in form.items() if name != "key"}
    return await _planned(request, found, fresh, _Shown())


async def book(request: Request) -> Response:
    """POST /visits/book: book all parts, or show them again with what is missing."""
    form = await read_form(request)
    found = wanted(request, form)
    if found is None:
        return see("/")
    if found.wish.slot is None or not found.complete:
        return await wish_page(request, found, status=422)
    errors = missing_contact(form, language_of(request)) + _unanswered(request, found, form)
    if errors:
        return await _planned(request, found, form, _Shown(errors=errors, status=422))
    return await _booked(request, found, form)


async def back(_: Request) -> Response:
    """GET on an address that only takes forms."""
    return see("/")


async def _booked(request: Request, found: Wanted, form: Form) -> Response:
    language, wish = language_of(request), found.wish
    # What was typed about the guests is no part of it: a press that was not heard is the same visit, whatever was
    # corrected since.
    body = {"location": wish.location, "arrangement": wish.arrangement, "parts": wish.asked(), "start": wish.slot}
    key = form.get("key") or token_urlsafe(16)
    try:
        made = await request.app.state.slotwell.series.book_visit(
            location_id=wish.location,
            arrangement=wish.arrangement,
            start=start_of(wish.slot or ""),
            parts=_parts(found, form),
            guest=guest_of(form, language),
            **papers_of(form),
            idempotency=idempotency_of(request, operation="page.visit", caller=key, key=key, body=body),
        )
    except Refused as refused:
        return await _refused(request, found, form, refused)
    except (Unavailable, OutcomeUnknown) as error:
        return await _planned(request, found, form, _Shown(notice=unheard(error, language), status=503))
    series_id = made["series"]["id"]
    response = see(f"/series/{series_id}?new=1")
    keep_series_token(request, response, series_id, made["token"])
    return response


def _parts(found: Wanted, form: Form) -> list[dict[str, Any]]:
    asked = zip(found.wish.asked(), found.parts, _asking(found), strict=True)
    parts: list[dict[str, Any]] = [
        {**wanted, "screening": screening_of(asking, picked.service, form)} for wanted, picked, asking in asked
    ]
    if found.wish.at_once:
        parts[1]["name"] = form[f"name{_SECOND}"]
    return parts


def _asking(found: Wanted) -> list[Part]:
    return parts_of([part.service for part in found.parts], alone=not found.wish.at_once)


def _unanswered(request: Request, found: Wanted, form: Form) -> list[FieldError]:
    """Every safety question without an answer, and the name of who comes along."""
    language, (first, *others) = language_of(request), _asking(found)
    errors = missing(first, form, language)
    if found.wish.at_once:
        return errors + missing_of(_SECOND, others[0].asked, form, language)
    return errors + [error for part in others for error in missing(part, form, language)]


async def _refused(request: Request, found: Wanted, form: Form, refused: Refused) -> Response:
    language = language_of(request)
    errors = contact_errors_of(refused, language)
    errors += [FieldError(field=field, text=text) for field, text in wrong_in(refused, language)]
    if errors:
        return await _planned(request, found, form, _Shown(errors=errors, status=422))
    if refused.code in {"slot_taken", "not_a_start"}:
        return _gone(request, found, form, refused.extra.get("alternatives") or refused.extra.get("nearest") or ())
    notice, status = refused_notice(refused, language)
    if refused.code in _ABOUT_THE_FORM or "reason" in refused.extra:
        return await _planned(request, found, form, _Shown(notice=notice, status=status))
    return await wish_page(request, found, notice=notice, status=status, private=True)


async def _planned(request: Request, found: Wanted, form: Form, shown: _Shown) -> Response:
    """The parts as they would be now; what was typed is kept, also where booking cannot be asked."""
    start = start_of(found.wish.slot or "")
    plan: Mapping[str, Any] | None = None
    try:
        plan = await visits_between(request, found.wish, start, start + timedelta(seconds=1))
        if not plan["visits"]:
            return await _nothing_then(request, found, form, start)
    except Refused as refused:
        notice, status = notice_of(refused, language_of(request))
        return await wish_page(request, found, notice=notice, status=status, private=bool(form))
    except (Unavailable, OutcomeUnknown):
        if not form:
            raise
    return _page(request, found, plan, form, shown)


async def _nothing_then(request: Request, found: Wanted, form: Form, start: datetime) -> Response:
    """The time was taken since its button was drawn."""
    if not form:
        notice, status = notice_of(Refused("slot_taken"), language_of(request))
        day = start.astimezone(ZoneInfo(found.location["zone"])).date()
        there = replace(found, wish=replace(found.wish, day=day, week=None, slot=None))
        return await wish_page(request, there, notice=notice, status=status)
    around = await visits_between(request, found.wish, start - timedelta(days=1), start + timedelta(days=1))
    nearest = sorted(around["visits"], key=lambda one: abs(datetime.fromisoformat(one["start"]) - start))[:5]
    return _gone(request, found, form, nearest)


def _gone(request: Request, found: Wanted, form: Form, near: Sequence[Mapping[str, Any]]) -> Response:
    """What was typed, and the times near the one that is gone."""
    language = language_of(request)
    notice, status = notice_of(Refused("slot_taken"), language)
    if not near:
        notice = replace(notice, text=language.text("What you typed is kept. Please choose another day."))
    slots = [{**one, "practitioner_ids": ()} for one in near]
    return _page(request, found, None, form, _Shown(notice=notice, near=slots, status=status), gone=True)


def _page(
    request: Request,
    found: Wanted,
    plan: Mapping[str, Any] | None,
    form: Form,
    shown: _Shown,
    *,
    gone: bool = False,
) -> Response:
    wish, language, location = found.wish, language_of(request), found.location
    today = today_at(request, location["zone"])
    start = start_of(wish.slot or "").astimezone(ZoneInfo(location["zone"]))
    services = [part.service for part in found.parts]
    therapy = next((one for one in services if one["modality"] == "physical_therapy"), None)
    response = page(
        request,
        "visit_plan.html",
        shown.status,
        private=bool(form),
        at_once=wish.at_once,
        day=language.full_day(start.date(), near=today),
        rows=rows_of_visit(
            plan["visits"][0],
            plan["parts"],
            services=[one["name"] for one in services],
            extras=[part.extras for part in found.parts],
            names=found.names,
            wish=wish,
            zone=location["zone"],
            language=language,
        )
        if plan
        else [],
        gone=gone,
        alternatives=alternatives_of(shown.near, zone=location["zone"], today=today, names={}, language=language),
        price=language.price(plan["price"]) if plan else "",
        branch=location["name"],
        zone_place=location["address"]["city"],
        asked=_asked(found, form),
        companion=companion_of(_SECOND, _asking(found)[1].asked, form) if wish.at_once else None,
        payers=payers(therapy, language) if therapy else [],
        form={**kept_contact(form), **kept_papers(form)},
        carried=[
            *wish.carried(),
            # Where the time is gone, the buttons of the others say which.
            *([] if gone else [("slot", wish.slot)]),
            ("key", form.get("key") or token_urlsafe(16)),
        ],
        change=replace(wish, slot=None, day=start.date(), week=None).address("when"),
        errors=shown.errors,
        notice=shown.notice,
    )
    if shown.status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _asked(found: Wanted, form: Form) -> list[dict[str, Any]]:
    """The safety questions of whoever books, each with the treatment that asks it where they have several."""
    own = _asking(found)[: 1 if found.wish.at_once else None]
    several = not found.wish.at_once and len({part.service["id"] for part in found.parts}) > 1
    return [
        {**with_answers(part, form), "service": picked.service["name"] if several else ""}
        for part, picked in zip(own, found.parts, strict=False)
        if questions_of(part.asked)
    ]
