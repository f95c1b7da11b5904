"""A service at one branch."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from catalog.domain.add_on import AddOnPrice
from catalog.domain.channel import Channel
from catalog.domain.hours import DAY
from catalog.domain.identity import LocationId
from catalog.domain.money import Money
from catalog.domain.problem import Place, Problem
from catalog.domain.repeats import repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    minutes: int
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRules:
    """How soon before the start, how far ahead and on which grid one may book."""

    minimum_notice_minutes: int
    horizon_days: int
    start_grid_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The service at one branch: how it is booked there and what it costs. A rule that is None is the branch's."""

    location_id: LocationId
    channel: Channel
    minimum_notice_minutes: int | None
    horizon_days: int | None
    start_grid_minutes: int | None
    durations: tuple[Duration, ...]
    add_ons: tuple[AddOnPrice, ...]

    @property
    def inherited(self) -> tuple[str, ...]:
        """The rules that are the branch's."""
        return tuple(name for name in BookingRules.__slots__ if getattr(self, name) is None)

    def rules(self, of_the_branch: BookingRules) -> BookingRules:
        """The rules that hold here."""
        own = {name: getattr(self, name) for name in BookingRules.__slots__}
        inherited = {name: getattr(of_the_branch, name) for name in self.inherited}
        return BookingRules(**{**own, **inherited})


def problems_of_offer(
    offer: Offer, place: Place, *, currency: str | None, add_on_ids: Collection[str]
) -> Iterator[Problem]:
    """Everything that is wrong with the offer, given the branch's money and what can be had with the service."""
    minutes = [duration.minutes for duration in offer.durations]
    for index in repeats(minutes):
        yield Problem(
            place=(*place, "durations", index, "minutes"),
            message=f"{minutes[index]} minutes are already offered here",
        )
    for index in repeats([priced.id for priced in offer.add_ons]):
        yield Problem(place=(*place, "add_ons", index, "id"), message="has a price here already")
    for index, priced in enumerate(offer.add_ons):
        if priced.id not in add_on_ids:
            yield Problem(place=(*place, "add_ons", index, "id"), message=f"the service has no add-on {priced.id!r}")
    prices = [
        *(("durations", index, duration.price) for index, duration in enumerate(offer.durations)),
        *(("add_ons", index, priced.price) for index, priced in enumerate(offer.add_ons)),
    ]
    for part, index, price in prices:
        if currency is not None and price.currency != currency:
            yield Problem(
                place=(*place, part, index, "price", "currency"),
                message=f"is {price.currency}, but the location takes {currency}",
            )


def problems_of_rules(rules: BookingRules, place: Place, *, own: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the rules where they hold; `own` are those that are written at this place."""
    if DAY % rules.start_grid_minutes and "start_grid_minutes" in own:
        yield Problem(
            place=(*place, "start_grid_minutes"),
            message=f"a day does not divide by {rules.start_grid_minutes} minutes, so starts would drift",
        )
    if rules.minimum_notice_minutes >= rules.horizon_days * DAY and own:
        name = "minimum_notice_minutes" if "minimum_notice_minutes" in own else "horizon_days"
        yield Problem(place=(*place, name), message="leaves nothing to book before the horizon is reached")
