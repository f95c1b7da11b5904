"""Wishing for a series: how many sessions, how often, and when the first should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused, Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.filled import FieldError
from gateway.web.held import today_at
from gateway.web.languages import Language
from gateway.web.looking import Slots, times_ahead
from gateway.web.pages import language_of, page
from gateway.web.presenters.rhythm import ABOUT, EVERY, FEWEST, MOST, ORDERS, Rhythm, wrong_numbers
from gateway.web.presenters.times import Times
from gateway.web.presenters.wishes import possible, rows_with_wishes
from gateway.web.words import Notice, notice_of

USUAL = "6"
"""How many sessions the form begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What of a wish exists: the branch, the treatment, and the second one where there is."""

    rhythm: Rhythm
    location: Mapping[str, Any]
    service: Mapping[str, Any]
    offer: Mapping[str, Any]
    """Of the first session's treatment at the branch."""
    begin: Mapping[str, Any] | None
    also: Mapping[str, Any] | None
    people: Sequence[Mapping[str, Any]]

    @property
    def services(self) -> list[Mapping[str, Any]]:
        """The treatments of the series, in order."""
        return [one for one in (self.begin, self.service, self.also) if one is not None]


def wished(request: Request, rhythm: Rhythm) -> Wished | None:
    """What is wished for, with what is not offered here left out; None where nothing is left to wish for."""
    catalog, tag = request.app.state.slotwell.catalog, language_of(request).tag
    if not catalog.loaded:
        raise Unavailable("catalog")
    location = next((one for one in catalog.locations() if one["id"] == rhythm.location), None)
    if location is None:
        return None
    services = {one["id"]: one for one in each_in_language(catalog.services(location_id=location["id"]), tag)}
    service = services.get(rhythm.service or "")
    offer = _offer(service, location["id"]) if service else None
    if service is None or offer is None:
        return None
    offered = [each["minutes"] for each in offer["durations"]]
    minutes = rhythm.minutes if rhythm.minutes in offered else (60 if 60 in offered else offered[0])
    begin, also = services.get(rhythm.begin or ""), services.get(rhythm.also or "")
    people = each_in_language(catalog.practitioners(location_id=location["id"], service_id=service["id"]), tag)
    known = {person["id"] for person in people}
    rhythm = replace(
        rhythm,
        minutes=minutes,
        begin=begin["id"] if begin else None,
        also=also["id"] if also else None,
        practitioner=rhythm.practitioner if rhythm.practitioner in known else None,
    )
    rhythm = replace(rhythm, **possible(rhythm, people, guests=1))
    first = _offer(begin, location["id"]) if begin else None
    return Wished(
        rhythm=rhythm,
        location=location,
        service=service,
        offer=first or offer,
        begin=begin,
        also=also,
        people=[] if begin else people,
    )


async def wish_page(
    request: Request, found: Wished, *, notice: Notice | None = None, status: int = 200, private: bool = False
) -> Response:
    """How many and how often; once that is said, the free times for the first session."""
    language, rhythm = language_of(request), found.rhythm
    said = rhythm.sessions is not None
    errors = [FieldError(field=field, text=text) for field, text in wrong_numbers(rhythm, language)] if said else []
    times: Times | None = None
    if said and not errors and found.offer["channel"] == "online":
        try:
            times = await _times(request, found, language)
        except Refused as refused:
            notice, status = notice_of(refused, language)
    by_phone = [one for one in found.services if _channel(one, found.location["id"]) != "online"]
    return page(
        request,
        "series_wish.html",
        422 if errors and status == 200 else status,
        private=private,
        rhythm=rhythm,
        said=said and not errors,
        summary=summary(rhythm, language),
        form={
            "sessions": rhythm.sessions if said else USUAL,
            "also_sessions": rhythm.also_sessions or USUAL,
        },
        fewest=1 if found.also or found.begin else FEWEST,
        most=MOST,
        every=[(value, language.text(words)) for value, (_, words) in EVERY.items()],
        about=[(value, language.text(words)) for value, (_, _, words) in ABOUT.items()],
        orders=[(value, language.text(words)) for value, words in ORDERS.items()],
        errors=errors,
        notice=notice,
        branch=found.location["name"],
        service=found.service["name"],
        begin=found.begin["name"] if found.begin else "",
        modality=found.service["modality"],
        also=found.also["name"] if found.also else "",
        rows=rows_with_wishes(found.people, guests=1, choice=rhythm, language=language),
        times=times,
        zone=found.location["zone"],
        zone_place=found.location["address"]["city"],
        phone=found.location["phone"],
        by_phone=[one["name"] for one in by_phone],
        back=_one(rhythm).address("when"),
    )


def summary(rhythm: Rhythm, language: Language) -> str:
    """ "6 sessions, every week"."""
    number = language.several("%(count)d session", "%(count)d sessions", rhythm.total)
    every = language.text(EVERY.get(rhythm.every or "", EVERY["1"])[1])
    return f"{number}, {every[:1].lower()}{every[1:]}"


async def _times(request: Request, found: Wished, language: Language) -> Times:
    rhythm = found.rhythm

    wished = {"preferences": rhythm.preferences} if rhythm.preferences else {}

    async def ask(since: datetime, until: datetime) -> Slots:
        answer = await request.app.state.slotwell.booking.availability(
            location_id=rhythm.location,
            service_id=rhythm.begin or rhythm.service,
            since=since,
            until=until,
            duration_minutes=None if rhythm.begin else rhythm.minutes,
            practitioner_id=None if rhythm.begin else rhythm.practitioner,
            **wished,
        )
        slots: Slots = answer["slots"]
        return slots

    return await times_ahead(
        ask,
        choice=replace(rhythm, slot=None),
        zone=found.location["zone"],
        today=today_at(request, found.location["zone"]),
        horizon_days=found.offer["horizon_days"],
        names={person["id"]: person["name"] for person in found.people},
        language=language,
    )


def _one(rhythm: Rhythm) -> Rhythm:
    """The same treatment, once, on the first screen."""
    return Rhythm(
        page="/",
        location=rhythm.location,
        service=rhythm.service,
        minutes=rhythm.minutes,
        practitioner=rhythm.practitioner,
        gender=rhythm.gender,
        spoken=rhythm.spoken,
        day=rhythm.day,
        week=rhythm.week,
    )


def _offer(service: Mapping[str, Any], location_id: str) -> Mapping[str, Any] | None:
    return next((one for one in service["offers"] if one["location_id"] == location_id), None)


def _channel(service: Mapping[str, Any], location_id: str) -> str:
    offer = _offer(service, location_id)
    return str(offer["channel"]) if offer else "phone"
