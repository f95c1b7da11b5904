"""What can be booked, where, for how long and for how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from catalog.domain.identity import LocationId, ServiceId
from catalog.domain.problem import Place, Problem

DAY_MINUTES = 24 * 60


class Modality(StrEnum):
    MASSAGE = "massage"
    PHYSICAL_THERAPY = "physical_therapy"


class Channel(StrEnum):
    ONLINE = "online"
    PHONE = "phone"
    ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionersNeeded:
    """So many practitioners, each with this skill."""

    skill: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeeded:
    """One room of this kind for at least so many guests."""

    room_kind: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Yes/no safety questions; raise the version with every change of meaning."""

    version: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy:
    """Free until so many hours before the start; afterwards this part of the price."""

    free_until_hours: int
    fee_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    minutes: int
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The service at one branch: how it is booked there, how soon, how far ahead, and what it costs."""

    location_id: LocationId
    channel: Channel
    minimum_notice_minutes: int
    horizon_days: int
    start_grid_minutes: int
    durations: tuple[Duration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    id: ServiceId
    modality: Modality
    name: str
    discreet_name: str
    summary: str
    techniques: tuple[str, ...]
    best_for: tuple[str, ...]
    set_up_minutes: int
    clean_up_minutes: int
    requirements: tuple[PractitionersNeeded | RoomNeeded, ...]
    screening: Screening | None
    cancellation: CancellationPolicy
    offers: tuple[Offer, ...]


def problems_of_service(service: Service, place: Place, *, currencies: Mapping[LocationId, str]) -> Iterator[Problem]:
    """Everything that is wrong with the service by itself, given the money that each branch takes."""
    if service.screening is not None:
        ids = [question.id for question in service.screening.questions]
        for index in _repeats(ids):
            yield Problem(
                place=(*place, "screening", "questions", index, "id"),
                message=f"a second question is called {ids[index]!r}",
            )
    locations = [offer.location_id for offer in service.offers]
    for index in _repeats(locations):
        yield Problem(place=(*place, "offers", index, "location"), message="a second offer for the same location")
    for index, offer in enumerate(service.offers):
        yield from _problems_of_offer(offer, (*place, "offers", index), currency=currencies.get(offer.location_id))


def _problems_of_offer(offer: Offer, place: Place, *, currency: str | None) -> Iterator[Problem]:
    if DAY_MINUTES % offer.start_grid_minutes:
        yield Problem(
            place=(*place, "start_grid_minutes"),
            message=f"a day does not divide by {offer.start_grid_minutes} minutes, so starts would drift",
        )
    if offer.minimum_notice_minutes >= offer.horizon_days * DAY_MINUTES:
        yield Problem(
            place=(*place, "minimum_notice_minutes"),
            message="leaves nothing to book before the horizon is reached",
        )
    minutes = [duration.minutes for duration in offer.durations]
    for index in _repeats(minutes):
        yield Problem(
            place=(*place, "durations", index, "minutes"),
            message=f"{minutes[index]} minutes are already offered here",
        )
    for index, duration in enumerate(offer.durations):
        where = (*place, "durations", index, "price")
        if currency is not None and duration.price.currency != currency:
            yield Problem(
                place=(*where, "currency"),
                message=f"is {duration.price.currency}, but the location takes {currency}",
            )


def _repeats(values: list[object] | list[str] | list[int] | list[LocationId]) -> Iterator[int]:
    """The places of values that occurred before."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield index
