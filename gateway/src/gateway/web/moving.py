"""Moving a booking: the free times as if it were not there, each of them a button."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.bookings import away, booking_page, is_movable, link_wrong, read_booking, token_of
from gateway.web.forms import read_form, start_of
from gateway.web.guard import problem_page
from gateway.web.held import today_at
from gateway.web.languages import Language
from gateway.web.looking import Slots, times_ahead
from gateway.web.pages import language_of, page, see
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.times import alternatives_of
from gateway.web.presenters.visit import visit_of_booking
from gateway.web.words import OUTCOME_UNKNOWN, UNAVAILABLE, Notice, notice_of, problem, said

_HORIZON_DAYS = 90  # of a service that is no longer in the catalog

# What is about the booking and not about the time that was chosen.
_ABOUT_THE_BOOKING = {"outside_policy", "not_reschedulable", "revision_mismatch"}


async def show(request: Request) -> Response:
    """GET /bookings/{id}/move."""
    token = token_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    try:
        booking = await read_booking(request, token)
        if not is_movable(booking, now=request.app.state.slotwell.clock.now()):
            return see(f"/bookings/{booking['id']}")
        return await _page(request, booking, token)
    except Refused:
        return link_wrong(request)


async def move(request: Request) -> Response:
    """POST /bookings/{id}/move: the time whose button was pressed."""
    form = await read_form(request)
    token, language = token_of(request), language_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language))
    revision = form.get("revision", "")
    try:
        await request.app.state.slotwell.booking.reschedule(
            booking_id=request.path_params["booking_id"],
            manage_token=token,
            start=start_of(form.get("slot", "")),
            screening=_answered(form),
            if_revision=int(revision) if revision.isdecimal() else None,
        )
    except Refused as refused:
        return await _not_moved(request, form, token, refused)
    except Unavailable:
        return await away(request, token, said(UNAVAILABLE, language))
    except OutcomeUnknown:
        return await away(request, token, said(OUTCOME_UNKNOWN, language))
    return see(f"/bookings/{request.path_params['booking_id']}?moved")


async def _not_moved(request: Request, form: Mapping[str, str], token: str, refused: Refused) -> Response:
    if refused.code in {"token_invalid", "unknown_booking"}:
        return link_wrong(request)
    booking, language = await read_booking(request, token), language_of(request)
    if datetime.fromisoformat(booking["start"]) == start_of(form.get("slot", "")):
        return see(f"/bookings/{booking['id']}?moved")  # an earlier press of the same button already did it
    if refused.code in _ABOUT_THE_BOOKING:
        told = replace(refused, code="too_late_to_move") if refused.code == "outside_policy" else refused
        notice, status = notice_of(told, language)
        return booking_page(request, booking, token, notice=notice, status=status)
    if refused.code == "screening_required":
        asked = {**refused.extra["screening"], "slot": form["slot"]}
        return await _page(request, booking, token, asked=asked, status=422)
    notice, status = notice_of(refused, language)
    near = refused.extra.get("alternatives") or refused.extra.get("nearest") or ()
    return await _page(request, booking, token, notice=notice, alternatives=near, status=status)


async def _page(
    request: Request,
    booking: Mapping[str, Any],
    token: str,
    *,
    notice: Notice | None = None,
    asked: Mapping[str, Any] | None = None,
    alternatives: Sequence[Mapping[str, Any]] = (),
    status: int = 200,
) -> Response:
    platform, language = request.app.state.slotwell, language_of(request)
    location, service_id = booking["location"], booking["service"]["id"]
    today = today_at(request, location["zone"])
    here = f"/bookings/{booking['id']}"
    wanted = read_choice(request.query_params)
    start = datetime.fromisoformat(booking["start"]).astimezone(ZoneInfo(location["zone"]))
    own_day = None if wanted.week else start.date()
    choice = Choice(day=wanted.day or own_day, week=wanted.week, page=f"{here}/move")
    people = platform.catalog.practitioners(location_id=location["id"], service_id=service_id)
    names = {person["id"]: person["name"] for person in people}

    async def ask(since: datetime, until: datetime) -> Slots:
        answer = await platform.booking.availability(
            location_id=location["id"],
            service_id=service_id,
            since=since,
            until=until,
            duration_minutes=booking["duration_minutes"],
            moving={"id": booking["id"], "manage_token": token},
        )
        slots: Slots = answer["slots"]
        return slots

    times = await times_ahead(
        ask,
        choice=choice,
        zone=location["zone"],
        today=today,
        horizon_days=_horizon(platform.catalog.service(service_id), location["id"]),
        names=names,
        language=language,
    )
    return page(
        request,
        "move.html",
        status,
        private=True,
        here=here,
        visit=visit_of_booking(booking, today=today, language=language),
        zone=location["zone"],
        revision=booking["revision"],
        times=times,
        alternatives=alternatives_of(alternatives, zone=location["zone"], today=today, names=names, language=language),
        notice=notice,
        asked=asked,
        asked_for=_spelt(start_of(asked["slot"]), location["zone"], today, language) if asked else None,
        phone=location["phone"],
    )


def _spelt(at: datetime, zone: str, today: date, language: Language) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{language.full_day(local.date(), near=today)}, {language.clock(local)}"


def _answered(form: Mapping[str, str]) -> dict[str, Any] | None:
    """What the guest says to the safety questions, if the form asked them."""
    version = form.get("screening_version", "")
    if not version.isdecimal() or form.get("none_applies") != "yes":
        return None
    return {"version": int(version), "all_clear": True}


def _horizon(service: Mapping[str, Any] | None, location_id: str) -> int:
    offers = service["offers"] if service else ()
    return next((int(offer["horizon_days"]) for offer in offers if offer["location_id"] == location_id), _HORIZON_DAYS)
