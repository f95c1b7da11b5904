"""The guide: one question a screen, then what the rules say. Its forms are posted; nothing of them is kept."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused, Unavailable
from gateway.web.answering import Answering, Question, read_answers
from gateway.web.forms import read_form
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, page
from gateway.web.presenters.advice import advice_of
from gateway.web.words import Notice, notice_of, problem

Location = Mapping[str, Any]


async def show(request: Request) -> Response:
    """GET /guide: where, if there are several branches, and the first question."""
    location = _location(request, request.query_params.get("location"))
    if location is None:
        return page(request, "guide_where.html", private=True, branches=_locations(request))
    questions = await _questions(request)
    if questions is None:
        return _away(request)
    fresh = Answering(questions, frozenset())
    return _ask(request, location, fresh, fresh.question(None))


async def answer(request: Request) -> Response:
    """POST /guide: the next question, the one before, or the advice."""
    form = await read_form(request)
    location = _location(request, form.get("location"))
    if location is None:
        return page(request, "guide_where.html", private=True, branches=_locations(request))
    questions = await _questions(request)
    if questions is None:
        return _away(request)
    answers = read_answers(questions, form)
    at = answers.question(form.get("at"))
    match form.get("go"):
        case "again":
            return _ask(request, location, answers, answers.asked()[0 if answers.in_danger() else -1])
        case "back":
            return _ask(request, location, answers, answers.beside(at, steps=-1) or at)
        case "none" if at["none"]:
            answers = answers.but(at, frozenset({at["none"]}))
    return await _go_on(request, location, answers, at)


async def _go_on(request: Request, location: Location, answers: Answering, at: Question) -> Response:
    """The question after this one, or the advice; this one again if its answers are none."""
    wrong = _wrong(request, answers, at)
    if wrong:
        return _ask(request, location, answers, at, error=wrong)
    following = answers.beside(at, steps=1)
    if following is None or answers.in_danger():
        return await _advise(request, location, answers)
    return _ask(request, location, answers, following)


def _ask(
    request: Request,
    location: Location,
    answers: Answering,
    question: Question,
    *,
    error: str | None = None,
    notice: Notice | None = None,
) -> Response:
    way = answers.asked()
    return page(
        request,
        "guide.html",
        200 if error is None and notice is None else 422,
        private=True,
        location=location,
        question=question,
        given=answers.given(question),
        carried=list(answers.carried(besides=question)),
        # How many are still to come depends on what is answered; where one stands does not.
        number=way.index(question) + 1,
        first=question is way[0],
        choices=[one for one in question["answers"] if one["id"] != question["none"]],
        nothing=next((one for one in question["answers"] if one["id"] == question["none"]), None),
        error=error,
        notice=notice,
    )


async def _advise(request: Request, location: Location, answers: Answering) -> Response:
    platform, language = request.app.state.slotwell, language_of(request)
    try:
        said = await platform.guide.advice(
            location_id=location["id"], answers=answers.by_field(), languages=[language.tag]
        )
    except Unavailable:
        return _away(request)
    except Refused as refused:
        notice, _ = notice_of(refused, language)
        return _ask(request, location, answers, answers.asked()[-1], notice=notice)
    return page(
        request,
        "guide_advice.html",
        private=True,
        location=location,
        carried=list(answers.carried()),
        advice=advice_of(
            said,
            services={one["id"]: one for one in platform.catalog.services(location_id=location["id"])},
            location=location,
            language=language,
        ),
    )


def _wrong(request: Request, answers: Answering, question: Question) -> str | None:
    """What is wrong with the answers on the screen, if anything."""
    language, given = language_of(request), answers.given(question)
    if not given:
        if question["none"]:
            return language.text("Choose what applies, or say that none does.")
        return language.text("Choose at least one; not being sure is an answer too.")
    if len(given) > 1 and (question["choose"] == "one" or question["none"] in given):
        return language.text("These cannot all be true. Choose again.")
    return None


def _location(request: Request, id_: str | None) -> Location | None:
    locations = _locations(request)
    if len(locations) == 1:
        return locations[0]
    return next((one for one in locations if one["id"] == id_), None)


def _locations(request: Request) -> list[Location]:
    catalog = request.app.state.slotwell.catalog
    if not catalog.loaded:
        raise Unavailable("catalog")
    return list(catalog.locations())


async def _questions(request: Request) -> list[Question] | None:
    try:
        asked = await request.app.state.slotwell.guide.questions(languages=[language_of(request).tag])
    except Unavailable:
        return None
    questions: list[Question] = asked["questions"]
    return questions


def _away(request: Request) -> Response:
    return problem_page(request, problem("guide_away", language_of(request)))
