"""The third screen: a booking's facts, its calendar file, cancelling it and taking that back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.application.calendar import calendar_file
from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.web.cookies import keep_manage_token, manage_token
from gateway.web.forms import read_form
from gateway.web.guard import problem_page
from gateway.web.held import today_at
from gateway.web.languages import Language
from gateway.web.pages import language_of, page, see, spaced_phone
from gateway.web.papers import lacking_of
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.visit import deadline_of, leaving_of, places_kept, visit_of_booking
from gateway.web.words import OUTCOME_UNKNOWN, UNAVAILABLE, Notice, notice_of, problem, said


async def enter(request: Request) -> Response:
    """GET /m/{id}/{token}: the link from a message. The token becomes a cookie and leaves the address."""
    booking_id, token = request.path_params["booking_id"], request.path_params["token"]
    if not is_id(booking_id):
        return link_wrong(request)
    try:
        await request.app.state.slotwell.booking.booking(booking_id=booking_id, manage_token=token)
    except Refused:
        return link_wrong(request)
    response = RedirectResponse(
        f"/bookings/{booking_id}", 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
    keep_manage_token(request, response, booking_id, token)
    return response


async def show(request: Request) -> Response:
    """GET /bookings/{id}."""
    found = await opened(request)
    if isinstance(found, Response):
        return found
    booking, token = found
    return booking_page(request, booking, token)


async def cancel(request: Request) -> Response:
    """POST /bookings/{id}/cancel; past the free time only with the fee accepted."""
    form = await read_form(request)
    return await change_booking(request, form, "cancel", accept_fee=form.get("accept_fee") == "yes")


async def undo(request: Request) -> Response:
    """POST /bookings/{id}/undo: take a cancellation back."""
    return await change_booking(request, await read_form(request), "undo_cancel")


async def back(request: Request) -> Response:
    """GET on an address that only takes forms."""
    return see(f"/bookings/{request.path_params['booking_id']}")


async def calendar(request: Request) -> Response:
    """GET /bookings/{id}/calendar.ics: the visit as a calendar entry, under its discreet name."""
    found = await opened(request)
    if isinstance(found, Response):
        return found
    booking, _ = found
    file = calendar_file(booking, settings=request.app.state.slotwell.settings, now=datetime.now(UTC))
    return Response(file.content, headers=dict(file.headers))


async def change_booking(
    request: Request,
    form: Mapping[str, str],
    method: str,
    *,
    asks: Callable[[Refused], Response | None] = lambda _: None,
    **how: Any,
) -> Response:
    """Do it and see the booking again, or show the booking as it stands and why it was not done.

    What `asks` returns for a refusal is shown instead, where there is something to ask first.
    """
    language = language_of(request)
    token, booking_id = token_of(request), request.path_params["booking_id"]
    if token is None:
        return problem_page(request, problem("link_needed", language))
    revision = form.get("revision", "")
    try:
        await getattr(request.app.state.slotwell.booking, method)(
            booking_id=booking_id,
            manage_token=token,
            if_revision=int(revision) if revision.isdecimal() else None,
            **how,
        )
    except Refused as refused:
        return asks(refused) or await _not_changed(request, form, method, token, refused)
    except Unavailable:
        return await away(request, token, said(UNAVAILABLE, language))
    except OutcomeUnknown:
        return await away(request, token, said(OUTCOME_UNKNOWN, language))
    return see(f"/bookings/{booking_id}")


async def _not_changed(
    request: Request, form: Mapping[str, str], method: str, token: str, refused: Refused
) -> Response:
    if refused.code in {"token_invalid", "unknown_booking"}:
        return link_wrong(request)
    booking = await read_booking(request, token)
    if _stands_as_wished(booking, method):
        return see(f"/bookings/{booking['id']}")
    notice, status = notice_of(refused, language_of(request))
    past_free = refused.code == "outside_policy"
    # The page offered the fee and it was not ticked: the field says so, and a box above would say it twice.
    told = None if past_free and "fee_offered" in form else notice
    return booking_page(request, booking, token, notice=told, status=status, fee_missing=past_free)


def _stands_as_wished(booking: Mapping[str, Any], method: str) -> bool:
    """Whether an earlier press of the same button already did it."""
    cancelled = booking["state"] == "cancelled"
    return method == ("cancel" if cancelled else "undo_cancel")


def booking_page(
    request: Request,
    booking: Mapping[str, Any],
    token: str,
    *,
    notice: Notice | None = None,
    status: int = 200,
    fee_missing: bool = False,
) -> Response:
    """The third screen; answers 503 where what was asked for may yet go through."""
    language = language_of(request)
    location = booking["location"]
    now = request.app.state.slotwell.clock.now()
    today = today_at(request, location["zone"])
    cancelled = booking["state"] == "cancelled"
    free_until = datetime.fromisoformat(booking["free_until"])
    past = datetime.fromisoformat(booking["start"]) <= now or booking["state"] in {"checked_in", "completed", "no_show"}
    fee = booking.get("fee")
    late = free_until <= now or fee_missing
    guest = booking["guest"]
    response = page(
        request,
        "booking.html",
        status,
        private=True,
        here=f"/bookings/{booking['id']}",
        visit=visit_of_booking(booking, today=today, language=language),
        phone=location["phone"],
        guest=guest,
        sent_to=language.all_of(_contacts(guest)),
        fresh="new" in request.query_params,
        past=past,
        state=booking["state"],
        cancelled=cancelled,
        **_owed(booking, language),
        cancellable=booking["state"] == "confirmed" and not past,
        movable=is_movable(booking, now=now),
        moved="moved" in request.query_params,
        leaving=leaving_of(booking, language) if not late else (),
        waiting_places=places_kept(booking) if not late else (),
        revision=booking["revision"],
        free_until=_day_and_time(free_until, location["zone"], request, language),
        fee=language.price(fee) if fee and late else None,
        fee_missing=fee_missing,
        undo=deadline_of(booking["undo_until"], zone=location["zone"], now=now, language=language)
        if cancelled
        else None,
        manage_link=_manage_link(request, booking["id"], token),
        again=Choice(location=location["id"], service=booking["service"]["id"]).address(),
        notice=notice,
        lacking=lacking_of(request, booking, language) if booking["state"] == "confirmed" else [],
        complete=booking["state"] == "confirmed" and not past and bool(booking.get("needs")),
        leaps=_leaps(request, booking, language),
    )
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


async def away(request: Request, token: str, notice: Notice) -> Response:
    """The booking again with a notice, if it can be read; else the page that says we cannot."""
    booking = await read_booking(request, token)
    return booking_page(request, booking, token, notice=notice, status=503)


async def opened(request: Request) -> tuple[Mapping[str, Any], str] | Response:
    """The booking of the address and this browser's key to it, or the page that says what is wrong with the link."""
    token = token_of(request)
    if token is None:
        return problem_page(request, problem("link_needed", language_of(request)))
    try:
        return await read_booking(request, token), token
    except Refused:
        return link_wrong(request)


