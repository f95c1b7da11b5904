"""Branches, services and lengths, as the cards that a guest chooses from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch to choose."""

    id: str
    name: str
    street: str
    city: str
    phone: str
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long, for how much. Both stand on one line."""

    minutes: int
    price: str
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Something to have with the treatment; `address` adds it, or leaves it out again."""

    id: str
    name: str
    summary: str | None
    minutes: int
    price: str
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A service at a branch. `address` is None where it cannot be booked online; then one calls `phone`."""

    id: str
    name: str
    modality: str
    summary: str
    best_for: Sequence[str]
    techniques: Sequence[str]
    lengths: Sequence[Length]
    extras: Sequence[Extra]
    from_price: str
    phone: str
    channel: str
    horizon_days: int
    guests: int
    chosen: bool
    address: str | None


def branches_of(locations: Sequence[Mapping[str, Any]], *, choice: Choice) -> list[Branch]:
    """Every branch, each leading to itself with the service kept."""
    return [
        Branch(
            id=location["id"],
            name=location["name"],
            street=location["address"]["street"],
            city=f"{location['address']['postal_code']} {location['address']['city']}",
            phone=location["phone"],
            chosen=location["id"] == choice.location,
            address=Choice(location=location["id"], service=choice.service).address(
                "when" if choice.service else "what"
            ),
        )
        for location in locations
    ]


def treatments_of(
    services: Sequence[Mapping[str, Any]], *, location: Mapping[str, Any], choice: Choice, language: Language
) -> list[Treatment]:
    """What a branch offers: what can be booked here first, then what one calls for."""
    listed = [
        _treatment(service, offer, location=location, choice=choice, language=language)
        for service in services
        for offer in service["offers"]
        if offer["location_id"] == location["id"]
    ]
    return sorted(listed, key=lambda treatment: treatment.address is None)


def _treatment(
    service: Mapping[str, Any],
    offer: Mapping[str, Any],
    *,
    location: Mapping[str, Any],
    choice: Choice,
    language: Language,
) -> Treatment:
    chosen = service["id"] == choice.service
    wanted = Choice(location=choice.location, service=service["id"])
    kept = choice if chosen else wanted
    offered = [duration["minutes"] for duration in offer["durations"]]
    minutes = kept.minutes if kept.minutes in offered else default_minutes(offered)
    return Treatment(
        id=service["id"],
        name=service["name"],
        modality=service["modality"],
        summary=service["summary"],
        best_for=service["best_for"],
        techniques=service["techniques"],
        lengths=[
            Length(
                minutes=duration["minutes"],
                price=language.price(duration["price"]),
                chosen=duration["minutes"] == minutes,
                address=kept.address("when", minutes=duration["minutes"]),
            )
            for duration in offer["durations"]
        ],
        extras=_extras(service, offer, kept=kept, language=language),
        from_price=language.price(offer["durations"][0]["price"]),
        phone=location["phone"],
        channel=offer["channel"],
        horizon_days=offer["horizon_days"],
        # A copy from before services said so does not know; it is told again with their next change.
        guests=service.get("guests") or 1,
        chosen=chosen,
        address=wanted.address("when") if offer["channel"] == "online" else None,
    )


def _extras(service: Mapping[str, Any], offer: Mapping[str, Any], *, kept: Choice, language: Language) -> list[Extra]:
    """What can be had with it here and booked online."""
    prices = {priced["id"]: priced["price"] for priced in offer.get("add_ons") or ()}
    here = [one for one in service.get("add_ons") or () if one["id"] in prices and one["channel"] == "online"]
    chosen = [one["id"] for one in here if one["id"] in kept.extras]
    return [
        Extra(
            id=one["id"],
            name=one["name"],
            summary=one.get("summary"),
            minutes=one["minutes"],
            price=language.price(prices[one["id"]]),
            chosen=one["id"] in chosen,
            address=kept.address("when", extras=tuple(_turned(chosen, one["id"]))),
        )
        for one in here
    ]


def _turned(chosen: Sequence[str], extra: str) -> list[str]:
    return [each for each in chosen if each != extra] if extra in chosen else [*chosen, extra]


def default_minutes(offered: Sequence[int]) -> int | None:
    """The length shown first: an hour where it is offered, as most guests take."""
    return 60 if 60 in offered else next(iter(offered), None)
