"""A time for a session that has none: those that keep the rhythm best, each of them a button."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.filled import FieldError, Form, kept_answers, questions_of, screening_of, unanswered
from gateway.web.forms import read_form, start_of
from gateway.web.guard import problem_page
from gateway.web.held import in_the_readers_words, names_of, today_at
from gateway.web.pages import language_of, page, see
from gateway.web.papers import refused_notice
from gateway.web.presenters.series import spelt
from gateway.web.presenters.times import alternatives_of
from gateway.web.series import link_wrong, read_series, token_of
from gateway.web.words import Notice, problem, unheard

Proposals = Mapping[str, Any]


async def show(request: Request) -> Response:
    """GET /series/{id}/repair?session=."""
    return await _answer(request, request.query_params, choose=False)


async def choose(request: Request) -> Response:
    """POST /series/{id}/repair: the time whose button was pressed."""
    return await _answer(request, await read_form(request), choose=True)


async def _answer(request: Request, form: Form, *, choose: bool) -> Response:
    token = token_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    session = _number(form.get("session", ""))
    try:
        found = await _proposals(request, token, session)
    except Refused as refused:
        # Filled meanwhile, or no such place: the series says how things stand.
        return link_wrong(request) if refused.code == "token_invalid" else _the_series(request)
    if not choose:
        return await _page(request, token, found, {})
    errors = unanswered(form, found, language_of(request))
    if errors:
        return await _page(request, token, found, form, errors=errors, status=422)
    return await _filled(request, token, found, form)


async def _filled(request: Request, token: str, found: Proposals, form: Form) -> Response:
    language = language_of(request)
    try:
        await request.app.state.slotwell.series.repair(
            series_id=request.path_params["series_id"],
            token=token,
            session=found["session"],
            start=start_of(form.get("slot", "")),
            screening=screening_of(form, found),
        )
    except Refused as refused:
        return await _not_filled(request, token, found["session"], form, refused)
    except (Unavailable, OutcomeUnknown) as error:
        told = unheard(error, language)
        return await _page(request, token, found, form, notice=told, status=503)
    return see(f"/series/{request.path_params['series_id']}?filled=1")


def _the_series(request: Request) -> Response:
    return see(f"/series/{request.path_params['series_id']}")


async def _proposals(request: Request, token: str, session: int) -> Proposals:
    found = await request.app.state.slotwell.series.propose(
        series_id=request.path_params["series_id"], token=token, session=session
    )
    words = in_the_readers_words(request, {**found, "service_id": found["service"]["id"]})
    return {**words, "guests": ()}


async def _not_filled(request: Request, token: str, session: int, form: Form, refused: Refused) -> Response:
    if refused.code == "session_stands":
        return _the_series(request)
    found = await _proposals(request, token, session)
    if refused.code == "screening_required":
        errors = unanswered({}, found, language_of(request))[-1:]
        return await _page(request, token, found, form, errors=errors, status=422)
    notice, status = refused_notice(refused, language_of(request))
    return await _page(request, token, found, form, notice=notice, status=status)


async def _page(
    request: Request,
    token: str,
    found: Proposals,
    form: Form,
    *,
    errors: Sequence[FieldError] = (),
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    language, series = language_of(request), await read_series(request, token)
    location = series["location"]
    zone, today = location["zone"], today_at(request, location["zone"])
    service = found["service"]
    response = page(
        request,
        "series_repair.html",
        status,
        private=True,
        here=f"/series/{series['id']}",
        session=found["session"],
        service=service["name"],
        minutes=found["duration_minutes"],
        price=language.price(found["price"]),
        wanted=spelt(found["wanted"], zone, today, language),
        zone=zone,
        zone_place=location["address"]["city"],
        phone=location["phone"],
        proposals=alternatives_of(
            found["proposals"],
            zone=zone,
            today=today,
            names=names_of(request, location_id=location["id"], service_id=service["id"]),
            language=language,
        ),
        questions=questions_of(found),
        form={"answers": kept_answers(form, found)},
        errors=errors,
        notice=notice,
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _number(text: str) -> int:
    """The place that is meant; one that there is not where it cannot be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
