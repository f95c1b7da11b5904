"""What the second of two guests has for themselves: another length, or something else with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.extras import extras_named, length_of, price_with
from gateway.web.presenters.offers import Extra, Length, Treatment
from gateway.web.presenters.people import TWO

Parts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What the second guest can choose; `price` is that of both together, empty while both have the same."""

    same: str
    """The address at which they have the same as the first."""
    chosen: bool
    lengths: Sequence[Length]
    extras: Sequence[Extra]
    price: str


def apart_of(treatment: Treatment, service: Mapping[str, Any], *, choice: Choice, language: Language) -> Apart | None:
    """What the second of two can have for themselves; None where there is nothing to choose."""
    if treatment.guests != TWO or not treatment.address or len(treatment.lengths) + len(treatment.extras) < TWO:
        return None
    apart = choice.minutes2 is not None
    has = choice.extras2 if apart else choice.extras
    price = price_of_two(service, choice) if apart else None
    return Apart(
        same=choice.address("when", minutes2=None, extras2=()),
        chosen=apart,
        lengths=[
            Length(
                minutes=each.minutes,
                price="",
                chosen=each.minutes == choice.minutes2,
                address=choice.address("when", minutes2=each.minutes, extras2=has),
            )
            for each in treatment.lengths
        ],
        extras=[
            Extra(
                id=each.id,
                name=each.name,
                summary=None,
                minutes=each.minutes,
                price=each.price,
                chosen=each.id in has,
                address=choice.address("when", extras2=_turned(has, each.id)),
            )
            for each in treatment.extras
            if apart
        ],
        price=language.price(price) if price else "",
    )


def possible_apart(choice: Choice, treatment: Treatment) -> dict[str, Any]:
    """What of the second guest's own choice can be had; nothing of their own where it is not theirs to choose."""
    lengths = {each.minutes for each in treatment.lengths}
    if treatment.guests != TWO or choice.minutes2 not in lengths:
        return {"minutes2": None, "extras2": ()}
    here = {each.id for each in treatment.extras}
    return {"minutes2": choice.minutes2, "extras2": tuple(each for each in choice.extras2 if each in here)}


def apart_in(parts: Parts, service: Mapping[str, Any], *, location_id: str) -> dict[str, Any]:
    """What the second of two has for themselves, as the page's own fields; nothing where both have the same."""
    if len(parts) != TWO:
        return {}
    first, second = (own_in(part, service, location_id=location_id) for part in parts)
    return {} if first == second else {"minutes2": second[0], "extras2": second[1]}


def own_in(part: Mapping[str, Any], service: Mapping[str, Any], *, location_id: str) -> tuple[int, tuple[str, ...]]:
    """A guest's own length, and what they have with it."""
    named = [one["id"] for one in part.get("add_ons") or ()]
    extras = extras_named(service, named, location_id=location_id)
    return length_of(part, extras), tuple(extra.id for extra in extras)


def price_of_two(service: Mapping[str, Any], choice: Choice) -> Mapping[str, str] | None:
    """What both together cost, as booking reckons it: of a length's price, which is that of both, each bears half."""
    prices = {
        duration["minutes"]: duration["price"]
        for offer in service["offers"]
        if offer["location_id"] == choice.location
        for duration in offer["durations"]
    }
    own = choice.minutes2 if choice.minutes2 is not None else choice.minutes
    first, second = prices.get(choice.minutes), prices.get(own)
    if first is None or second is None:
        return None
    halves = _half(first, larger=True) + _half(second, larger=False)
    place = choice.location or ""
    theirs = choice.extras2 if choice.minutes2 is not None else choice.extras
    with_first = price_with({**first, "amount": str(halves)}, extras_named(service, choice.extras, location_id=place))
    return price_with(with_first, extras_named(service, theirs, location_id=place))


def _half(price: Mapping[str, str], *, larger: bool) -> Decimal:
    amount = Decimal(price["amount"])
    unit = Decimal((0, (1,), int(amount.as_tuple().exponent)))
    share, rest = divmod(amount / unit, 2)
    return (share + (rest if larger else 0)) * unit


def _turned(chosen: Sequence[str], extra: str) -> tuple[str, ...]:
    return tuple(each for each in chosen if each != extra) if extra in chosen else (*chosen, extra)
