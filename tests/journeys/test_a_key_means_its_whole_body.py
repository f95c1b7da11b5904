"""An idempotency key stands for all that was asked with it: whatever field is another, it is another request.

The fields come from /openapi.json, so that one which is added tomorrow is tried as well.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.checker.counts import counts
from tests.outside.another_value import Json, Schemas
from tests.outside.client import Api, Slot, a_guest, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.platform import Platform

DAY = timedelta(days=1)
A_LOOK = {("dry_run",)}
"""It makes nothing, whatever the key."""
WHO_ASKS = {("hold_id",), ("hold_token",)}
"""Whose key it is: nobody else's token opens the hold."""


@pytest.fixture(scope="module")
def schemas(api: Api) -> Schemas:
    return Schemas(ok(api.http.get("/openapi.json")))


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def an_evaluation(api: Api) -> Slot:
    return api.a_slot(service="evaluation", after=2 * DAY, span=14 * DAY)


def papers(api: Api) -> Json:
    issued = (api.now() - 7 * DAY).date()
    return {
        "payer": "public_insurance",
        "referral": {"issuer": "Dr. Petit", "issued_on": issued.isoformat(), "visits": 3},
    }


def a_booking(api: Api) -> Json:
    hold = ok(api.hold(an_evaluation(api)), 201)
    return {"hold_id": hold["id"], "hold_token": hold["token"], "guest": a_guest(), **papers(api)}


def a_booking_at_the_desk(api: Api) -> Json:
    return {**an_evaluation(api).asked(), "guest": a_guest(), **papers(api)}


def a_series(api: Api) -> Json:
    slot = an_evaluation(api)
    part = {"service_id": slot.service_id, "duration_minutes": slot.duration_minutes, "sessions": 2}
    return {
        "location_id": slot.location_id,
        "parts": [part],
        "cadence": {"every": 1, "unit": "weeks", "within_days": 2, "within_minutes": 600},
        "starting": slot.start.isoformat(),
        "guest": a_guest(),
        **papers(api),
    }


def a_visit(api: Api) -> Json:
    slot = an_evaluation(api)
    part = {"service_id": slot.service_id, "duration_minutes": slot.duration_minutes}
    wanted = {"location_id": slot.location_id, "arrangement": "one_after_another", "parts": [part, part]}
    span = {"from": slot.start.isoformat(), "to": (slot.start + 7 * DAY).isoformat()}
    found = ok(api.http.post("/v1/availability/visits", json={**wanted, **span}))
    return {**wanted, "start": found["visits"][0]["start"], "guest": a_guest(), **papers(api)}


def a_wait(api: Api) -> Json:
    asked = api.a_slot(after=3 * DAY).asked()
    since, until = api.now() + 2 * DAY, api.now() + 5 * DAY
    del asked["start"]
    return {**asked, "from": since.isoformat(), "to": until.isoformat(), "guest": a_guest()}


def a_block(api: Api) -> Json:
    slot = api.a_slot(after=4 * DAY)
    return {
        "location_id": slot.location_id,
        "resource_ids": [slot.practitioner_ids[0]],
        "from": slot.start.isoformat(),
        "to": slot.end.isoformat(),
    }


def a_document(api: Api) -> Json:
    terms = {**papers(api)["referral"], "expires_on": (api.now() + 90 * DAY).date().isoformat()}
    return {"booking_id": api.booked(an_evaluation(api))["id"], **terms}


def a_clearance(api: Api) -> Json:
    return {name: value for name, value in a_document(api).items() if name != "visits"}


BODIES: dict[str, Callable[[Api], Json]] = {
    "makeHold": lambda api: api.a_slot().asked(),
    "book": a_booking,
    "bookAsStaff": a_booking_at_the_desk,
    "makeSeries": a_series,
    "makeVisit": a_visit,
    "joinWaitlist": a_wait,
    "makeBlock": a_block,
    "addReferral": a_document,
    "addClearance": a_clearance,
    "addAuthorization": lambda api: {**a_document(api), "number": "A-2026-778"},
}
OF_THE_CATALOG = {"addLocation", "addService", "addPractitioner", "addResource", "addSchedule"}
"""Entries are compared as they are kept, whole: see `test_running_the_clinic.py`."""


def test_every_call_that_takes_a_key_is_tried_here(schemas: Schemas) -> None:
    assert {name for name, _, _ in schemas.keyed()} - OF_THE_CATALOG == set(BODIES)


@pytest.mark.parametrize("call", sorted(BODIES))
def test_a_key_used_with_any_field_changed_is_refused_and_changes_nothing(
    call: str, platform: Platform, api: Api, desk: FrontDesk, schemas: Schemas
) -> None:
    [(path, schema)] = [(path, schema) for name, path, schema in schemas.keyed() if name == call]
    http = desk.http if path.startswith("/v1/admin") else api.http
    body, other = BODIES[call](api), a_booking_of_another(api) if call.startswith("add") else ""

    def sent(asked: Json, key: str = f"whole-{uuid.uuid4()}") -> httpx.Response:
        return http.post(path, json=asked, headers={"Idempotency-Key": key})

    made: Json = ok(sent(body), 201)
    before = made_so_far(platform)
    tried: set[tuple[str, ...]] = set()
    for field, changed in schemas.changes(schema, body):
        if field in A_LOOK:
            continue
        tried.add(field)
        answer: Any = sent({**changed, "booking_id": other} if field == ("booking_id",) else changed)
        if call == "addClearance" and field[0] in {"guest", "location_id"}:
            problem(answer, 422, "invalid_request")  # whose it is would be said twice
            continue
        if field in WHO_ASKS:
            problem(answer, 403, "hold_token_invalid")
            continue
        assert answer.status_code == 422, (field, answer.text)
        assert answer.json()["code"] == "idempotency_key_reused", (field, answer.text)
    assert {field[0] for field in tried} >= set(body)
    assert made_so_far(platform) == before
    assert ok(sent(body), 201)["id"] == made["id"]


def made_so_far(platform: Platform) -> Json:
    kept = counts(platform.databases["booking"])
    return {name: kept[name] for name in ("bookings", "series", "waitlist_entries", "blocks", "documents")}


def a_booking_of_another(api: Api) -> str:
    found: str = api.booked(an_evaluation(api))["id"]
    return found
