"""A series before it is booked: the times that each session would get, who comes, and booking all of it at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.cookies import keep_series_token
from gateway.web.filled import (
    FieldError,
    Form,
    contact_errors_of,
    guest_of,
    kept_answers,
    kept_contact,
    missing_contact,
    questions_of,
    screening_of,
    unanswered,
)
from gateway.web.forms import read_form, start_of
from gateway.web.held import names_of, today_at
from gateway.web.idempotency import idempotency_of
from gateway.web.pages import language_of, page, see
from gateway.web.papers import kept_papers, papers_of, payers, refused_notice, wrong_in
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.rhythm import read_rhythm, wrong_numbers
from gateway.web.presenters.series import planned, total
from gateway.web.series_wish import Wished, summary, wish_page, wished
from gateway.web.words import Notice, notice_of, unheard

ALL, SOME = "all_or_nothing", "best_effort"
Plan = Mapping[str, Any]

# The wish itself will not do: it is shown again, with what was wrong.
_ABOUT_THE_FORM = {"screening_required", "clearance_needed", "series_incomplete", "slot_taken"}


async def show(request: Request) -> Response:
    """GET /series: the wish, or, once a first time is chosen, the sessions as they would be."""
    rhythm = read_rhythm(request.query_params)
    found = wished(request, rhythm)
    if found is None:
        return see(Choice(location=rhythm.location).address())
    if rhythm.slot is None or wrong_numbers(found.rhythm, language_of(request)):
        return await wish_page(request, found)
    return await _planned(request, found, {})


async def book(request: Request) -> Response:
    """POST /series/book: book all of it, or show it again with what is missing."""
    form = await read_form(request)
    found = wished(request, read_rhythm(form))
    if found is None:
        return see("/")
    if found.rhythm.slot is None or wrong_numbers(found.rhythm, language_of(request)):
        return await wish_page(request, found, status=422)
    errors = missing_contact(form, language_of(request)) + _unanswered(request, found, form)
    if errors:
        return await _planned(request, found, form, errors=errors, status=422)
    return await _booked(request, found, form)


async def back(_: Request) -> Response:
    """GET on an address that only takes forms."""
    return see("/")


async def _booked(request: Request, found: Wished, form: Form) -> Response:
    language = language_of(request)
    wish = found.rhythm.wish(starting=start_of(found.rhythm.slot or ""))
    # What was typed about the guest is no part of it: a press that was not heard is the same series, whatever was
    # corrected since.
    body = {**wish, "starting": found.rhythm.slot}
    key = form.get("key") or token_urlsafe(16)
    try:
        made = await request.app.state.slotwell.series.book(
            **wish,
            mode=form.get("mode") if form.get("mode") in {ALL, SOME} else ALL,
            guest=guest_of(form, language),
            screening=_screening(found, form),
            **papers_of(form),
            idempotency=idempotency_of(request, operation="page.series", caller=key, key=key, body=body),
        )
    except Refused as refused:
        return await _refused(request, found, form, refused)
    except (Unavailable, OutcomeUnknown) as error:
        told = unheard(error, language)
        return await _planned(request, found, form, notice=told, status=503)
    series_id = made["series"]["id"]
    response = see(f"/series/{series_id}?new=1")
    keep_series_token(request, response, series_id, made["token"])
    return response


async def _refused(request: Request, found: Wished, form: Form, refused: Refused) -> Response:
    language = language_of(request)
    errors = contact_errors_of(refused, language)
    errors += [FieldError(field=field, text=text) for field, text in wrong_in(refused, language)]
    if errors:
        return await _planned(request, found, form, errors=errors, status=422)
    notice, status = refused_notice(refused, language)
    if refused.code in _ABOUT_THE_FORM or "reason" in refused.extra:
        return await _planned(request, found, form, notice=notice, status=status)
    return await wish_page(request, found, notice=notice, status=status, private=True)


async def _planned(
    request: Request,
    found: Wished,
    form: Form,
    *,
    errors: Sequence[FieldError] = (),
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    """The sessions as they would be now; what was typed is kept, also where booking cannot be asked."""
    rhythm, language = found.rhythm, language_of(request)
    starting = start_of(rhythm.slot or "")
    if rhythm.reaches_too_far(starting, request.app.state.slotwell.clock.now()):
        notice, status = notice_of(Refused("series_too_long"), language)
        return await wish_page(request, found, notice=notice, status=status)
    plan: Plan | None = None
    try:
        plan = await request.app.state.slotwell.series.plan(**rhythm.wish(starting=starting))
    except Refused as refused:
        notice, status = notice_of(refused, language)
        return await wish_page(request, found, notice=notice, status=status)
    except (Unavailable, OutcomeUnknown):
        if not form:
            raise
    return _page(request, found, plan, form, errors=errors, notice=notice, status=status)


def _page(
    request: Request,
    found: Wished,
    plan: Plan | None,
    form: Form,
    *,
    errors: Sequence[FieldError],
    notice: Notice | None,
    status: int,
) -> Response:
    rhythm, language, location = found.rhythm, language_of(request), found.location
    therapy = next((one for one in found.services if one["modality"] == "physical_therapy"), None)
    free = [each for each in plan["sessions"] if each["slot"]] if plan else []
    complete = bool(plan and plan["complete"])
    response = page(
        request,
        "series_plan.html",
        status,
        private=bool(form),
        rows=planned(plan, names=_names(request, found), today=today_at(request, location["zone"]), language=language)
        if plan
        else [],
        planned=plan is not None,
        bookable=bool(free) or plan is None,
        missing=len(plan["sessions"]) - len(free) if plan else 0,
        free=len(free),
        mode=form.get("mode") or (ALL if complete or plan is None else SOME),
        modes=[
            (ALL, language.text("All of them, or none")),
            (SOME, language.text("As many as have a time; the others get one afterwards")),
        ],
        price=total([each["price"] for each in free], language),
        summary=summary(rhythm, language),
        service=" + ".join(one["name"] for one in found.services),
        minutes=rhythm.minutes,
        branch=location["name"],
        zone_place=location["address"]["city"],
        asked=[
            {
                "who": _who(at),
                "service": one["name"] if len(found.services) > 1 else "",
                "questions": questions_of(one),
                "answers": kept_answers(form, one, who=_who(at)),
            }
            for at, one in enumerate(found.services)
            if questions_of(one)
        ],
        payers=payers(therapy, language) if therapy else [],
        form={**kept_contact(form), **kept_papers(form)},
        carried=[*rhythm.carried(), ("key", form.get("key") or token_urlsafe(16))],
        change=replace(rhythm, slot=None).address("when"),
        errors=errors,
        notice=notice,
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _unanswered(request: Request, found: Wished, form: Form) -> list[FieldError]:
    """Every safety question without an answer: each treatment asks its own, once for all of its sessions."""
    language = language_of(request)
    return [error for at, one in enumerate(found.services) for error in unanswered(form, one, language, who=_who(at))]


def _screening(found: Wished, form: Form) -> list[dict[str, Any]]:
    return [
        {"service_id": one["id"], **screened}
        for at, one in enumerate(found.services)
        if (screened := screening_of(form, one, who=_who(at))) is not None
    ]


def _who(at: int) -> str:
    """What tells the questions of the second treatment from those of the first."""
    return str(at + 1) if at else ""


def _names(request: Request, found: Wished) -> dict[str, str]:
    location = found.location["id"]
    return {
        who: name
        for one in found.services
        for who, name in names_of(request, location_id=location, service_id=one["id"]).items()
    }
