"""The first screen: branch, service, day and time, all in the address."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.cookies import hold_key
from gateway.web.held import HeldVisit, held_visit, today_at
from gateway.web.languages import Language
from gateway.web.looking import Slots, times_ahead
from gateway.web.pages import language_of, page
from gateway.web.presenters.apart import Apart, apart_of, possible_apart
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.offers import Treatment, branches_of, treatments_of
from gateway.web.presenters.people import TWO, asked_for
from gateway.web.presenters.times import Part, Times, alternatives_of, said_of
from gateway.web.presenters.together import AT_ONCE, Together, of_a_part
from gateway.web.presenters.wishes import possible, rows_with_wishes
from gateway.web.words import Notice, notice_of


async def show(request: Request) -> Response:
    """GET /."""
    return await choose_page(request, read_choice(request.query_params))


async def choose_page(
    request: Request,
    choice: Choice,
    *,
    notice: Notice | None = None,
    alternatives: Sequence[Mapping[str, Any]] = (),
    status: int = 200,
) -> Response:
    """The first screen for `choice`, with a notice and times near the wanted one if a hold was refused."""
    language = language_of(request)
    found = _found(request, choice, language)
    choice, location, treatment = found.choice, found.location, found.treatment
    if found.refused is not None:
        notice, status = notice_of(found.refused, language)
    asked = asyncio.create_task(_held(request, language))
    times: Times | None = None
    near: Sequence[Part] = ()
    try:
        if location is not None and treatment is not None and treatment.address is not None:
            if alternatives:
                near = alternatives_of(
                    alternatives,
                    zone=location["zone"],
                    today=today_at(request, location["zone"]),
                    names=found.names,
                    language=language,
                )
            else:
                times = await _times(request, found, location, horizon_days=treatment.horizon_days)
    finally:
        held = await asked
    return page(
        request,
        "choose.html",
        status,
        title=_title(location, treatment, language),
        said=_said(location, treatment, times, language),
        choice=choice,
        branches=branches_of(request.app.state.slotwell.catalog.locations(), choice=choice),
        treatments=found.treatments,
        apart=_apart(request, found, language),
        rows=rows_with_wishes(found.people, guests=found.guests, choice=choice, language=language),
        times=times,
        alternatives=near,
        all_times=choice.address("when"),
        wait=replace(choice, page="/waitlist").address(),
        several=replace(choice, page="/series", extras=()).address(),
        another=_another(choice).address("then"),
        two_rooms=_two_rooms(choice, times) if found.guests == TWO and times else None,
        zone=location["zone"] if location else "",
        zone_place=location["address"]["city"] if location else "",
        notice=notice,
        held=held,
        # One page view makes at most one hold of a time, however often its button is pressed.
        visit_key=secrets.token_urlsafe(12),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What of the guest's choice exists; `refused` says what did not, and that part counts as not chosen."""

    choice: Choice
    location: Mapping[str, Any] | None = None
    treatments: Sequence[Treatment] = ()
    people: Sequence[Mapping[str, Any]] = ()
    refused: Refused | None = None

    @property
    def treatment(self) -> Treatment | None:
        """The chosen treatment."""
        return next((one for one in self.treatments if one.chosen), None)

    @property
    def guests(self) -> int:
        """How many come to one booking of it."""
        return self.treatment.guests if self.treatment else 1

    @property
    def names(self) -> Mapping[str, str]:
        """The names of those who give it, by id."""
        return {person["id"]: person["name"] for person in self.people}


