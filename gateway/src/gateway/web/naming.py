"""The one who takes a place that was kept free: a name, and their own answers to the safety questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused
from gateway.web.bookings import change_booking, opened
from gateway.web.companions import companion_of, missing_of, named
from gateway.web.filled import FieldError, Form, Screened, unanswered
from gateway.web.forms import read_form
from gateway.web.held import in_the_readers_words, today_at
from gateway.web.pages import language_of, page, see
from gateway.web.presenters.visit import places_kept, visit_of_booking


async def show(request: Request) -> Response:
    """GET /bookings/{id}/guests/{place}."""
    return await _answer(request, None)


async def name(request: Request) -> Response:
    """POST /bookings/{id}/guests/{place}: put them on the booking, or ask for what is missing."""
    return await _answer(request, await read_form(request))


async def _answer(request: Request, form: Form | None) -> Response:
    found = await opened(request)
    if isinstance(found, Response):
        return found
    booking, language, place = found[0], language_of(request), request.path_params["place"]
    leaves = dict(places_kept(booking)).get(place)
    if leaves is None:
        return see(f"/bookings/{booking['id']}")
    asked = _asked(request, booking)
    if form is None:
        return _page(request, booking, asked, {}, leaves=leaves)
    who = str(place)
    errors = missing_of(who, asked, form, language)
    if errors:
        return _page(request, booking, asked, form, leaves=leaves, errors=errors)

    def asks(refused: Refused) -> Response | None:
        """The questions are others by now, or what was chosen with the treatment has some of its own."""
        if refused.code != "screening_required":
            return None
        now = in_the_readers_words(request, {**_service(booking), "screening": refused.extra["screening"]})
        left = unanswered(form, now, language, who=who) or unanswered({}, now, language, who=who)
        return _page(request, booking, now, form, leaves=leaves, errors=left)

    return await change_booking(request, form, "name_guest", asks=asks, guest=place, who=named(who, asked, form))


def _asked(request: Request, booking: Mapping[str, Any]) -> Screened:
    """What the treatment asks by itself, as our copy of the catalog knows it."""
    service = request.app.state.slotwell.catalog.service(booking["service"]["id"])
    screening = service["screening"] if service else None
    return in_the_readers_words(request, {**_service(booking), "screening": screening}) if service else {}


def _service(booking: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"service_id": booking["service"]["id"]}


def _page(
    request: Request,
    booking: Mapping[str, Any],
    asked: Screened,
    form: Form,
    *,
    leaves: str,
    errors: Sequence[FieldError] = (),
) -> Response:
    today = today_at(request, booking["location"]["zone"])
    return page(
        request,
        "name_guest.html",
        422 if errors else 200,
        private=True,
        here=f"/bookings/{booking['id']}",
        visit=visit_of_booking(booking, today=today, language=language_of(request)),
        revision=booking["revision"],
        leaves=leaves,
        companion=companion_of(str(request.path_params["place"]), asked, form),
        errors=errors,
    )
