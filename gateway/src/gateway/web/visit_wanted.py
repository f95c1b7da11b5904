"""What of a wish for a visit exists: the branch, what each part can be, and what was chosen of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from gateway.application.errors import Unavailable
from gateway.domain.texts import each_in_language
from gateway.web.pages import language_of
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.extras import asked_with, extras_named
from gateway.web.presenters.offers import Treatment
from gateway.web.presenters.together import MOST, PartOf, Together, read_together, treatments_for
from gateway.web.presenters.wishes import possible

People = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A part that was chosen, as far as it can be had."""

    choice: Choice
    service: Mapping[str, Any]
    """With the safety questions of what is had with it among its own."""
    extras: Sequence[str]
    """The names of what is had with it."""
    people: People
    """Who gives it, and is not asked for by somebody else at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a wish exists: the branch, what each part can be, and what was chosen of it."""

    wish: Together
    location: Mapping[str, Any]
    picked: Sequence[Picked | None]
    """What each part is; None of one that is still to be chosen."""
    offered: Sequence[Sequence[Treatment]]
    """What each part can be, and after all of them what can come next, if anything can."""

    @property
    def parts(self) -> list[Picked]:
        """Those that are chosen, in order."""
        return [one for one in self.picked if one is not None]

    @property
    def complete(self) -> bool:
        """Whether all are."""
        return all(self.picked)

    @property
    def names(self) -> dict[str, str]:
        """The names of those who give them, by id."""
        return {one["id"]: one["name"] for part in self.parts for one in part.people}


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

    def offered(place: int) -> list[Treatment]:
        return treatments_for(place, services, location=location, wish=wish, language=language)

    def pick(part: PartOf) -> Picked | None:
        treatment = next((one for one in offered(part.place) if one.chosen), None)
        if treatment is None:
            return None
        people = catalog.practitioners(location_id=location["id"], service_id=treatment.id)
        service = next(one for one in services if one["id"] == treatment.id)
        return _picked(part, treatment, service, each_in_language(people, language.tag))

    first, *others = (pick(part) for part in wish.parts)
    if first is None and not wish.at_once:
        return None
    # What is not to be had is left out; a second that is still to be chosen keeps its place.
    later: list[Picked | None] = [one for one in others if one is not None]
    picked = [first, *(later or [None])]
    if wish.at_once:
        picked = _each_their_own(picked)
    parts = [one.choice if one else _open(wish.part(place)) for place, one in enumerate(picked)]
    wish = replace(wish.with_parts(parts), slot=wish.slot)
    places = range(min(len(picked) + 1, MOST))
    return Wanted(wish=wish, location=location, picked=picked, offered=[offered(place) for place in places])


def _picked(part: PartOf, treatment: Treatment, service: Mapping[str, Any], people: People) -> Picked:
    had = [extra.id for extra in treatment.extras if extra.chosen]
    extras = extras_named(service, had, location_id=part.location or "")
    choice: Choice = replace(
        part,
        minutes=next((length.minutes for length in treatment.lengths if length.chosen), None),
        extras=tuple(had),
        practitioner=part.practitioner if part.practitioner in {one["id"] for one in people} else None,
    )
    return Picked(
        choice=_possible(choice, people),
        service={**service, "screening": asked_with(service["screening"], extras)},
        extras=[extra.name for extra in extras],
        people=people,
    )


def _possible(choice: Choice, people: People) -> Choice:
    wishes = possible(choice, people, guests=1)
    return replace(choice, gender=wishes["gender"], spoken=wishes["spoken"])


def _each_their_own(picked: Sequence[Picked | None]) -> list[Picked | None]:
    """Nobody treats two at once: whom one guest asks for by name is no choice for the other."""
    apart: list[Picked | None] = []
    for one in picked:
        named = {other.choice.practitioner for other in picked if other and other is not one}
        left = [person for person in one.people if person["id"] not in named] if one else []
        apart.append(one and replace(one, people=left, choice=_possible(one.choice, left)))
    return apart


def _open(part: PartOf) -> Choice:
    """A part without its treatment; by whom it should be is still wished."""
    return replace(part, service=None, minutes=None, extras=())
