"""A small clinic as the catalog would tell it: one branch, three therapists, two single rooms and one for two."""

import copy
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from booking.adapters.catalog_events import read, told
from booking.domain.clinic import Clinic


def an_id(name: str) -> str:
    """Return the same UUID for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://slotwell.test/{name}"))


PARIS = an_id("paris")
SWEDISH, DEEP, COUPLES, THERAPY = (an_id(each) for each in ("swedish", "deep", "couples", "therapy"))
# By id, so that "then by id" is plain to read in tests.
ANA, BEA, CLEO = sorted(an_id(each) for each in ("first", "second", "third"))
PAUL = an_id("paul")
ROOM_1, ROOM_2 = sorted(an_id(each) for each in ("tilleul", "verveine"))
ROOM_FOR_TWO = an_id("jasmin")
GYM = an_id("gym")
PHONE = "+33199001010"

Told = dict[str, Any]


def price(amount: str, currency: str = "EUR") -> dict[str, str]:
    """Return money on the wire."""
    return {"amount": amount, "currency": currency}


def location(**changes: Any) -> Told:
    """Return the branch, open 09:00 to 21:00 every day."""
    data = {
        "location_id": PARIS,
        "version": 1,
        "deleted": False,
        "name": "La Belle Paris",
        "zone": "Europe/Paris",
        "region": "FR",
        "phone": PHONE,
        "emergency_number": "112",
        "address": {"street": "14 rue des Tilleuls", "postal_code": "75011", "city": "Paris", "country": "FR"},
        "currency": "EUR",
        "opening_hours": [{"weekday": day, "from": "09:00", "to": "21:00"} for day in range(7)],
        "closures": [],
    }
    return {"name": "catalog.location_changed.v1", "data": {**data, **changes}}


def offer(**changes: Any) -> dict[str, Any]:
    """Return an offer at the branch: online, 2 h notice, 90 days ahead, every 15 minutes."""
    data = {
        "location_id": PARIS,
        "channel": "online",
        "minimum_notice_minutes": 120,
        "horizon_days": 90,
        "start_grid_minutes": 15,
        "durations": [{"minutes": 60, "price": price("80.00")}, {"minutes": 90, "price": price("115.00")}],
    }
    return {**data, **changes}


def service(service_id: str = SWEDISH, **changes: Any) -> Told:
    """Return a massage: 60 or 90 minutes, 5 to set up and 10 to clean up, one therapist and one room."""
    data = {
        "service_id": service_id,
        "version": 1,
        "deleted": False,
        "modality": "massage",
        "name": "Swedish massage",
        "discreet_name": "Appointment at La Belle",
        "summary": "Gentle.",
        "techniques": [],
        "best_for": [],
        "set_up_minutes": 5,
        "clean_up_minutes": 10,
        "requirements": [
            {"kind": "practitioner", "count": 1, "skill": "swedish"},
            {"kind": "room", "room_kind": "treatment", "capacity": 1, "count": 1},
        ],
        "screening": None,
        "cancellation": {"free_until_hours": 12, "fee_percent": 50},
        "offers": [offer()],
    }
    return {"name": "catalog.service_changed.v1", "data": {**data, **changes}}


def practitioner(practitioner_id: str, **changes: Any) -> Told:
    """Return a massage therapist of the branch."""
    data = {
        "practitioner_id": practitioner_id,
        "version": 1,
        "deleted": False,
        "name": "Ana",
        "title": "Massage therapist",
        "skills": ["swedish"],
        "languages": ["fr"],
        "location_ids": [PARIS],
        "licence": None,
    }
    return {"name": "catalog.practitioner_changed.v1", "data": {**data, **changes}}


def shift(weekday: int, since: str, until: str, **changes: Any) -> dict[str, Any]:
    """Return weekly hours on one day."""
    data = {"location_id": PARIS, "weekday": weekday, "from": since, "to": until}
    return {**data, "breaks": [], "valid_from": None, "valid_to": None, **changes}


def schedule(practitioner_id: str, **changes: Any) -> Told:
    """Return hours from 10:00 to 18:00 every day."""
    data = {
        "practitioner_id": practitioner_id,
        "version": 1,
        "deleted": False,
        "weekly": [shift(day, "10:00", "18:00") for day in range(7)],
        "time_off": [],
    }
    return {"name": "catalog.schedule_changed.v1", "data": {**data, **changes}}


def room(room_id: str, **changes: Any) -> Told:
    """Return a treatment room for one."""
    data = {
        "resource_id": room_id,
        "version": 1,
        "deleted": False,
        "kind": "room",
        "location_id": PARIS,
        "name": "Tilleul",
        "room_kind": "treatment",
        "capacity": 1,
    }
    return {"name": "catalog.resource_changed.v1", "data": {**data, **changes}}


SCREENING = {"version": 3, "questions": [{"id": "clots", "text": "Do you take blood thinners?"}]}


def entities() -> list[Told]:
    """Return the whole clinic."""
    return copy.deepcopy(
        [
            location(),
            service(),
            service(
                DEEP,
                name="Deep tissue massage",
                screening=SCREENING,
                requirements=[
                    {"kind": "practitioner", "count": 1, "skill": "deep_tissue"},
                    {"kind": "room", "room_kind": "treatment", "capacity": 1, "count": 1},
                ],
            ),
            service(
                COUPLES,
                name="Couples massage",
                requirements=[
                    {"kind": "practitioner", "count": 2, "skill": "swedish"},
                    {"kind": "room", "room_kind": "couples", "capacity": 2, "count": 1},
                ],
            ),
            service(THERAPY, name="Session", modality="physical_therapy", offers=[offer(channel="phone")]),
            practitioner(ANA, name="Ana", skills=["swedish", "deep_tissue"]),
            practitioner(BEA, name="Bea"),
            practitioner(CLEO, name="Cleo"),
            schedule(ANA),
            schedule(BEA),
            schedule(CLEO),
            room(ROOM_1),
            room(ROOM_2, name="Verveine"),
            room(ROOM_FOR_TWO, name="Jasmin", room_kind="couples", capacity=2),
        ]
    )


def key_of(entity: Told) -> tuple[str, str]:
    """Return kind and id of an entity."""
    found = told(entity["name"], entity["data"])
    assert found is not None
    return found.kind, found.id


def clinic(*changes: Told, without: Iterable[tuple[str, str]] = (), version: int = 1) -> Clinic:
    """Return the clinic with some entities replaced, added or left out."""
    everything: dict[tuple[str, str], Mapping[str, Any]] = {key_of(each): each for each in [*entities(), *changes]}
    for each in without:
        del everything[each]
    views: dict[str, dict[str, Any]] = {}
    for (kind, entity_id), entity in everything.items():
        views.setdefault(kind, {})[entity_id] = read(kind, entity["data"])
    return Clinic(
        version=version,
        locations=views.get("location", {}),
        services=views.get("service", {}),
        practitioners=views.get("practitioner", {}),
        rooms=views.get("resource", {}),
        schedules=views.get("schedule", {}),
    )


def told_as(modality: str, *, licence_until: str) -> list[Told]:
    """Return a service of that modality, given by Ana, who is licensed until then."""
    return [
        service(
            THERAPY,
            name="Session",
            modality=modality,
            requirements=[{"kind": "practitioner", "count": 1, "skill": "swedish"}],
        ),
        practitioner(ANA, licence={"number": "1", "region": "FR", "expires_on": licence_until}),
    ]
