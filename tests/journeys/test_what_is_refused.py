"""What the clinic does not sell this way, and says so kindly."""

from datetime import datetime, timedelta

import pytest

from tests.outside.client import Api, a_guest, ok, problem


def test_what_is_booked_by_phone_names_the_number(api: Api) -> None:
    swedish = api.a_slot(after=timedelta(days=1), location="Montréal")
    body = {
        "location_id": swedish.location_id,
        "service_id": api.service("Couples")["id"],
        "start": swedish.start.isoformat(),
    }
    refusal = problem(api.http.post("/v1/holds", json=body), 422, "by_phone_only")
    assert refusal["phone"] == api.location("Montréal")["phone"]


@pytest.mark.parametrize("service", ["Swedish", "Deep tissue", "Pain relief"])
def test_a_service_with_safety_questions_needs_its_answers(api: Api, service: str) -> None:
    hold = api.held(service=service)
    assert hold["screening"]["questions"]
    refusal = problem(api.book(hold, screening=None), 422, "screening_required")
    assert refusal["screening"]["version"] == hold["screening"]["version"]

    version = hold["screening"]["version"]
    yes = api.book(hold, screening={"version": version, "all_clear": False})
    assert problem(yes, 422, "clearance_needed")["phone"] == api.location("Paris")["phone"]
    other = f"{version}-other" if isinstance(version, str) else version + 1
    problem(api.book(hold, screening={"version": other, "all_clear": True}), 422, "screening_required")
    assert ok(api.book(hold, screening={"version": version, "all_clear": True}), 201)["state"] == "confirmed"


@pytest.mark.parametrize(
    ("typed", "location", "stored"),
    [
        ("01 99 00 12 34", "Paris", "+33199001234"),
        ("+33 1 99 00 12 34", "Paris", "+33199001234"),
        ("0033 1 99 00 12 34", "Paris", "+33199001234"),
        ("(514) 555-0123", "Montr", "+15145550123"),
        ("+33 1 99 00 12 34", "Montr", "+33199001234"),
    ],
)
def test_a_phone_number_is_read_as_the_branchs_country_writes_it(
    api: Api, typed: str, location: str, stored: str
) -> None:
    hold = api.held(location=location)
    booking = ok(api.book(hold, a_guest(phone=typed)), 201)
    assert booking["guest"]["phone"] == stored


@pytest.mark.parametrize("typed", ["12", "call me", "+33 1 99", "+999 123456789", "0800"])
def test_a_number_that_cannot_be_read_is_refused_and_the_hold_stays(api: Api, typed: str) -> None:
    hold = api.held()
    refusal = problem(api.book(hold, a_guest(phone=typed)), 422, "phone_invalid")
    assert any("phone" in field["field"] for field in refusal.get("fields", [{"field": "phone"}]))
    ok(api.book(hold), 201)


@pytest.mark.parametrize("left_out", ["email", "phone"])
def test_one_way_to_reach_the_guest_is_enough(api: Api, left_out: str) -> None:
    guest = a_guest()
    del guest[left_out]
    ok(api.book(api.held(), guest), 201)


def test_no_way_to_reach_the_guest_is_not(api: Api) -> None:
    hold = api.held()
    problem(api.book(hold, {"name": "Ana Moreau"}), 422, "contact_required")


def test_a_booking_is_not_shown_to_who_has_another_bookings_token(api: Api) -> None:
    mine, other = api.booked(), api.booked()
    wrong = problem(api.booking({**mine, "manage_token": other["manage_token"]}), 403, "token_invalid")
    unknown = {**mine, "id": "00000000-0000-4000-8000-000000000000"}
    missing = problem(api.booking(unknown), 403, "token_invalid")
    assert wrong["detail"] == missing["detail"]
    problem(api.cancel({**mine, "manage_token": other["manage_token"]}), 403, "token_invalid")
    problem(api.http.get(f"/v1/bookings/{mine['id']}"), 401, "token_required")


def test_times_are_offered_from_the_notice_on_and_on_the_grid(api: Api) -> None:
    now = api.now()
    for slot in api.slots(after=timedelta(0), span=timedelta(days=2)):
        assert slot.start >= now + timedelta(hours=2)
        assert slot.start.minute % 15 == 0
        assert slot.end - slot.start == timedelta(minutes=slot.duration_minutes)


def test_a_start_off_the_grid_names_the_nearest_one(api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=1))
    body = slot.asked() | {"start": (slot.start + timedelta(minutes=7)).isoformat()}
    refusal = problem(api.http.post("/v1/holds", json=body), 422, "not_a_start")
    starts = [datetime.fromisoformat(one["start"]) for one in refusal["nearest"]]
    assert slot.start in starts
    assert all(abs(start - slot.start) <= timedelta(days=1) for start in starts)
