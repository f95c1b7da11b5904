"""The second screen: the held time, the guest's details, and the booking itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.cookies import HoldKey, hold_key, keep_manage_token
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
from gateway.web.presenters.times import alternatives_of
from gateway.web.words import (
    OTHER_HOLD,
    OUTCOME_UNKNOWN,
    UNAVAILABLE,
    Notice,
    field_error_of,
    notice_of,
    problem,
    said,
)

Form = Mapping[str, str]
# After these there is nothing to book with the form as it stands: another time, or a call, comes first.
_NOTHING_TO_BOOK = {"hold_released", "hold_token_invalid", "by_phone_only", "in_the_past"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field; `field` is its id on the page."""

    field: str
    text: str


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
    errors = _missing(form, in_the_readers_words(request, hold), language)
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
    questions = _questions(in_the_readers_words(request, hold))
    response = page(
        request,
        "details.html",
        status,
        visit=facts.visit,
        hold=facts.hold,
        questions=questions,
        form=_kept(form, questions),
        carried=[
            *carried_fields(hold, form).items(),
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
    guest = {
        "name": form["name"],
        "email": form.get("email") or None,
        "phone": form.get("phone") or None,
        "locale": language.tag,
        "zone": _zone(form.get("guest_zone", "")),
    }
    screening = None
    if hold.get("screening"):
        answers = [form.get(f"answer-{question['id']}") for question in _questions(hold)]
        screening = {
            "version": hold["screening"]["version"],
            "all_clear": all(answer == "no" for answer in answers),
        }
    idempotency = idempotency_of(
        request,
        operation="page.book",
        caller=key.id,
        key=form.get("key") or key.id,
        body={**guest, "screening": screening},
    )
    book = request.app.state.slotwell.booking.book
    wanted = {"hold_id": key.id, "hold_token": key.token, "guest": guest, "screening": screening}
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
    about_field = field_error_of(refused, language)
    if about_field is not None:
        field, text = about_field
        return details_page(request, hold, form, errors=[FieldError(field=field, text=text)], status=422)
    if refused.code == "invalid_request":
        known = {"name", "email", "phone"}
        named = [one.field.rsplit(".", 1)[-1] for one in refused.fields]
        errors = [FieldError(field=name, text=language.text("Please check this.")) for name in named if name in known]
        if errors:
            return details_page(request, hold, form, errors=errors, status=422)
    if refused.code == "screening_required":
        # The questions changed while the guest was answering: these are the ones to answer now.
        asked = dict(hold) | {"screening": refused.extra.get("screening") or hold.get("screening")}
        return details_page(request, asked, form, errors=_missing({}, asked, language)[-1:], status=422)
    notice, status = notice_of(refused, language)
    over = dict(hold)
    if refused.code != "clearance_needed":
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


def _missing(form: Form, hold: Mapping[str, Any], language: Language) -> list[FieldError]:
    """What has not been filled in, all of it at once. Whether it is right is for booking to say."""
    errors = []
    if not form.get("name"):
        errors.append(FieldError(field="name", text=language.text("Give us a name to expect you by.")))
    if not form.get("email") and not form.get("phone"):
        _, text = field_error_of(Refused("contact_required"), language) or ("", "")
        errors.append(FieldError(field="email", text=text))
    errors.extend(
        FieldError(
            field=f"answer-{question['id']}-no",
            text=language.text("Please answer: %(question)s", question=question["text"]),
        )
        for question in _questions(hold)
        if form.get(f"answer-{question['id']}") not in {"yes", "no"}
    )
    return errors


def _questions(hold: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    screening = hold.get("screening")
    return screening["questions"] if screening else []


def _kept(form: Form, questions: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    return {
        **{name: form.get(name, "") for name in ("name", "email", "phone", "guest_zone")},
        "answers": {question["id"]: form.get(f"answer-{question['id']}", "") for question in questions},
    }


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


def _zone(name: str) -> str | None:
    """A zone's name that the guest's browser gave, if it is one."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
