"""Time first: what one guest or two can have this evening, or tomorrow's, and what else where nothing is free."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused, Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.held import today_at
from gateway.web.languages import Language
from gateway.web.pages import language_of, page
from gateway.web.presenters.choice import Choice, day_in
from gateway.web.presenters.evening import Names, Wanted, evening_of
from gateway.web.presenters.offers import branches_of
from gateway.web.words import UNAVAILABLE, notice_of, said

BEGINS = time(17)


async def show(request: Request) -> Response:
    """GET /tonight."""
    language, catalog = language_of(request), request.app.state.slotwell.catalog
    if not catalog.loaded:
        raise Unavailable("catalog")
    locations = catalog.locations()
    wanted = _wanted(request.query_params, locations)
    location = next((one for one in locations if one["id"] == wanted.location), None)
    evening, notice, status, tomorrow = None, None, 200, False
    if location is not None:
        today = today_at(request, location["zone"])
        tomorrow = wanted.day == today + timedelta(days=1)
        wanted = replace(wanted, day=wanted.day if tomorrow else today)
        since, until = _hours(wanted.day or today, location["zone"], now=request.app.state.slotwell.clock.now())
        try:
            found = await request.app.state.slotwell.booking.by_time(
                location_id=location["id"], guests=wanted.guests, since=since, until=until
            )
            evening = evening_of(found, wanted, today=today, names=_names(request, language), language=language)
        except Refused as refused:
            notice, status = notice_of(refused, language)
        except Unavailable:
            notice, status = said(UNAVAILABLE, language), 503
    heading = _heading(wanted, tomorrow=tomorrow, language=language)
    return page(
        request,
        "tonight.html",
        status,
        title=f"{heading}, {location['name']}" if location is not None else heading,
        heading=heading,
        wanted=wanted,
        branches=[
            replace(each, address=wanted.address(location=each.id, at=None))
            for each in branches_of(locations, choice=Choice(location=wanted.location))
        ],
        evening=evening,
        zone=location["zone"] if location else "",
        zone_place=location["address"]["city"] if location else "",
        phone=location["phone"] if location else "",
        notice=notice,
        visit_key=secrets.token_urlsafe(12),
    )


def _wanted(query: Mapping[str, str], locations: Any) -> Wanted:
    location = query.get("location") or (locations[0]["id"] if len(locations) == 1 else None)
    return Wanted(
        location=location,
        guests=2 if query.get("guests") == "2" else 1,
        day=day_in(query.get("day", "")),
        at=query.get("at") or None,
    )


def _hours(day: date, zone: str, *, now: datetime) -> tuple[datetime, datetime]:
    """The evening by the branch's clock, or what is left of it."""
    place = ZoneInfo(zone)
    begins, ends = datetime.combine(day, BEGINS, place), datetime.combine(day + timedelta(days=1), time(), place)
    return max(begins, min(now.astimezone(place), ends - timedelta(minutes=1))), ends


def _names(request: Request, language: Language) -> Names:
    catalog = request.app.state.slotwell.catalog
    locations = catalog.locations()
    services = {
        service["id"]: service
        for location in locations
        for service in each_in_language(catalog.services(location_id=location["id"]), language.tag)
    }
    return Names(services=services, locations={one["id"]: one for one in locations})


def _heading(wanted: Wanted, *, tomorrow: bool, language: Language) -> str:
    if tomorrow:
        return language.text("Tomorrow evening")
    return language.text("Tonight for two") if wanted.guests > 1 else language.text("Tonight")