def _found(request: Request, choice: Choice, language: Language) -> _Found:
    catalog = request.app.state.slotwell.catalog
    if not catalog.loaded:
        raise Unavailable("catalog")
    locations = catalog.locations()
    if len(locations) == 1 and choice.location is None:
        choice = replace(choice, location=locations[0]["id"])
    location = next((one for one in locations if one["id"] == choice.location), None)
    if location is None:
        refused = Refused("unknown_location") if choice.location is not None else None
        return _Found(choice=Choice(service=choice.service), refused=refused)
    services = each_in_language(catalog.services(location_id=location["id"]), language.tag)
    found = _Found(
        choice=choice,
        location=location,
        treatments=treatments_of(services, location=location, choice=choice, language=language),
    )
    if found.treatment is None:
        refused = Refused("unknown_service") if choice.service is not None else None
        return replace(found, choice=Choice(location=choice.location), refused=refused)
    minutes = next((length.minutes for length in found.treatment.lengths if length.chosen), None)
    people = catalog.practitioners(location_id=location["id"], service_id=choice.service)
    people = each_in_language(people, language.tag)
    extras = tuple(extra.id for extra in found.treatment.extras if extra.chosen)
    second = choice.second if found.guests == TWO else None
    wishes = possible(choice, people, guests=found.guests) | possible_apart(choice, found.treatment)
    choice = replace(choice, minutes=minutes, extras=extras, second=second, **wishes)
    found = replace(found, choice=choice, people=people)
    if not {choice.practitioner, second} - {None} <= found.names.keys():
        choice = replace(found.choice, practitioner=None, second=None)
        return replace(found, choice=choice, refused=Refused("unknown_practitioner"))
    return found


def _apart(request: Request, found: _Found, language: Language) -> Apart | None:
    service = request.app.state.slotwell.catalog.service(found.choice.service) if found.treatment else None
    if service is None or found.treatment is None:
        return None
    return apart_of(found.treatment, service, choice=found.choice, language=language)


async def _times(request: Request, found: _Found, location: Mapping[str, Any], *, horizon_days: int) -> Times:
    choice, key = found.choice, hold_key(request)
    wanted = asked_for(choice, guests=found.guests)

    async def ask(since: datetime, until: datetime) -> Slots:
        booking = request.app.state.slotwell.booking
        look = booking.search if wanted.keys() & {"guests", "add_on_ids"} else booking.availability
        answer = await look(
            location_id=choice.location,
            service_id=choice.service,
            since=since,
            until=until,
            hold={"id": key.id, "token": key.token} if key else None,
            **wanted,
        )
        slots: Slots = answer["slots"]
        return slots

    return await times_ahead(
        ask,
        choice=choice,
        zone=location["zone"],
        today=today_at(request, location["zone"]),
        horizon_days=horizon_days,
        names=found.names,
        language=language_of(request),
    )


def _another(choice: Choice) -> Together:
    """The visit that begins with this treatment; what comes next is wished to be by someone alike."""
    like = Choice(gender=choice.gender, spoken=choice.spoken)
    return Together(location=choice.location, day=choice.day, week=choice.week, others=(like,), **of_a_part(choice))


def _two_rooms(choice: Choice, times: Times) -> str | None:
    """Where two begin together in rooms of their own, by whom each wished; None where every day shown has a time."""
    without = {day.key for day in times.days if not day.free}
    if not without:
        return None
    day = choice.day if choice.day and choice.day.isoformat() in without else None
    other = Choice(practitioner=choice.second, gender=choice.gender2, spoken=choice.spoken)
    return Together(
        location=choice.location,
        arrangement=AT_ONCE,
        day=day,
        week=choice.week,
        practitioner=choice.practitioner,
        gender=choice.gender,
        spoken=choice.spoken,
        others=(other,),
    ).address()


async def _held(request: Request, language: Language) -> HeldVisit | None:
    """The hold that this guest already has, to go on with; not knowing it must not hide the free times."""
    key = hold_key(request)
    if key is None:
        return None
    try:
        hold = await request.app.state.slotwell.booking.describe_hold(hold_id=key.id, token=key.token)
    except (Refused, Unavailable, OutcomeUnknown):
        return None
    held = held_visit(request, hold, language)
    return held if held.hold.live else None


def _title(location: Mapping[str, Any] | None, treatment: Treatment | None, language: Language) -> str:
    if location is not None and treatment is not None:
        return language.text("%(service)s at %(branch)s", service=treatment.name, branch=location["name"])
    return language.text("Book a time")


def _said(
    location: Mapping[str, Any] | None, treatment: Treatment | None, times: Times | None, language: Language
) -> str:
    """What a screen reader hears when the page changed in place."""
    if times is not None:
        return said_of(times, language)
    if treatment is not None:
        return treatment.name
    return location["name"] if location is not None else ""
