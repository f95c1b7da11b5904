"""From a sound draft to the published state of each entity."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

from catalog.application.published import Kind, State
from catalog.application.service_state import service_state
from catalog.application.texts import Texts
from catalog.domain.draft import Draft
from catalog.domain.hours import Span, WeeklyHours
from catalog.domain.location import Location, OutsideClinic
from catalog.domain.practitioner import Licence, Practitioner
from catalog.domain.resource import Resource
from catalog.domain.schedule import OneOff, Schedule
from catalog.domain.shift import Shift


def states_of(draft: Draft) -> Iterator[tuple[Kind, UUID, State]]:
    """Every entity of a sound draft with its state, in the order of `Kind`."""
    rules = {location.value.id: location.value.booking_rules for location in draft.locations}
    for location in draft.locations:
        yield Kind.LOCATION, location.value.id, _location(location.value)
    for service in draft.services:
        yield Kind.SERVICE, service.value.id, service_state(service.value, rules)
    for practitioner in draft.practitioners:
        yield Kind.PRACTITIONER, practitioner.value.id, _practitioner(practitioner.value)
    for resource in draft.resources:
        yield Kind.RESOURCE, resource.value.id, _resource(resource.value)
    for schedule in draft.schedules:
        yield Kind.SCHEDULE, schedule.value.practitioner_id, _schedule(schedule.value)


def _location(location: Location) -> State:
    texts = Texts()
    rules = location.booking_rules
    return {
        "location_id": str(location.id),
        "key": location.key,
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
                "reason": texts.own(f"closures.{index}.reason", closure.reason),
            }
            for index, closure in enumerate(location.closures)
        ],
        "outside_clinics": [
            _outside_clinic(clinic, f"outside_clinics.{index}.note", texts)
            for index, clinic in enumerate(location.outside_clinics)
        ],
        "booking_rules": {
            "minimum_notice_minutes": rules.minimum_notice_minutes,
            "horizon_days": rules.horizon_days,
            "start_grid_minutes": rules.start_grid_minutes,
        },
        "language": location.language,
        "texts": texts.rows,
    }


def _outside_clinic(clinic: OutsideClinic, path: str, texts: Texts) -> State:
    return {
        "name": clinic.name,
        "phone": clinic.phone,
        "website": clinic.website,
        "address": clinic.address,
        "note": texts.own_or_none(path, clinic.note),
    }


def _practitioner(practitioner: Practitioner) -> State:
    texts, licences = Texts(), [_licence(each) for each in practitioner.licences]
    return {
        "practitioner_id": str(practitioner.id),
        "key": practitioner.key,
        "name": practitioner.name,
        "title": texts.own("title", practitioner.title),
        "gender": practitioner.gender and str(practitioner.gender),
        "skills": list(practitioner.skills),
        "languages": list(practitioner.languages),
        "location_ids": [str(id_) for id_ in practitioner.location_ids],
        "licence": licences[0] if licences else None,
        "licences": licences,
        "language": practitioner.language,
        "texts": texts.rows,
    }


def _licence(licence: Licence) -> State:
    return {"number": licence.number, "region": licence.region, "expires_on": licence.expires_on.isoformat()}


def _resource(resource: Resource) -> State:
    return {
        "resource_id": str(resource.id),
        "key": resource.key,
        "kind": str(resource.kind),
        "location_id": str(resource.location_id),
        "name": resource.name,
        "room_kind": resource.room_kind,
        "unit_kind": resource.unit_kind,
        "capacity": resource.capacity,
    }


def _schedule(schedule: Schedule) -> State:
    every_week = (shift for shift in schedule.weekly if shift.rhythm.every_weeks == 1)
    not_every_week = (shift for shift in schedule.weekly if shift.rhythm.every_weeks > 1)
    return {
        "practitioner_id": str(schedule.practitioner_id),
        "weekly": [day for shift in every_week for day in _shift(shift)],
        "alternating": [
            {
                **day,
                "every_weeks": shift.rhythm.every_weeks,
                "from_week_of": date.fromordinal(shift.rhythm.monday).isoformat(),
            }
            for shift in not_every_week
            for day in _shift(shift)
        ],
        "one_off": [_one_off(one) for one in schedule.one_off],
        "time_off": [{"from": _instant(off.start), "to": _instant(off.end)} for off in schedule.time_off],
        "daily_hands_on_minutes": schedule.daily_hands_on_minutes,
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


def _one_off(one: OneOff) -> State:
    return {
        "location_id": str(one.location_id),
        "date": one.day.isoformat(),
        **_span(one.span),
        "breaks": [_span(pause) for pause in one.breaks],
    }


def _by_day(hours: tuple[WeeklyHours, ...]) -> list[State]:
    return [{"weekday": day, **_span(entry.span)} for entry in hours for day in entry.days]


def _span(span: Span) -> State:
    return {"from": f"{span.start:%H:%M}", "to": f"{span.end:%H:%M}"}


def _date(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
