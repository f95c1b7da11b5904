"""Why a start is not offered: in a word for everyone, resource by resource for staff."""

import httpx
from gateway.openapi.examples import ANSWERS, BOOKING
from gateway.schemas.explain import Explanation, ExplanationForStaff
from gateway_fakes import ANA, DEEP_TISSUE, PARIS, FakeBus

START = {"service_id": DEEP_TISSUE, "location_id": PARIS, "start": "2026-12-01T10:30:00+01:00"}
STAFF = {"Authorization": "Bearer the-token-of-the-tests"}


async def test_guests_are_told_the_reasons_and_nothing_about_anybody(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.explain"] = {"ok": ANSWERS[ExplanationForStaff]}
    answer = await api.get("/v1/availability/explain", params={**START, "practitioner_id": ANA})
    assert answer.json() == ANSWERS[Explanation]
    assert bus.calls[0].kwargs == {**START, "practitioner_id": ANA}


async def test_staff_are_told_what_keeps_each_resource(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.explain_to_staff"] = {"ok": ANSWERS[ExplanationForStaff]}
    answer = await api.get("/v1/admin/availability/explain", params=START, headers=STAFF)
    assert answer.json() == ANSWERS[ExplanationForStaff]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_party_asks_in_a_body(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.explain"] = bus.answers["booking.explain_to_staff"] = {"ok": ANSWERS[ExplanationForStaff]}
    party = {**START, "guests": [{"practitioner_id": ANA, "add_on_ids": ["hot_stones"]}, {}]}
    answer = await api.post("/v1/availability/explain", json=party)
    assert answer.json() == ANSWERS[Explanation]
    told = await api.post("/v1/admin/availability/explain", json=party, headers=STAFF)
    assert told.json() == ANSWERS[ExplanationForStaff]
    assert [call.kwargs for call in bus.calls] == [party, party]


async def test_whoever_moves_a_booking_shows_its_token_and_staff_their_own(
    api: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.explain"] = bus.answers["booking.explain_to_staff"] = {"ok": ANSWERS[ExplanationForStaff]}
    moving = {**START, "booking_id": BOOKING}
    answer = await api.get("/v1/availability/explain", params=moving)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_required")
    await api.get("/v1/availability/explain", params=moving, headers={"Authorization": "Bearer m-1"})
    await api.get("/v1/admin/availability/explain", params=moving, headers=STAFF)
    by = [call.kwargs["booking"] for call in bus.calls]
    assert by == [{"id": BOOKING, "manage_token": "m-1"}, {"id": BOOKING, "actor": "admin"}]


async def test_without_the_token_nobody_is_told(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await api.get("/v1/admin/availability/explain", params=START)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_required")
    assert bus.calls == []


async def test_a_start_without_an_offset_is_refused_by_name(api: httpx.AsyncClient, bus: FakeBus) -> None:
    answer = await api.get("/v1/availability/explain", params={**START, "start": "2026-12-01T10:30:00"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "start")
    assert bus.calls == []
