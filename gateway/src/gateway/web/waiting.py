"""A guest's place on the waitlist: waiting, an offer to answer, or what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.bookings import is_id
from gateway.web.companions import answers_of, asked_again, companions_of, unanswered_by_companions
from gateway.web.cookies import entry_token, keep_entry_token, keep_manage_token
from gateway.web.filled import FieldError, Form, kept_answers, questions_of, screening_of, unanswered
from gateway.web.forms import read_form
from gateway.web.guard import problem_page
from gateway.web.held import in_the_readers_words, today_at
from gateway.web.languages import Language
from gateway.web.pages import language_of, page, see
from gateway.web.papers import kept_papers, papers_of, payers, refused_notice, wrong_in
from gateway.web.presenters.apart import apart_in
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.extras import extras_named, length_of
from gateway.web.presenters.people import TWO
from gateway.web.presenters.times import alternatives_of
from gateway.web.presenters.visit import Visit, deadline_of, party_of, visit_of
from gateway.web.presenters.wishes import wish_kept_in, wished_in_words
from gateway.web.words import Notice, problem, unheard

_MONDAY = date(2024, 1, 1)
"""Any Monday: from it on the days have their names."""


async def enter(request: Request) -> Response:
    """GET /w/{id}/{token}: the link from a message. The token becomes a cookie and leaves the address."""
    entry_id, token = request.path_params["entry_id"], request.path_params["token"]
    if not is_id(entry_id):
        return _link_wrong(request)
    try:
        await request.app.state.slotwell.waitlist.entry(entry_id=entry_id, token=token)
    except Refused:
        return _link_wrong(request)
    response = RedirectResponse(
        f"/waitlist/{entry_id}", 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
    keep_entry_token(request, response, entry_id, token)
    return response


async def show(request: Request) -> Response:
    """GET /waitlist/{id}."""
    token = _token(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    try:
        entry = await _read(request, token)
        if entry["state"] == "accepted":
            return await _to_the_booking(request, token)  # made before: the answer is that booking
    except Refused:
        return _link_wrong(request)
    return _page(request, entry)


async def accept(request: Request) -> Response:
    """POST /waitlist/{id}/accept, with the answers to the safety questions and, of physical therapy, who pays."""
    form = await read_form(request)
    token, language = _token(request), language_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language))
    try:
        entry = await _read(request, token)
    except Refused:
        return _link_wrong(request)
    errors = []
    if entry["offer"]:
        errors = unanswered(form, entry, language) + unanswered_by_companions(form, entry, language)
    if errors:
        return _page(request, entry, form, errors=errors, status=422)
    try:
        answers = {"screening": screening_of(form, entry), "guests": answers_of(form, entry)}
        return await _to_the_booking(request, token, **answers, **papers_of(form))
    except Refused as refused:
        return await _not_booked(request, token, form, refused)
    except (Unavailable, OutcomeUnknown) as error:
        told = unheard(error, language)
        return _page(request, entry, form, notice=told, status=503)


async def decline(request: Request) -> Response:
    """POST /waitlist/{id}/decline: wait on."""
    return await _change(request, "decline")


async def leave(request: Request) -> Response:
    """POST /waitlist/{id}/leave: wait no more."""
    return await _change(request, "leave")


async def back(request: Request) -> Response:
    """GET on an address that only takes forms."""
    return see(f"/waitlist/{request.path_params['entry_id']}")


async def _change(request: Request, method: str) -> Response:
    await read_form(request)
    token = _token(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    entry_id = request.path_params["entry_id"]
    try:
        await getattr(request.app.state.slotwell.waitlist, method)(entry_id=entry_id, token=token)
    except Refused as refused:
        if refused.code == "token_invalid":
            return _link_wrong(request)
    return see(f"/waitlist/{entry_id}")  # it says how things stand, whatever was pressed


async def _to_the_booking(request: Request, token: str, **said: Any) -> Response:
    made = await request.app.state.slotwell.waitlist.accept(
        entry_id=request.path_params["entry_id"], token=token, **said
    )
    booking_id = made["booking"]["id"]
    response = see(f"/bookings/{booking_id}" + ("" if made["replayed"] else "?new=1"))
    keep_manage_token(request, response, booking_id, made["manage_token"])
    return response


async def _not_booked(request: Request, token: str, form: Form, refused: Refused) -> Response:
    language = language_of(request)
    entry = await _read(request, token)
    if refused.code == "screening_required":
        # The questions changed while the guest was answering: these are the ones to answer now.
        asked, who = asked_again(entry, refused)
        part = asked if not who else asked["guests"][int(who) - 1]
        return _page(request, asked, form, errors=unanswered({}, part, language, who=who)[-1:], status=422)
    about_papers = [FieldError(field=field, text=text) for field, text in wrong_in(refused, language)]
    if about_papers:
        return _page(request, entry, form, errors=about_papers, status=422)
    notice, status = refused_notice(refused, language)
    alternatives = refused.extra.get("alternatives") or ()
    return _page(request, entry, form, notice=notice, alternatives=alternatives, status=status)


def _page(
    request: Request,
    entry: Mapping[str, Any],
    form: Form | None = None,
    *,
    errors: Sequence[FieldError] = (),
    notice: Notice | None = None,
    alternatives: Sequence[Mapping[str, Any]] = (),
    status: int = 200,
) -> Response:
    language, location, offer = language_of(request), entry["location"], entry["offer"]
    now, today = request.app.state.slotwell.clock.now(), today_at(request, location["zone"])
    catalog = request.app.state.slotwell.catalog
    practitioner, choice = entry["practitioner"], _choice_of(entry, catalog.service(entry["service"]["id"]))
    people = catalog.practitioners(location_id=location["id"], service_id=entry["service"]["id"])
    response = page(
        request,
        "waiting.html",
        status,
        private=True,
        here=f"/waitlist/{entry['id']}",
        state=entry["state"],
        fresh="new" in request.query_params,
        service=entry["service"]["name"],
        minutes=entry["duration_minutes"],
        who=practitioner["name"] if practitioner else wished_in_words(choice, language),
        branch=location["name"],
        when=_when(entry, today, language),
        contact=language.all_of([one for one in (entry["guest"]["email"], entry["guest"]["phone"]) if one]),
        visit=_visit(entry, today=today, language=language) if offer else None,
        deadline=deadline_of(offer["deadline"], zone=location["zone"], now=now, language=language) if offer else None,
        deadline_day=_day_of(offer["deadline"], location["zone"], request, language) if offer else "",
        guests=entry.get("guests") or (),
        extras=language.all_of(_extras_of(entry)),
        questions=questions_of(entry),
        companions=companions_of(entry, form or {}),
        payers=payers(entry["service"], language),
        form={**kept_papers(form or {}), "answers": kept_answers(form or {}, entry)},
        errors=errors,
        notice=notice,
        alternatives=alternatives_of(
            alternatives,
            zone=location["zone"],
            today=today,
            names={person["id"]: person["name"] for person in people},
            language=language,
        ),
        choice=choice,
        again=choice.address("when"),
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _visit(entry: Mapping[str, Any], *, today: date, language: Language) -> Visit:
    offer = entry["offer"]
    return visit_of(
        start=offer["start"],
        end=offer["end"],
        location=entry["location"],
        service=entry["service"]["name"],
        practitioners=offer["practitioners"],
        minutes=entry["duration_minutes"],
        price=offer["price"],
        party=party_of({"guests": [{**one, "state": "coming"} for one in entry.get("guests") or ()]}, language),
        extras=_extras_of(entry),
        today=today,
        language=language,
    )


def _choice_of(entry: Mapping[str, Any], service: Mapping[str, Any] | None) -> Choice:
    """The first screen's choice that leads to what is waited for."""
    parts: Sequence[Mapping[str, Any]] = entry.get("guests") or (entry,)
    by: list[str | None] = [part["practitioner"]["id"] if part["practitioner"] else None for part in parts]
    if entry["offer"] and len(parts) > 1:
        by = [None, None]  # who it is now, and not who was asked for
    named = [one["id"] for one in parts[0].get("add_ons") or ()]
    place = entry["location"]["id"]
    extras = extras_named(service, named, location_id=place) if service else []
    apart = apart_in(parts, service, location_id=place) if service else {}
    return Choice(
        location=entry["location"]["id"],
        service=entry["service"]["id"],
        minutes=length_of(parts[0], extras),
        extras=tuple(extra.id for extra in extras),
        practitioner=by[0],
        second=by[1] if len(parts) == TWO else None,
        **apart,
        **wish_kept_in(entry),
    )


