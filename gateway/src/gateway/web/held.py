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
from gateway.web.languages import Language, _
from gateway.web.pages import language_of
from gateway.web.presenters.apart import apart_in, own_in, price_of_two
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.extras import Extra, asked_with, extras_named, extras_of, price_with
from gateway.web.presenters.people import TWO, each_asks
from gateway.web.presenters.visit import Held, Visit, held_of, visit_of
from gateway.web.presenters.wishes import wish_kept_in

_MOST_GUESTS = 20
_CARRIED = ("location", "service", "start", "end", "minutes", "who", "expires", "extendable")


_YOURS = _("You with %(who)s, %(minutes)d minutes")
_THEIRS = _("Who comes with you, with %(who)s, %(minutes)d minutes")


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
            party=(party := _party(hold, service, language)),
            extras=[extra.name for extra in extras_of(service, hold)] if not party else [],
            today=today_at(request, location["zone"]),
            language=language,
        ),
        # Holds live in real time; the demo's clock may be days ahead of it.
        hold=held_of(hold, zone=location["zone"], now=datetime.now(UTC), language=language),
    )


def _party(hold: Mapping[str, Any], service: Mapping[str, Any], language: Language) -> list[str]:
    """A line for each of two who do not have the same."""
    parts = hold.get("guests") or ()
    if not apart_in(parts, service, location_id=hold["location_id"]):
        return []
    lines = []
    for words, part in zip((_YOURS, _THEIRS), parts, strict=True):
        by = part.get("practitioner")
        line = language.text(words, who=by["name"] if by else language.text("Anyone"), minutes=part["duration_minutes"])
        has = [one["name"] for one in part.get("add_ons") or ()]
        lines.append(f"{line}, {language.text('with %(extras)s', extras=language.all_of(has))}" if has else line)
    return lines


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
    service, place = service_of(request, hold), hold["location_id"]
    parts = _parts(hold)
    minutes, extras = own_in(parts[0], service, location_id=place)
    apart = apart_in(parts, service, location_id=place)
    own = {"minutes2": str(apart["minutes2"]), "extras2": ",".join(apart["extras2"])} if apart else {}
    return {
        "hold": str(hold.get("id", "")),
        "location": hold["location_id"],
        "service": hold["service_id"],
        "start": hold["start"],
        "end": hold["end"],
        "minutes": str(minutes),
        "extras": ",".join(extras),
        **own,
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
        choice, count = read_choice(form), _count(form.get("guests", ""))
        guests = _guests(service, choice, count)
        offered = [
            duration
            for offer in service["offers"]
            if offer["location_id"] == form["location"]
            for duration in offer["durations"]
            if duration["minutes"] == minutes
        ]
        price = price_with(offered[0]["price"], extras) if offered else None
        if count == TWO:
            price = price_of_two(service, choice)
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
        "duration_minutes": max([part["duration_minutes"] for part in guests] or [_whole(minutes, extras)]),
        "price": price,
        "practitioners": [{"id": one["id"], "name": one["name"]} for one in people if one["id"] in asked],
        "expires_at": form["expires"],
        "extendable_until": form["extendable"],
        "screening": asked_with(service["screening"], extras),
        "preferences": choice.preferences,
        "guests": guests,
    }


def _guests(service: Mapping[str, Any], choice: Choice, count: int) -> list[Mapping[str, Any]]:
    """Each guest's part, as far as the choice tells."""
    alike = {"duration_minutes": choice.minutes, "add_on_ids": choice.extras, "preferences": choice.preferences}
    each = each_asks(choice, guests=count) or [alike] * count
    place = choice.location or ""
    return [
        {
            **_guest(service, asked["duration_minutes"], extras_named(service, asked["add_on_ids"], location_id=place)),
            "preferences": asked.get("preferences"),
        }
        for asked in each
    ]


def _whole(minutes: int, extras: Sequence[Extra]) -> int:
    return minutes + sum(extra.minutes for extra in extras)


def _parts(hold: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What each guest gets; of a single guest without anything besides, the hold itself."""
    return hold.get("guests") or [hold]


def _guest(service: Mapping[str, Any], minutes: int, extras: Sequence[Extra]) -> Mapping[str, Any]:
    return {
        "duration_minutes": _whole(minutes, extras),
        "screening": asked_with(service["screening"], extras),
        "add_ons": [{"id": extra.id, "name": extra.name} for extra in extras],
    }


def _count(text: str) -> int:
    return min(int(text), _MOST_GUESTS) if text.isascii() and text.isdigit() else 0


def choice_of(request: Request, hold: Mapping[str, Any], form: Mapping[str, str]) -> Choice:
    """The first screen's choice that led to `hold`, its day shown."""
    service, place, parts = service_of(request, hold), hold["location_id"], _parts(hold)
    minutes, extras = own_in(parts[0], service, location_id=place)
    return Choice(
        location=place,
        service=hold["service_id"],
        minutes=minutes,
        extras=extras,
        **apart_in(parts, service, location_id=place),
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
    named = [one["id"] for part in _parts(hold) for one in part.get("add_ons") or ()]
    known = asked_with(service["screening"], extras_named(service, named, location_id=hold.get("location_id", "")))
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
