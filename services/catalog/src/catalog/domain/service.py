"""What can be booked, where, for how long and for how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.add_on import AddOn
from catalog.domain.identity import LocationId, ServiceId
from catalog.domain.offer import Offer, problems_of_offer
from catalog.domain.problem import Place, Problem
from catalog.domain.repeats import repeats
from catalog.domain.requirement import Requirement
from catalog.domain.screening import Screening, problems_of_questions
from catalog.domain.wording import Wording


class Modality(StrEnum):
    MASSAGE = "massage"
    PHYSICAL_THERAPY = "physical_therapy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """What is done. Rules about safety know a technique by its id."""

    id: str | None
    name: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy:
    """Free until so many hours before the start; afterwards, and without a word, these parts of the price."""

    free_until_hours: int
    fee_percent: int
    no_show_fee_percent: int
    text: Wording | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    id: ServiceId
    key: str | None = None
    language: str
    modality: Modality
    name: Wording
    discreet_name: Wording
    summary: Wording
    techniques: tuple[Technique, ...]
    best_for: tuple[Wording, ...]
    preparation: Wording | None
    aftercare: Wording | None
    set_up_minutes: int
    clean_up_minutes: int
    requirements: tuple[Requirement, ...]
    add_ons: tuple[AddOn, ...]
    screening: Screening | None
    cancellation: CancellationPolicy
    offers: tuple[Offer, ...]


def problems_of_service(service: Service, place: Place, *, currencies: Mapping[LocationId, str]) -> Iterator[Problem]:
    """Everything that is wrong with the service by itself, given the money that each branch takes."""
    if service.screening is not None:
        yield from problems_of_questions(service.screening.questions, (*place, "screening", "questions"))
    for index in repeats([technique.id or index for index, technique in enumerate(service.techniques)]):
        yield Problem(place=(*place, "techniques", index, "id"), message="names the same technique twice")
    for index in repeats([add_on.id for add_on in service.add_ons]):
        yield Problem(place=(*place, "add_ons", index, "id"), message="a second add-on has this id")
    asked = service.screening.questions if service.screening else ()
    for index, add_on in enumerate(service.add_ons):
        where = (*place, "add_ons", index)
        for problem in problems_of_questions((*asked, *add_on.questions), ()):
            at, *_ = problem.place
            yield Problem(place=(*where, "questions", int(at) - len(asked), "id"), message=problem.message)
    if service.cancellation.no_show_fee_percent < service.cancellation.fee_percent:
        yield Problem(
            place=(*place, "cancellation", "no_show_fee_percent"),
            message="is less than fee_percent: whoever stays away would pay less than whoever cancels late",
        )
    locations = [offer.location_id for offer in service.offers]
    for index in repeats(locations):
        yield Problem(place=(*place, "offers", index, "location"), message="a second offer for the same location")
    add_on_ids = {add_on.id for add_on in service.add_ons}
    for index, offer in enumerate(service.offers):
        where = (*place, "offers", index)
        yield from problems_of_offer(offer, where, currency=currencies.get(offer.location_id), add_on_ids=add_on_ids)
