"""The guests of a hold or a booking as JSON, where they are several or have add-ons."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from booking.domain.booking import Booking
from booking.domain.clinic import AddOn, Clinic, Service, names
from booking.domain.hold import HeldPart, Hold
from booking.domain.ids import PractitionerId
from booking.domain.part import questions
from booking.domain.party import PartyGuest
from booking.domain.waitlist import Entry, Lease
from booking.views.values import money, preferences, screening


def held_guests(held: Hold, clinic: Clinic) -> list[dict[str, Any]]:
    """Return what is held for each guest, and what each will be asked."""
    service = clinic.services[held.service_id]
    return [
        {
            **_part(part, service, clinic),
            "screening": screening(questions(service, _add_ons(service, part.add_on_ids))),
        }
        for part in held.guests
    ]


def party(made: Booking, clinic: Clinic) -> list[dict[str, Any]]:
    """Return each guest with their own part; `fee` is what their withdrawing costs, if anything."""
    service = clinic.services[made.service_id]
    return [
        {
            **_part(guest, service, clinic),
            "name": (guest.guest or made.guest).name,
            "state": guest.state,
            "fee": money(guest.fee) if guest.fee is not None else None,
            "fee_waived": guest.fee_waived_at is not None,
        }
        for guest in made.guests
    ]


def waiting_guests(waiting: Entry, offer: Lease | None, clinic: Clinic) -> list[dict[str, Any]]:
    """Return what each who waits asks for and will be asked; by whom, where an offer says so."""
    service = clinic.services[waiting.service_id]
    by = [part.practitioner_id for part in offer.parts] if offer is not None else []
    result = []
    for each, who in zip_longest(waiting.party, by):
        add_ons = _add_ons(service, each.sought.add_on_ids)
        result.append(
            {
                "name": (each.guest or waiting.guest).name,
                "duration_minutes": (each.sought.duration_minutes or 0) + sum(add_on.minutes for add_on in add_ons),
                "practitioner": _person(who or each.sought.practitioner_id, clinic),
                "preferences": preferences(each.sought.preference),
                "add_ons": [{"id": add_on.id, "name": add_on.name} for add_on in add_ons],
                "screening": screening(questions(service, add_ons)),
            }
        )
    return result


def _part(part: HeldPart | PartyGuest, service: Service, clinic: Clinic) -> dict[str, Any]:
    return {
        "duration_minutes": part.minutes,
        "price": money(part.price),
        "practitioner": _person(part.practitioner_id, clinic),
        "preferences": preferences(part.preference),
        "add_ons": [{"id": add_on.id, "name": add_on.name} for add_on in _add_ons(service, part.add_on_ids)],
    }


def _person(practitioner_id: PractitionerId | None, clinic: Clinic) -> dict[str, Any] | None:
    if practitioner_id is None:
        return None
    [(who, name)] = names(clinic, [practitioner_id])
    return {"id": who, "name": name}


def _add_ons(service: Service, add_on_ids: Sequence[str]) -> list[AddOn]:
    return [add_on for add_on in service.add_ons if add_on.id in add_on_ids]
