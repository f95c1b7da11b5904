"""Wishing for a visit of two parts: which services, how long, by whom, and when it begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused, Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.held import today_at
from gateway.web.languages import Language
from gateway.web.looking import Slots, times_ahead
from gateway.web.pages import language_of, page
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.offers import Treatment
from gateway.web.presenters.times import Times
from gateway.web.presenters.together import ANCHORS, Together, hands_for, read_together, treatments_for
from gateway.web.words import Notice, notice_of

# Visits are looked for 14 days at once at most, and a day may have 25 hours.
_LOOK_AHEAD = timedelta(days=13)
_PLACES = range(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a wish exists: the branch, what each part can be, and what was chosen of it."""

    wish: Together
    location: Mapping[str, Any]
    services: Sequence[Mapping[str, Any]]
    """Those chosen, in order: two once both are."""
    offered: Sequence[Sequence[Treatment]]
    """What each part can be."""
    people: Sequence[Sequence[Mapping[str, Any]]]
    """Who gives each chosen service."""

    @property
    def treatments(self) -> list[Treatment | None]:
        """What was chosen for each part."""
        return [next((one for one in listed if one.chosen), None) for listed in self.offered]

    @property
    def complete(self) -> bool:
        """Whether both parts are chosen."""
        return all(self.treatments)

    @property
    def names(self) -> dict[str, str]:
        """The names of those who give them, by id."""
        return {one["id"]: one["name"] for people in self.people for one in people}


def wanted(request: Request, asked: Mapping[str, str]) -> Wanted | None:
    """What is wished for, with what is not offered here left out; None where there is no such branch, or nothing
    after which another treatment could come."""
    catalog, language = request.app.state.slotwell.catalog, language_of(request)
    if not catalog.loaded:
        raise Unavailable("catalog")
    wish = read_together(asked)
    location = next((one for one in catalog.locations() if one["id"] == wish.location), None)
    if location is None:
        return None
    services = each_in_language(catalog.services(location_id=location["id"]), language.tag)
    chosen, people = [], []
    for place in _PLACES:
        listed = treatments_for(place, services, location=location, wish=wish, language=language)
        treatment = next((one for one in listed if one.chosen), None)
        if treatment is None:
            wish = wish.with_part(place, service=None, minutes=None, practitioner=None)
            continue
        given = catalog.practitioners(location_id=location["id"], service_id=treatment.id)
        given = each_in_language(given, language.tag)
        named = wish.parts()[place]["practitioner_id"]
        wish = wish.with_part(
            place,
            service=treatment.id,
            minutes=next((length.minutes for length in treatment.lengths if length.chosen), None),
            practitioner=named if named in {one["id"] for one in given} else None,
        )
        chosen.append(next(one for one in services if one["id"] == treatment.id))
        people.append(given)
    if wish.service is None and not wish.at_once:
        return None
    offered = [treatments_for(place, services, location=location, wish=wish, language=language) for place in _PLACES]
    return Wanted(wish=wish, location=location, services=chosen, offered=offered, people=people)


async def wish_page(
    request: Request, found: Wanted, *, notice: Notice | None = None, status: int = 200, private: bool = False
) -> Response:
    """What the parts are; once both are chosen, the times at which the visit can begin."""
    language, wish, location = language_of(request), found.wish, found.location
    times: Times | None = None
    if found.complete:
        try:
            times = await _times(request, found, language)
        except Refused as refused:
            notice, status = notice_of(refused, language)
    return page(
        request,
        "visit_wish.html",
        status,
        private=private,
        wish=wish,
        parts=_sections(found, language),
        branch=location["name"],
        rows=hands_for(
            [(one["name"], people) for one, people in zip(found.services, found.people, strict=True)],
            wish=wish,
            language=language,
        )
        if found.complete
        else [],
        times=times,
        zone=location["zone"],
        zone_place=location["address"]["city"],
        phone=location["phone"],
        notice=notice,
        back=_just_one(wish).address("when"),
    )


def _sections(found: Wanted, language: Language) -> list[dict[str, Any]]:
    headings = (
        (language.text("For you"), language.text("For who comes with you"))
        if found.wish.at_once
        else (language.text("First"), language.text("Then"))
    )
    sections = [
        {"heading": headings[place], "anchor": ANCHORS[place], "treatment": chosen, "offered": found.offered[place]}
        for place, chosen in enumerate(found.treatments)
    ]
    # The second is asked for once the first is known.
    return sections if found.wish.service is not None else sections[:1]


async def _times(request: Request, found: Wanted, language: Language) -> Times:
    wish, zone = replace(found.wish, slot=None), found.location["zone"]

    async def ask(since: datetime, until: datetime) -> Slots:
        answer = await visits_between(request, wish, since, until)
        return [{**each, "practitioner_ids": ()} for each in answer["visits"]]

    return await times_ahead(
        ask,
        choice=wish,
        zone=zone,
        today=today_at(request, zone),
        horizon_days=min(one.horizon_days for one in found.treatments if one is not None),
        names={},
        language=language,
        look_ahead=_LOOK_AHEAD,
    )


async def visits_between(request: Request, wish: Together, since: datetime, until: datetime) -> Mapping[str, Any]:
    """The visits that begin in `[since, until)`, as booking answers."""
    answer: Mapping[str, Any] = await request.app.state.slotwell.series.visits(
        location_id=wish.location, arrangement=wish.arrangement, parts=wish.parts(), since=since, until=until
    )
    return answer


def _just_one(wish: Together) -> Choice:
    """The first service by itself, on the first screen."""
    return Choice(
        location=wish.location,
        service=wish.service,
        minutes=wish.minutes,
        practitioner=wish.practitioner,
        day=wish.day,
        week=wish.week,
    )
