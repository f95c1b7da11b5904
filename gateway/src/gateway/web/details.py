"""The second screen: the held time, the guest's details, and the booking itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.companions import asked_again, companions_of, guests_of, missing_of_companions
from gateway.web.cookies import HoldKey, hold_key, keep_manage_token
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
from gateway.web.forms import read_form
from gateway.web.guard import problem_page
from gateway.web.held import (
    carried_fields,
    carried_hold,
    describe,
    held_visit,
    in_the_readers_words,
    location_of,
    names_of,
    service_of,
    today_at,
)
from gateway.web.idempotency import idempotency_of
from gateway.web.languages import Language
from gateway.web.pages import language_of, page, see
from gateway.web.papers import kept_papers, papers_of, payers, refused_notice, wrong_in
from gateway.web.presenters.times import alternatives_of
from gateway.web.words import (
    OTHER_HOLD,
    OUTCOME_UNKNOWN,
    UNAVAILABLE,
    Notice,
    problem,
    said,
)

# After these there is nothing to book with the form as it stands: another time, or a call, comes first.
_FIRST_SOMETHING_ELSE = {"evaluation_required", "authorization_required"}
_NOTHING_TO_BOOK = {"hold_released", "hold_token_invalid", "by_phone_only", "in_the_past", *_FIRST_SOMETHING_ELSE}
_HELD_STILL = {"clearance_needed", *_FIRST_SOMETHING_ELSE}


async def show(request: Request) -> Response:
    """GET /book/details."""
    key = hold_key(request)
    if key is None:
        return problem_page(request, problem("no_hold", language_of(request)))
    try:
        hold = await request.app.state.slotwell.booking.describe_hold(hold_id=key.id, token=key.token)
    except Refused:
        return problem_page(request, problem("no_hold", language_of(request)))
    if hold.get("booking_id"):
        return see(f"/bookings/{hold['booking_id']}")
    return details_page(request, hold, {})


async def confirm(request: Request) -> Response:
    """POST /book/confirm: book what is held, or show the form again with what is missing."""
    form = await read_form(request)
    language = language_of(request)
    key = hold_key(request)
    if key is None:
        return problem_page(request, problem("no_hold", language))
    same = form.get("hold") in {key.id, None}
    hold = (carried_hold(request, form) if same else None) or await describe(request, key, form)
    if hold is None:
        return problem_page(request, problem("no_hold", language))
    if not same:
        return details_page(request, hold, form, notice=said(OTHER_HOLD, language), status=409)
    asked = in_the_readers_words(request, hold)
    errors = missing_contact(form, language) + unanswered(form, asked, language)
    errors += missing_of_companions(form, asked, language)
    if errors:
        return details_page(request, hold, form, errors=errors, status=422)
    return await _booked(request, key, hold, form)


async def _booked(request: Request, key: HoldKey, hold: Mapping[str, Any], form: Form) -> Response:
    language = language_of(request)
    try:
        booked = await _book(request, key, form, hold, language)
    except Refused as refused:
        return _refused(request, hold, form, refused)
    except Unavailable:
        return details_page(request, hold, form, notice=said(UNAVAILABLE, language), status=503)
    except OutcomeUnknown:
        return details_page(request, hold, form, notice=said(OUTCOME_UNKNOWN, language), status=503)
    booking_id = booked["booking"]["id"]
    response = see(f"/bookings/{booking_id}?new=1")
    keep_manage_token(request, response, booking_id, booked["manage_token"])
    return response


def details_page(
    request: Request,
    hold: Mapping[str, Any],
    form: Form,
    *,
    errors: Sequence[FieldError] = (),
    notice: Notice | None = None,
    alternatives: Sequence[Mapping[str, Any]] = (),
    bookable: bool = True,
    status: int = 200,
) -> Response:
    """The second screen for `hold`, with what was typed kept."""
    language = language_of(request)
    facts = held_visit(request, hold, language)
    location = location_of(request, hold)
    asked = in_the_readers_words(request, hold)
    response = page(
        request,
        "details.html",
        status,
        visit=facts.visit,
        hold=facts.hold,
        questions=questions_of(asked),
        payers=payers(service_of(request, hold), language),
        companions=companions_of(asked, form),
        form={**kept_contact(form), **kept_papers(form), "answers": kept_answers(form, asked)},
        carried=[
            *carried_fields(request, hold, form).items(),
            ("key", form.get("key") or token_urlsafe(16)),
            ("visit", form.get("visit") or token_urlsafe(12)),
        ],
        errors=errors,
        notice=notice,
        bookable=bookable,
        policy=_policy(request, hold, language),
        alternatives=alternatives_of(
            alternatives,
            zone=location["zone"],
            today=today_at(request, location["zone"]),
            names=names_of(request, location_id=hold["location_id"], service_id=hold["service_id"]),
            language=language,
        ),
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


async def _book(
    request: Request, key: HoldKey, form: Form, hold: Mapping[str, Any], language: Language
) -> Mapping[str, Any]:
    guest, screening, papers = guest_of(form, language), screening_of(form, hold), papers_of(form)
    guests = guests_of(form, hold)
    idempotency = idempotency_of(
        request,
        operation="page.book",
        caller=key.id,
        key=form.get("key") or key.id,
        body={**guest, "screening": screening, "guests": guests, **papers},
    )
    book = request.app.state.slotwell.booking.book
    wanted: dict[str, Any] = {"hold_id": key.id, "hold_token": key.token, "guest": guest, "screening": screening}
    wanted |= papers
    if guests:
        wanted["guests"] = guests
    try:
        booked: Mapping[str, Any] = await book(**wanted, idempotency=idempotency)
    except Refused as refused:
        if refused.code != "idempotency_key_reused":
            raise
        # An earlier press went through unheard, and the form was changed since. A hold makes one booking,
        # so asking by the hold alone gives that booking.
        booked = await book(**wanted, idempotency=None)
    return booked


def _refused(request: Request, hold: Mapping[str, Any], form: Form, refused: Refused) -> Response:
    language = language_of(request)
    errors = contact_errors_of(refused, language)
    if errors:
        return details_page(request, hold, form, errors=errors, status=422)
    about_papers = [FieldError(field=field, text=text) for field, text in wrong_in(refused, language)]
    if about_papers:
        return details_page(request, hold, form, errors=about_papers, status=422)
    if refused.code == "screening_required":
        # The questions changed while the guest was answering: these are the ones to answer now.
        asked, who = asked_again(hold, refused)
        part = asked if not who else asked["guests"][int(who) - 1]
        return details_page(request, asked, form, errors=unanswered({}, part, language, who=who)[-1:], status=422)
    notice, status = refused_notice(refused, language)
    over = dict(hold)
    if refused.code not in _HELD_STILL:
        over["state"] = "expired"
    return details_page(
        request,
        over,
        form,
        notice=notice,
        alternatives=refused.extra.get("alternatives") or (),
        bookable=refused.code not in _NOTHING_TO_BOOK,
        status=status,
    )


def _policy(request: Request, hold: Mapping[str, Any], language: Language) -> str:
    service = service_of(request, hold)
    location = location_of(request, hold)
    zone = ZoneInfo(location["zone"])
    start = datetime.fromisoformat(hold["start"]).astimezone(zone)
    hours = service["cancellation"]["free_until_hours"]
    until = (start - timedelta(hours=hours)).astimezone(zone)
    if until <= request.app.state.slotwell.clock.now():
        return language.text(
            "You pay at the clinic. As the visit is so soon, cancelling it costs %(percent)d%% of the price.",
            percent=service["cancellation"]["fee_percent"],
        )
    return language.text(
        "You pay at the clinic. Cancelling is free until %(day)s, %(time)s.",
        day=language.full_day(until.date(), near=today_at(request, location["zone"])),
        time=language.clock(until),
    )
