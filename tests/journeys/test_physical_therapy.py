"""A course of physical therapy, through HTTP: evaluation, treatment, the doctor's referral and what becomes of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.checker.counts import counts
from tests.outside.client import Api, Json, Slot, a_guest, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import about, kinds
from tests.outside.platform import Platform
from tests.outside.until import until

DAY = timedelta(days=1)


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def therapy(api: Api, slot: Slot, guest: Json, **papers: Any) -> Any:
    hold = ok(api.hold(slot), 201)
    return api.book(hold, guest, **papers)


def needs(api: Api, booking: Json) -> dict[str, str]:
    return {each["kind"]: each["state"] for each in ok(api.booking(booking))["needs"]}


def referrals(desk: FrontDesk, booking: Json) -> list[Json]:
    found: list[Json] = ok(desk.http.get("/v1/admin/referrals", params={"booking_id": booking["id"]}))["items"]
    return found


def act(desk: FrontDesk, document: Json, verb: str, **body: Any) -> Any:
    return desk.http.post(f"/v1/admin/referrals/{document['id']}/{verb}", json=body)


def referral(api: Api, **changes: Any) -> Json:
    today = api.now().date()
    return {
        "issuer": "Dr. Petit",
        "issued_on": (today - 7 * DAY).isoformat(),
        "expires_on": (today + 60 * DAY).isoformat(),
        "visits": 3,
        **changes,
    }


def test_a_course_from_the_evaluation_to_a_revoked_referral(api: Api, desk: FrontDesk) -> None:
    who = a_guest()
    treatment = api.a_slot(service="session", after=6 * DAY)
    refused = problem(therapy(api, treatment, who), 422, "evaluation_required")
    assert (refused["rule"], set(refused["reason"])) == ("evaluation.first", {"en", "fr", "es"})

    first = api.a_slot(service="evaluation", after=2 * DAY)
    papers = {"payer": "public_insurance", "referral": referral(api)}
    evaluation = ok(therapy(api, first, who, **papers), 201)
    [need] = evaluation["needs"]
    assert (need["kind"], need["state"], need["rule"]) == ("referral", "open", "referral.fr.public")
    insured = {"payer": "public_insurance"}
    second = ok(therapy(api, api.a_slot(service="session", after=6 * DAY), who, **insured), 201)
    third = ok(therapy(api, api.a_slot(service="session", after=8 * DAY), who, **insured), 201)
    assert needs(api, third) == {"evaluation": "open", "referral": "open"}

    [stated] = referrals(desk, evaluation)
    assert (stated["state"], stated["reserved"], stated["left"]) == ("stated", 3, 0)
    assert ok(act(desk, stated, "verify"))["state"] == "verified"
    assert needs(api, evaluation) == {"referral": "met"}
    api.forward(first.start - api.now() - timedelta(minutes=5))
    ok(desk.act("check-in", evaluation))
    assert needs(api, second) == {"evaluation": "met", "referral": "met"}
    [used] = referrals(desk, evaluation)
    assert (used["used"], used["reserved"], used["left"]) == (1, 2, 0)

    ok(api.cancel(third))
    [returned] = referrals(desk, evaluation)
    assert (returned["used"], returned["reserved"], returned["left"]) == (1, 1, 1)
    problem(act(desk, returned, "reduce", to=9, reason="Typing error"), 422, "invalid_request")
    problem(act(desk, returned, "revoke"), 422, "invalid_request")
    assert ok(act(desk, returned, "revoke", reason="The doctor took it back"))["state"] == "revoked"
    problem(act(desk, returned, "verify"), 409, "document_revoked")
    kept = ok(api.booking(second))
    assert (kept["state"], needs(api, second)["referral"]) == ("confirmed", "open")

    body = {"booking_id": second["id"], "verified": True, **referral(api)}
    keyed = {"Idempotency-Key": f"referral-{second['id']}"}
    added = ok(desk.http.post("/v1/admin/referrals", json=body, headers=keyed), 201)
    assert ok(desk.http.post("/v1/admin/referrals", json=body, headers=keyed), 201)["id"] == added["id"]
    other = desk.http.post("/v1/admin/referrals", json={**body, "issuer": "Dr. Grand"}, headers=keyed)
    problem(other, 422, "idempotency_key_reused")
    assert needs(api, second) == {"evaluation": "met", "referral": "met"}


def test_an_open_need_is_told_in_time_and_staff_decide(api: Api, desk: FrontDesk) -> None:
    who = a_guest()
    slot = api.a_slot(service="evaluation", after=5 * DAY, span=timedelta(days=4))
    booking = ok(therapy(api, slot, who, payer="public_insurance"), 201)
    [need] = booking["needs"]
    api.forward(slot.start - api.now() - timedelta(hours=60))
    until(
        lambda: kinds(about(api, booking)),
        within=30,
        expecting="a message about the document",
        enough=lambda found: ("document_due", "email") in found,
    )
    api.forward(timedelta(hours=59))
    listed = ok(desk.http.get("/v1/admin/needs", params={"limit": 100}))["items"]
    [overdue] = [each for each in listed if each["id"] == need["id"]]
    assert (overdue["overdue"], ok(api.booking(booking))["state"]) == (True, "confirmed")
    address = f"/v1/admin/bookings/{booking['id']}/needs/{need['id']}/resolve"
    problem(desk.http.post(address, json={"how": "release"}), 422, "invalid_request")
    assert ok(desk.http.post(address, json={"how": "self_pay", "reason": "Pays today"}))["state"] == "confirmed"
    assert needs(api, booking) == {"referral": "waived"}
    problem(desk.http.post(address, json={"how": "release", "reason": "Late"}), 409, "need_not_open")
    elsewhere = f"/v1/admin/bookings/{booking['id']}/needs/{booking['id']}/resolve"
    problem(desk.http.post(elsewhere, json={"how": "release", "reason": "Late"}), 404, "unknown_need")


def test_a_document_that_runs_out_is_told_to_guest_and_desk(api: Api, desk: FrontDesk) -> None:
    who = a_guest()
    slot = api.a_slot(service="evaluation", after=5 * DAY, span=7 * DAY)
    papers = {"payer": "public_insurance", "referral": referral(api, expires_on=slot.start.date().isoformat())}
    booking = ok(therapy(api, slot, who, **papers), 201)
    [stated] = referrals(desk, booking)
    ok(act(desk, stated, "verify"))
    api.forward(slot.start - api.now() - 2 * DAY)
    until(
        lambda: kinds(about(api, booking)),
        within=60,
        expecting="a message about the document that runs out",
        enough=lambda found: ("document_running_out", "email") in found,
    )
    assert ("document_due", "email") not in kinds(about(api, booking))
    listed = ok(desk.http.get("/v1/admin/documents/running-out", params={"limit": 100}))["items"]
    [ending] = [each for each in listed if each["id"] == stated["id"]]
    assert (ending["booking_id"], ending["kind"], ending["left"]) == (booking["id"], "referral", 3)
    body = {"booking_id": booking["id"], **referral(api)}
    ok(desk.http.post("/v1/admin/referrals", json=body), 201)
    listed = ok(desk.http.get("/v1/admin/documents/running-out", params={"limit": 100}))["items"]
    assert stated["id"] not in {each["id"] for each in listed}


def test_a_clearance_is_asked_for_written_down_and_then_the_guest_books(api: Api, desk: FrontDesk) -> None:
    who = a_guest()
    ok(therapy(api, api.a_slot(service="evaluation", after=2 * DAY, span=9 * DAY), who), 201)
    hold = api.held(service="session", after=12 * DAY, span=9 * DAY)
    yes = {"screening": {"version": hold["screening"]["version"], "all_clear": False}}
    refused = problem(api.book(hold, who, **yes), 422, "clearance_needed")
    assert refused["phone"]
    given = {"issuer": "Dr. Petit", "issued_on": api.now().date().isoformat()}
    whose = {"location_id": hold["location_id"], "guest": {name: who[name] for name in ("name", "email")}}
    wrong = desk.http.post("/v1/admin/clearances", json={**given, **whose, "issued_on": "2099-01-01"})
    assert [each["field"] for each in problem(wrong, 422, "invalid_request")["fields"]] == ["issued_on"]
    kept = ok(desk.http.post("/v1/admin/clearances", json={**given, **whose}), 201)
    assert (kept["state"], kept["patient"]["email"]) == ("verified", who["email"])
    booked = ok(api.book(hold, who, **yes), 201)
    assert needs(api, booked) == {"evaluation": "open", "clearance": "met"}

    other = api.a_slot(service="session", after=12 * DAY, span=9 * DAY)
    made = ok(desk.book(**other.asked(), guest=a_guest(), **yes, payer="public_insurance"), 201)
    assert {each["kind"]: each["state"] for each in made["needs"]} == {
        "evaluation": "open",
        "referral": "open",
        "clearance": "open",
    }


def test_a_course_as_a_series_begins_with_an_evaluation_and_keeps_what_lacks_open(api: Api) -> None:
    slot, session = (
        api.a_slot(service="evaluation", after=2 * DAY, span=9 * DAY),
        api.service("Physical therapy session"),
    )
    answers = {"service_id": session["id"], "version": session["screening"]["version"], "all_clear": True}
    treatments = {"service_id": session["id"], "sessions": 2}
    wish = {
        "location_id": slot.location_id,
        "parts": [{"service_id": slot.service_id, "sessions": 1}, treatments],
        "order": "one_after_another",
        "cadence": {"every": 1, "unit": "weeks", "within_days": 2, "within_minutes": 600},
        "starting": slot.start.isoformat(),
        "guest": a_guest(),
        "screening": [answers],
        "payer": "public_insurance",
        "referral": referral(api, visits=2),
    }
    alone = {**wish, "parts": [treatments]}
    problem(api.http.post("/v1/series", json=alone), 422, "evaluation_required")
    made = ok(api.http.post("/v1/series", json=wish), 201)
    first, *later = [each["booking"] for each in made["sessions"]]
    assert needs(api, first) == {"referral": "open"}
    assert [needs(api, each) for each in later] == [{"evaluation": "open", "referral": "open"}] * 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issued_on": "2099-01-01", "expires_on": None}, "referral.issued_on"),
        ({"issued_on": "2020-01-01", "expires_on": "2020-02-01"}, "referral.expires_on"),
        ({"expires_on": "2020-02-01"}, "referral.expires_on"),
        ({"visits": 0}, "referral.visits"),
        ({"issued_on": "yesterday"}, "referral.issued_on"),
        ({"diagnosis": "none of our business"}, "referral.diagnosis"),
    ],
)
def test_a_referral_that_cannot_be_is_refused_where_it_is_wrong(api: Api, changes: Json, field: str) -> None:
    slot = api.a_slot(service="evaluation", after=2 * DAY)
    hold = ok(api.hold(slot), 201)
    refused = problem(api.book(hold, a_guest(), referral=referral(api, **changes)), 422, "invalid_request")
    assert [each["field"] for each in refused["fields"]] == [field]
    ok(api.release(hold), 204)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issued_on": "2099-01-01", "expires_on": None}, "issued_on"),
        ({"issued_on": "2020-01-01", "expires_on": "2020-02-01"}, "expires_on"),
        ({"issued_on": "2020-02-01", "expires_on": "2020-01-01"}, "expires_on"),
        ({"units": 0}, "units"),
        ({"number": " "}, "number"),
    ],
    ids=["from the future", "run out", "ends before it begins", "of 0 units", "without a number"],
)
def test_an_authorization_that_cannot_be_is_refused_where_it_is_wrong(
    platform: Platform, api: Api, desk: FrontDesk, changes: Json, field: str
) -> None:
    booking = api.booked(api.a_slot())
    before = counts(platform.databases["booking"])["documents"]
    body = {"booking_id": booking["id"], "number": "A-2026-778", **referral(api, **changes)}
    refused = problem(desk.http.post("/v1/admin/authorizations", json=body), 422, "invalid_request")
    assert [each["field"] for each in refused["fields"]] == [field]
    assert counts(platform.databases["booking"])["documents"] == before


def test_whose_referrals_they_are_is_for_staff_alone(api: Api) -> None:
    problem(api.http.get("/v1/admin/referrals"), 401, "token_required")
    problem(api.http.get("/v1/admin/needs"), 401, "token_required")
    stranger = {"Authorization": "Bearer someone"}
    problem(api.http.get("/v1/admin/authorizations", headers=stranger), 403, "admin_token_invalid")