def token_of(request: Request) -> str | None:
    """The key to the booking in the address, if this browser has it."""
    return manage_token(request) if is_id(request.path_params["booking_id"]) else None


async def read_booking(request: Request, token: str) -> Mapping[str, Any]:
    """The booking of the address, or `Refused`."""
    answer = await request.app.state.slotwell.booking.booking(
        booking_id=request.path_params["booking_id"], manage_token=token
    )
    booking: Mapping[str, Any] = answer["booking"]
    return booking


def link_wrong(request: Request) -> Response:
    """The page that says that a link opens nothing."""
    return problem_page(request, problem("link_wrong", language_of(request)))


def _owed(booking: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What the guest owes, whether that is for moving it late, and whether they were let off."""
    owed = booking["fee_owed"]
    return {
        "owed": language.price(owed["amount"]) if owed else None,
        "owed_for_moving": bool(owed and owed["cause"] == "late_move"),
        "waived": bool(owed and owed["waived"]),
    }


def _manage_link(request: Request, booking_id: str, token: str) -> str:
    public_url = str(request.app.state.slotwell.settings.public_url).rstrip("/")
    return f"{public_url}/m/{booking_id}/{token}"


def _contacts(guest: Mapping[str, Any]) -> list[str]:
    phone = guest.get("phone")
    return [contact for contact in (guest.get("email"), spaced_phone(phone) if phone else None) if contact]


def is_movable(booking: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether its guest may still move it; booking itself decides, this only spares them a button."""
    free = now <= datetime.fromisoformat(booking["free_until"]) or not booking.get("fee")
    return booking["state"] == "confirmed" and now < datetime.fromisoformat(booking["start"]) and free


def _leaps(request: Request, booking: Mapping[str, Any], language: Language) -> Sequence[tuple[str, int]]:
    """In demo mode: how many minutes to move the clock, to stand just before each reminder is due."""
    platform = request.app.state.slotwell
    if not platform.settings.demo or booking["state"] != "confirmed":
        return []
    start = datetime.fromisoformat(booking["start"])
    # Reminders leave a day before, or early enough for the guest to still cancel free of charge; then two hours before.
    early = max(timedelta(hours=24), start - datetime.fromisoformat(booking["free_until"]) + timedelta(hours=12))
    due = [
        (language.text("To just before the first reminder"), start - early),
        (language.text("To just before the last reminder"), start - timedelta(hours=2)),
    ]
    now = platform.clock.now()
    leaps = [(name, int((at - now).total_seconds() // 60) - 1) for name, at in due]
    return [(name, minutes) for name, minutes in leaps if minutes > 0]


def _day_and_time(at: datetime, zone: str, request: Request, language: Language) -> str:
    local = at.astimezone(ZoneInfo(zone))
    day = language.full_day(local.date(), near=today_at(request, zone))
    return f"{day}, {language.clock(local)}"


def is_id(text: str) -> bool:
    """Whether it can be a booking's id, as we write them."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
