"""The hold that a page is about: asked from booking, or, when booking is away, read from the form's own fields.

The form carries what is held, so that a guest whose request failed sees the same page again, not a blank one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.domain.texts import in_language
from gateway.web.cookies import HoldKey
from gateway.web.languages import Language
from gateway.web.pages import language_of
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.extras import Extra, asked_with, extras_named, extras_of, length_of, price_with
from gateway.web.presenters.visit import Held, Visit, held_of, visit_of
from gateway.web.presenters.wishes import wish_kept_in

_MOST_GUESTS = 20
_CARRIED = ("location", "service", "start", "end", "minutes", "who", "expires", "extendable")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVisit:
    """A held visit's facts and how long it stays held."""

    visit: Visit
    hold: Held


def held_visit(request: Request, hold: Mapping[str, Any], language: Language) -> HeldVisit:
    """What to show of `hold`, now."""
    location = location_of(request, hold)
    service = service_of(request, hold)
    return HeldVisit(
        visit=visit_of(
            start=hold["start"],
            end=hold["end"],
            location=location,
            service=service["name"],
            practitioners=hold["practitioners"],
            minutes=hold["duration_minutes"],
            price=hold["price"],
            extras=[extra.name for extra in extras_of(service, hold)],
            today=today_at(request, location["zone"]),
            language=language,
        ),
        # Holds live in real time; the demo's clock may be days ahead of it.
        hold=held_of(hold, zone=location["zone"], now=datetime.now(UTC), language=language),
    )


async def describe(request: Request, key: HoldKey, form: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The hold of `key`, or what the form says of it if booking cannot be asked, or None if neither knows."""
    try:
        hold: Mapping[str, Any] = await request.app.state.slotwell.booking.describe_hold(
            hold_id=key.id, token=key.token
        )
    except (Refused, Unavailable, OutcomeUnknown):
        return carried_hold(request, form)
    return hold


def carried_fields(request: Request, hold: Mapping[str, Any], form: Mapping[str, str]) -> Mapping[str, str]:
    """The hidden fields that let the next request know what is held."""
    extras = extras_of(service_of(request, hold), hold)
    return {
        "hold": str(hold.get("id", "")),
        "location": hold["location_id"],
        "service": hold["service_id"],
        "start": hold["start"],
        "end": hold["end"],
        "minutes": str(length_of(hold, extras)),
        "extras": ",".join(extra.id for extra in extras),
        "who": ",".join(person["id"] for person in hold["practitioners"]),
        "expires": hold["expires_at"],
        "extendable": hold["extendable_until"],
        "guests": str(len(hold.get("guests") or ())),
        **wish_kept_in(hold),
    } | {name: form[name] for name in ("practitioner", "second") if form.get(name)}


def carried_hold(request: Request, form: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The hold that the form's hidden fields tell of, or None where they do not add up."""
    if not all(form.get(name) for name in _CARRIED if name != "who"):
        return None
    catalog = request.app.state.slotwell.catalog
    service = catalog.service(form["service"])
    if service is None or catalog.location(form["location"]) is None:
        return None
    try:
        minutes = int(form["minutes"])
        extras = extras_named(service, form.get("extras", "").split(","), location_id=form["location"])
        offered = [
            duration
            for offer in service["offers"]
            if offer["location_id"] == form["location"]
            for duration in offer["durations"]
            if duration["minutes"] == minutes
        ]
        if any(datetime.fromisoformat(form[name]).tzinfo is None for name in ("start", "end", "expires", "extendable")):
            return None
    except ValueError:
        return None
    people = catalog.practitioners(location_id=form["location"], service_id=form["service"])
    asked = form.get("who", "").split(",")
    return {
        "id": form.get("hold", ""),
        "state": "held",
        "location_id": form["location"],
        "service_id": form["service"],
        "start": form["start"],
        "end": form["end"],
        "duration_minutes": minutes + sum(extra.minutes for extra in extras),
        "price": price_with(offered[0]["price"], extras) if offered else None,
        "practitioners": [{"id": one["id"], "name": one["name"]} for one in people if one["id"] in asked],
        "expires_at": form["expires"],
        "extendable_until": form["extendable"],
        "screening": asked_with(service["screening"], extras),
        "preferences": read_choice(form).preferences,
        "guests": [_guest(service, extras)] * _count(form.get("guests", "")),
    }


def _guest(service: Mapping[str, Any], extras: Sequence[Extra]) -> Mapping[str, Any]:
    return {
        "screening": asked_with(service["screening"], extras),
        "add_ons": [{"id": extra.id, "name": extra.name} for extra in extras],
    }


def _count(text: str) -> int:
    return min(int(text), _MOST_GUESTS) if text.isascii() and text.isdigit() else 0


def choice_of(request: Request, hold: Mapping[str, Any], form: Mapping[str, str]) -> Choice:
    """The first screen's choice that led to `hold`, its day shown."""
    extras = extras_of(service_of(request, hold), hold)
    return Choice(
        location=hold["location_id"],
        service=hold["service_id"],
        minutes=length_of(hold, extras),
        extras=tuple(extra.id for extra in extras),
        practitioner=form.get("practitioner") or None,
        second=form.get("second") or None,
        **wish_kept_in(hold),
        day=datetime.fromisoformat(hold["start"]).date(),
    )


def location_of(request: Request, hold: Mapping[str, Any]) -> Mapping[str, Any]:
    """The branch of a hold. One that the catalog no longer has cannot be shown: `Unavailable`."""
    location: Mapping[str, Any] | None = request.app.state.slotwell.catalog.location(hold["location_id"])
    if location is None:
        raise Unavailable("catalog")
    return location


def service_of(request: Request, hold: Mapping[str, Any]) -> Mapping[str, Any]:
    """The service of a hold. One that the catalog no longer has cannot be shown: `Unavailable`."""
    service: Mapping[str, Any] | None = request.app.state.slotwell.catalog.service(hold["service_id"])
    if service is None:
        raise Unavailable("catalog")
    return in_language(service, language_of(request).tag)


def in_the_readers_words(request: Request, hold: Mapping[str, Any]) -> Mapping[str, Any]:
    """The hold with its safety questions in the reader's language, where our copy knows the version that was asked."""
    service = service_of(request, hold)
    known = asked_with(service["screening"], extras_of(service, hold))
    guests = [_in_words(part, known) for part in hold.get("guests") or ()]
    return {**_in_words(hold, known), "guests": guests}


def _in_words(part: Mapping[str, Any], known: Mapping[str, Any] | None) -> Mapping[str, Any]:
    asked = part.get("screening")
    if not asked or not known or asked["version"] != known["version"]:
        return part
    texts = {question["id"]: question["text"] for question in known["questions"]}
    questions = [{**each, "text": texts.get(each["id"], each["text"])} for each in asked["questions"]]
    return {**part, "screening": {**asked, "questions": questions}}


def names_of(request: Request, *, location_id: str, service_id: str) -> Mapping[str, str]:
    """The names of those who give a service at a branch, by id."""
    people: Sequence[Mapping[str, Any]] = request.app.state.slotwell.catalog.practitioners(
        location_id=location_id, service_id=service_id
    )
    return {person["id"]: person["name"] for person in people}


def today_at(request: Request, zone: str) -> date:
    """Today's date at a branch."""
    now: datetime = request.app.state.slotwell.clock.now()
    return now.astimezone(ZoneInfo(zone)).date()