def _extras_of(entry: Mapping[str, Any]) -> Sequence[str]:
    """What a single guest has with it; of several, what all have."""
    parts: Sequence[Mapping[str, Any]] = entry.get("guests") or ()
    return [one["name"] for one in parts[0].get("add_ons") or ()] if parts else []


def _when(entry: Mapping[str, Any], today: date, language: Language) -> str:
    """The days that would do, and the part of the day."""
    zone = ZoneInfo(entry["location"]["zone"])
    first = datetime.fromisoformat(entry["from"]).astimezone(zone).date()
    last = (datetime.fromisoformat(entry["to"]).astimezone(zone) - timedelta(seconds=1)).date()
    days = language.full_day(first, near=today)
    if last != first:
        days = language.text("%(first)s to %(last)s", first=days, last=language.full_day(last, near=today))
    if entry["weekdays"]:
        named = [language.weekday(_MONDAY + timedelta(days=day)) for day in sorted(entry["weekdays"])]
        days = language.text("%(days)s, only %(weekdays)s", days=days, weekdays=language.any_of(named))
    earliest, latest = entry["earliest"], entry["latest"]
    if earliest and latest:
        return language.text("%(days)s, from %(since)s to %(until)s", days=days, since=earliest, until=latest)
    if earliest:
        return language.text("%(days)s, from %(since)s on", days=days, since=earliest)
    if latest:
        return language.text("%(days)s, before %(until)s", days=days, until=latest)
    return days


def _day_of(at: str, zone: str, request: Request, language: Language) -> str:
    """The day of a deadline, if it is not today."""
    day, today = datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date(), today_at(request, zone)
    return "" if day == today else language.full_day(day, near=today)


async def _read(request: Request, token: str) -> Mapping[str, Any]:
    answer = await request.app.state.slotwell.waitlist.entry(entry_id=request.path_params["entry_id"], token=token)
    entry: Mapping[str, Any] = answer["entry"]
    if request.app.state.slotwell.catalog.service(entry["service"]["id"]) is None:
        return entry
    return in_the_readers_words(request, {**entry, **_of_the_hold(entry)})


def _of_the_hold(entry: Mapping[str, Any]) -> dict[str, str]:
    return {"service_id": entry["service"]["id"], "location_id": entry["location"]["id"]}


def _token(request: Request) -> str | None:
    return entry_token(request) if is_id(request.path_params["entry_id"]) else None


def _link_wrong(request: Request) -> Response:
    return problem_page(request, problem("waiting_link_wrong", language_of(request)))
