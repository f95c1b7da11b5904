"""Asking to be told when something frees up: what, in which days, and whom to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.companions import missing_of, names_of_companions
from gateway.web.cookies import keep_entry_token
from gateway.web.filled import FieldError, Form, contact_errors_of, guest_of, kept_contact, missing_contact
from gateway.web.forms import read_form
from gateway.web.held import today_at
from gateway.web.idempotency import idempotency_of
from gateway.web.languages import Language
from gateway.web.pages import language_of, page, see
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.extras import extras_named
from gateway.web.presenters.people import asked_for, hands
from gateway.web.presenters.wishes import wished_in_words
from gateway.web.words import Notice, notice_of, unheard

_DAYS = 14
_WIDEST = 62
_MONDAY = date(2024, 1, 1)
"""Any Monday: from it on the days have their names."""
_CARRIED = ("location", "service", "minutes", "practitioner", "second", "minutes2", "gender", "gender2", "spoken")
_PARTS: Mapping[str, tuple[str | None, str | None]] = {
    "any": (None, None),
    "morning": (None, "12:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", None),
}


async def show(request: Request) -> Response:
    """GET /waitlist."""
    choice = read_choice(request.query_params)
    wanted = _wanted(request, choice)
    if wanted is None:
        return see(choice.address())
    first = max(choice.day or choice.week or today_at(request, wanted["zone"]), today_at(request, wanted["zone"]))
    form = {"first": first.isoformat(), "last": (first + timedelta(days=_DAYS - 1)).isoformat()}
    return _page(request, choice, wanted, form)


async def join(request: Request) -> Response:
    """POST /waitlist: write the guest down, or show the form again with what is missing."""
    form = await read_form(request)
    choice = read_choice(form)
    wanted = _wanted(request, choice)
    if wanted is None:
        return see(choice.address())
    language = language_of(request)
    companions = names_of_companions(form, guests=wanted["guests"])
    errors = _missing(form, language)
    errors += [error for one in companions for error in missing_of(one.who, {}, form, language)]
    if errors:
        return _page(request, choice, wanted, form, errors=errors, status=422)
    try:
        joined = await _joined(request, choice, wanted, form)
    except Refused as refused:
        about = contact_errors_of(refused, language)
        if about:
            return _page(request, choice, wanted, form, errors=about, status=422)
        notice, status = notice_of(refused, language)
        return _page(request, choice, wanted, form, notice=notice, status=status)
    except (Unavailable, OutcomeUnknown) as error:
        told = unheard(error, language)
        return _page(request, choice, wanted, form, notice=told, status=503)
    entry_id = joined["entry"]["id"]
    response = see(f"/waitlist/{entry_id}?new=1")
    keep_entry_token(request, response, entry_id, joined["token"])
    return response


async def _joined(request: Request, choice: Choice, shown: Mapping[str, Any], form: Form) -> Mapping[str, Any]:
    earliest, latest = _PARTS.get(form.get("part", "any"), (None, None))
    zone, guests = shown["zone"], shown["guests"]
    wanted: dict[str, Any] = {
        "location_id": choice.location,
        "service_id": choice.service,
        **asked_for(choice, guests=guests),
        "since": _midnight(date.fromisoformat(form["first"]), zone),
        "until": _midnight(date.fromisoformat(form["last"]) + timedelta(days=1), zone),
        "earliest": earliest,
        "latest": latest,
        "weekdays": _weekdays(form) or None,
        "guest": guest_of(form, language_of(request)),
    }
    if guests > 1:
        wanted["companions"] = [{"name": one.name} for one in names_of_companions(form, guests=guests)]
    key = idempotency_of(
        request,
        operation="page.wait",
        caller=form.get("key", ""),
        key=form.get("key", ""),
        body={**wanted, "since": form["first"], "until": form["last"]},
    )
    try:
        joined: Mapping[str, Any] = await request.app.state.slotwell.waitlist.join(**wanted, idempotency=key)
    except Refused as refused:
        if refused.code != "idempotency_key_reused":
            raise
        # An earlier press went through unheard, and the form was changed since: the change is what they want.
        joined = await request.app.state.slotwell.waitlist.join(**wanted)
    return joined


def _page(
    request: Request,
    choice: Choice,
    wanted: Mapping[str, Any],
    form: Form,
    *,
    errors: Sequence[FieldError] = (),
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    response = page(
        request,
        "wait.html",
        status,
        private=bool(errors),
        **wanted,
        companions=names_of_companions(form, guests=wanted["guests"]),
        today=today_at(request, wanted["zone"]).isoformat(),
        form={**kept_contact(form), "first": form.get("first", ""), "last": form.get("last", "")},
        part=form.get("part", "any"),
        weekdays=[(day, language_of(request).weekday(_MONDAY + timedelta(days=day))) for day in range(7)],
        chosen_days=_weekdays(form),
        carried=[
            *((name, getattr(choice, name)) for name in _CARRIED),
            *((name, ",".join(getattr(choice, name))) for name in ("extras", "extras2")),
            ("key", form.get("key") or token_urlsafe(16)),
        ],
        back=choice.address("when"),
        errors=errors,
        notice=notice,
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _wanted(request: Request, choice: Choice) -> dict[str, Any] | None:
    """What is waited for, in words; None for what is not booked here."""
    catalog, language = request.app.state.slotwell.catalog, language_of(request)
    location = next((one for one in catalog.locations() if one["id"] == choice.location), None)
    if location is None:
        return None
    services = each_in_language(catalog.services(location_id=location["id"]), language.tag)
    service = next((one for one in services if one["id"] == choice.service), None)
    if service is None:
        return None
    people = catalog.practitioners(location_id=location["id"], service_id=service["id"])
    names, guests = {one["id"]: one["name"] for one in people}, service.get("guests") or 1
    wished = [wished_in_words(each, language) for each in (choice, replace(choice, gender=choice.gender2))]
    return {
        "apart": choice.minutes2 is not None,
        "zone": location["zone"],
        "zone_place": location["address"]["city"],
        "branch": location["name"],
        "service": service["name"],
        "hands": hands(choice, names, guests=guests, wished=wished, language=language),
        "minutes": choice.minutes,
        "guests": guests,
        "extras": language.all_of(
            [extra.name for extra in extras_named(service, choice.extras, location_id=location["id"])]
        ),
    }


def _missing(form: Form, language: Language) -> list[FieldError]:
    errors = []
    first, last = (_day(form.get(name, "")) for name in ("first", "last"))
    if first is None:
        errors.append(FieldError(field="first", text=language.text("Give the first day that would do.")))
    if last is None:
        errors.append(FieldError(field="last", text=language.text("Give the last day that would do.")))
    if first is not None and last is not None and last < first:
        errors.append(FieldError(field="last", text=language.text("The last day must not be before the first.")))
    if first is not None and last is not None and (last - first).days >= _WIDEST:
        errors.append(FieldError(field="last", text=language.text("Choose at most two months.")))
    return errors + missing_contact(form, language)


def _weekdays(form: Form) -> list[int]:
    """The days that were ticked, 0 for Monday; none: any would do."""
    return [day for day in range(7) if form.get(f"day{day}") == "yes"]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
