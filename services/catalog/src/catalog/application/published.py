"""The state of each entity as others read it: the `data` of catalog's events, without version and tombstone.

It is also what is stored and compared, so an entity has changed exactly when others would see a difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from catalog.domain.draft import Draft
from catalog.domain.hours import Span, WeeklyHours
from catalog.domain.location import Location
from catalog.domain.practitioner import Practitioner
from catalog.domain.resource import Resource
from catalog.domain.schedule import Schedule, Shift
from catalog.domain.service import Offer, PractitionersNeeded, RoomNeeded, Screening, Service

State: TypeAlias = dict[str, Any]
"""JSON: strings, whole numbers, booleans, null, lists and objects."""


class Kind(StrEnum):
    """What the catalog holds; in this order it is stored, because later ones refer to earlier ones."""

    LOCATION = "location"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    RESOURCE = "resource"
    SCHEDULE = "schedule"

    @property
    def event(self) -> str:
        """The name of the event that says such a thing changed."""
        return f"catalog.{self}_changed.v1"

    @property
    def id_field(self) -> str:
        """The field of its state that holds its id; a schedule goes by its practitioner."""
        return "practitioner_id" if self is Kind.SCHEDULE else f"{self}_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One entity at one version. A tombstone is `deleted` and keeps its last state."""

    kind: Kind
    id: UUID
    version: int
    deleted: bool
    state: State

    @property
    def data(self) -> State:
        """What its event and the snapshot carry."""
        return {**self.state, "version": self.version, "deleted": self.deleted}


def states_of(draft: Draft) -> Iterator[tuple[Kind, UUID, State]]:
    """Every entity of a sound draft with its state, in the order of `Kind`."""
    for location in draft.locations:
        yield Kind.LOCATION, location.value.id, _location(location.value)
    for service in draft.services:
        yield Kind.SERVICE, service.value.id, _service(service.value)
    for practitioner in draft.practitioners:
        yield Kind.PRACTITIONER, practitioner.value.id, _practitioner(practitioner.value)
    for resource in draft.resources:
        yield Kind.RESOURCE, resource.value.id, _resource(resource.value)
    for schedule in draft.schedules:
        yield Kind.SCHEDULE, schedule.value.practitioner_id, _schedule(schedule.value)


def _location(location: Location) -> State:
    return {
        "location_id": str(location.id),
        "name": location.name,
        "zone": location.zone,
        "region": location.region,
        "phone": location.phone,
        "emergency_number": location.emergency_number,
        "address": {
            "street": location.address.street,
            "postal_code": location.address.postal_code,
            "city": location.address.city,
            "country": location.address.country,
        },
        "currency": location.currency,
        "opening_hours": _by_day(location.opening_hours),
        "closures": [
            {
                "from_date": closure.first.isoformat(),
                "to_date": closure.last.isoformat(),
                "reason": closure.reason,
            }
            for closure in location.closures
        ],
    }


def _service(service: Service) -> State:
    return {
        "service_id": str(service.id),
        "modality": str(service.modality),
        "name": service.name,
        "discreet_name": service.discreet_name,
        "summary": service.summary,
        "techniques": list(service.techniques),
        "best_for": list(service.best_for),
        "set_up_minutes": service.set_up_minutes,
        "clean_up_minutes": service.clean_up_minutes,
        "requirements": [_requirement(needed) for needed in service.requirements],
        "screening": _screening(service.screening),
        "cancellation": {
            "free_until_hours": service.cancellation.free_until_hours,
            "fee_percent": service.cancellation.fee_percent,
        },
        "offers": [_offer(offer) for offer in service.offers],
    }


def _requirement(needed: PractitionersNeeded | RoomNeeded) -> State:
    if isinstance(needed, PractitionersNeeded):
        return {"kind": "practitioner", "count": needed.count, "skill": needed.skill}
    return {"kind": "room", "room_kind": needed.room_kind, "capacity": needed.capacity, "count": 1}


def _screening(screening: Screening | None) -> State | None:
    if screening is None:
        return None
    questions = [{"id": question.id, "text": question.text} for question in screening.questions]
    return {"version": screening.version, "questions": questions}


def _offer(offer: Offer) -> State:
    return {
        "location_id": str(offer.location_id),
        "channel": str(offer.channel),
        "minimum_notice_minutes": offer.minimum_notice_minutes,
        "horizon_days": offer.horizon_days,
        "start_grid_minutes": offer.start_grid_minutes,
        "durations": [
            {
                "minutes": duration.minutes,
                "price": {"amount": f"{duration.price.amount:.2f}", "currency": duration.price.currency},
            }
            for duration in offer.durations
        ],
    }


def _practitioner(practitioner: Practitioner) -> State:
    licence = practitioner.licence
    return {
        "practitioner_id": str(practitioner.id),
        "name": practitioner.name,
        "title": practitioner.title,
        "skills": list(practitioner.skills),
        "languages": list(practitioner.languages),
        "location_ids": [str(id_) for id_ in practitioner.location_ids],
        "licence": licence
        and {
            "number": licence.number,
            "region": licence.region,
            "expires_on": licence.expires_on.isoformat(),
        },
    }


def _resource(resource: Resource) -> State:
    return {
        "resource_id": str(resource.id),
        "kind": str(resource.kind),
        "location_id": str(resource.location_id),
        "name": resource.name,
        "room_kind": resource.room_kind,
        "capacity": resource.capacity,
    }


def _schedule(schedule: Schedule) -> State:
    return {
        "practitioner_id": str(schedule.practitioner_id),
        "weekly": [day for shift in schedule.weekly for day in _shift(shift)],
        "time_off": [{"from": _instant(off.start), "to": _instant(off.end)} for off in schedule.time_off],
    }


def _shift(shift: Shift) -> Iterator[State]:
    for day in _by_day((shift.hours,)):
        yield {
            "location_id": str(shift.location_id),
            **day,
            "breaks": [_span(pause) for pause in shift.breaks],
            "valid_from": _date(shift.validity.first),
            "valid_to": _date(shift.validity.last),
        }


def _by_day(hours: tuple[WeeklyHours, ...]) -> list[State]:
    return [{"weekday": day, **_span(entry.span)} for entry in hours for day in entry.days]


def _span(span: Span) -> State:
    return {"from": f"{span.start:%H:%M}", "to": f"{span.end:%H:%M}"}


def _date(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
