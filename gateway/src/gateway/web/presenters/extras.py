"""What is had with a held visit beside the treatment itself, from the catalog's view of its service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ONLY_EXTRAS_ASK = 0
"""The version of the questions of a service that asks none by itself, as booking has it."""

Screening = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """One of them; `price` is None where the branch has none for it any more."""

    id: str
    name: str
    minutes: int
    price: Mapping[str, str] | None
    questions: Sequence[Mapping[str, str]]


def extras_of(service: Mapping[str, Any], hold: Mapping[str, Any]) -> list[Extra]:
    """What a hold has with it. On the page every guest of a party has the same."""
    guests = hold.get("guests") or ()
    named = [one["id"] for one in guests[0].get("add_ons") or ()] if guests else []
    return extras_named(service, named, location_id=hold.get("location_id", ""))


def extras_named(service: Mapping[str, Any], ids: Iterable[str], *, location_id: str) -> list[Extra]:
    """Those of the service's add-ons that are named."""
    prices = {
        priced["id"]: priced["price"]
        for offer in service["offers"]
        if offer["location_id"] == location_id
        for priced in offer.get("add_ons") or ()
    }
    wanted = set(ids)
    return [
        Extra(
            id=one["id"],
            name=one["name"],
            minutes=one["minutes"],
            price=prices.get(one["id"]),
            questions=one.get("questions") or (),
        )
        for one in service.get("add_ons") or ()
        if one["id"] in wanted
    ]


def length_of(hold: Mapping[str, Any], extras: Sequence[Extra]) -> int:
    """The treatment's own length in minutes, as it was chosen."""
    return int(hold["duration_minutes"]) - sum(extra.minutes for extra in extras)


def price_with(price: Mapping[str, str], extras: Sequence[Extra]) -> Mapping[str, str]:
    """The price of a length together with what is had with it."""
    more = [Decimal(extra.price["amount"]) for extra in extras if extra.price]
    return {**price, "amount": str(Decimal(price["amount"]) + sum(more))}


def asked_with(screening: Screening | None, extras: Sequence[Extra]) -> Screening | None:
    """The safety questions of the service and those of the extras, as booking puts them together."""
    more = [question for extra in extras for question in extra.questions]
    if not more:
        return screening
    if screening is None:
        return {"version": ONLY_EXTRAS_ASK, "questions": more}
    return {**screening, "questions": [*screening["questions"], *more]}
