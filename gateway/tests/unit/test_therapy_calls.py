"""Needs and documents at the desk: one question to the booking service each, and what guests say when they book."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS, REQUESTS
from gateway.schemas.bookings import Booking
from gateway.schemas.series import Series
from gateway_fakes import BOOKING, PARIS, FakeBus

DOCUMENT = "743a01d5-33e0-5eea-806c-1967ae24ae66"
TERMS = {"issuer": "Dr. Petit", "issued_on": "2026-11-16", "expires_on": "2027-02-16", "visits": 10}
KEPT: dict[str, Any] = {
    "id": DOCUMENT,
    "kind": "referral",
    "state": "verified",
    "issuer": "Dr. Petit",
    "number": None,
    "issued_on": "2026-11-16",
    "expires_on": "2027-02-16",
    "counted_in": "visits",
    "allowance": 10,
    "reserved": 1,
    "used": 0,
    "left": 9,
    "patient": {"name": "camille durand", "email": "camille@example.com", "phone": None},
    "stated_at": "2026-11-23T08:00:00+00:00",
    "changed_at": "2026-11-23T08:00:00+00:00",
    "changed_by": "admin",
}
WHY = {"reason": "As the doctor wrote"}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_a_guests_referral_and_payer_go_along_when_booking(api: httpx.AsyncClient, bus: FakeBus) -> None:
    need = {"id": DOCUMENT, "kind": "referral", "state": "open", "due": "2026-12-01T10:30:00+01:00"}
    told = {**need, "rule": "r", "rules_version": 1, "reason": {"en": "a", "fr": "b", "es": "c"}, "secret": "no"}
    booking = {**ANSWERS[Booking], "needs": [told]}
    bus.answers["booking.book"] = {"ok": {"booking": booking, "manage_token": "t", "replayed": False}}
    answer = await api.post("/v1/bookings", json=REQUESTS["book"]["referred"]["value"])
    assert answer.status_code == 201, answer.text
    assert "secret" not in answer.json()["needs"][0]
    said = {"issuer": "Dr. Petit", "issued_on": "2026-11-16", "visits": 10}
    assert (bus.calls[-1].kwargs["referral"], bus.calls[-1].kwargs["payer"]) == (said, "public_insurance")


async def test_documents_are_listed_added_and_changed_by_who_asks(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.documents"] = {"ok": {"items": [KEPT, {**KEPT, "id": BOOKING}]}}
    for method in ("add", "verify", "reduce", "revoke"):
        bus.answers[f"booking.{method}_document"] = {"ok": {"document": KEPT}}
    page = (await staff.get("/v1/admin/referrals", params={"limit": 1, "booking_id": BOOKING})).json()
    assert [each["id"] for each in page["items"]] == [DOCUMENT]
    await staff.get("/v1/admin/referrals", params={"limit": 1, "cursor": page["next_cursor"]})
    added = await staff.post("/v1/admin/referrals", json={"booking_id": BOOKING, **TERMS})
    assert (added.status_code, added.json()["left"]) == (201, 9)
    at = f"/v1/admin/authorizations/{DOCUMENT}"
    assert (await staff.post(f"{at}/verify")).status_code == 200
    assert (await staff.post(f"{at}/reduce", json={"to": 3, **WHY})).status_code == 200
    assert (await staff.post(f"{at}/revoke", json=WHY)).status_code == 200
    who = {"actor": "admin"}
    which = {"kind": "authorization", "document_id": DOCUMENT, **who}
    assert [(call.method, call.kwargs) for call in bus.calls] == [
        ("documents", {"kind": "referral", "booking_id": BOOKING, "limit": 2, **who}),
        ("documents", {"kind": "referral", "after": DOCUMENT, "limit": 2, **who}),
        ("add_document", {"kind": "referral", "booking_id": BOOKING, "verified": False, **TERMS, **who}),
        ("verify_document", which),
        ("reduce_document", {**which, "to": 3, **WHY}),
        ("revoke_document", {**which, **WHY}),
    ]


async def test_a_need_is_resolved_with_a_reason(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.resolve_need"] = {"ok": {"booking": ANSWERS[Booking]}}
    at = f"/v1/admin/bookings/{BOOKING}/needs"
    said = {"how": "self_pay", **WHY}
    assert (await staff.post(f"{at}/{DOCUMENT}/resolve", json=said, headers={"If-Match": '"1"'})).status_code == 200
    asked = {"booking_id": BOOKING, "need_id": DOCUMENT, "actor": "admin", "if_revision": 1, **said}
    assert [(call.method, call.kwargs) for call in bus.calls] == [("resolve_need", asked)]
    assert (await staff.post(f"{at}/nothing/resolve", json=said)).json()["code"] == "unknown_need"
    for body in ({"how": "self_pay"}, {"how": "forget", **WHY}, WHY):
        assert (await staff.post(f"{at}/{DOCUMENT}/resolve", json=body)).status_code == 422
    assert len(bus.calls) == 1


async def test_a_clearance_is_of_a_booking_or_of_a_guest_and_never_of_both(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.add_document"] = {"ok": {"document": {**KEPT, "kind": "clearance"}}}
    given = {"issuer": "Dr. Petit", "issued_on": "2026-11-16"}
    guest = {"name": "Camille Durand", "phone": "01 99 00 12 34"}
    at = "/v1/admin/clearances"
    assert (await staff.post(at, json={"booking_id": BOOKING, **given})).status_code == 201
    keyed = {"Idempotency-Key": "clearance-1"}
    whose = {"guest": guest, "location_id": PARIS}
    assert (await staff.post(at, json={**whose, **given}, headers=keyed)).status_code == 201
    kept = {"kind": "clearance", "verified": True, "actor": "admin", **given}
    assert bus.calls[0].kwargs == {"booking_id": BOOKING, **kept}
    assert bus.calls[1].kwargs.items() >= {**whose, **kept}.items()
    assert {"document_id", "body_hash"} <= set(bus.calls[1].kwargs)
    for body in (given, {"booking_id": BOOKING, **whose, **given}, {"guest": guest, **given}):
        assert (await staff.post(at, json=body)).json()["code"] == "invalid_request"
    assert (await staff.post(f"{at}/{DOCUMENT}/reduce", json={"to": 1, **WHY})).status_code == 404
    assert len(bus.calls) == 2


async def test_the_desk_sees_which_documents_run_out(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    ending = {
        "id": DOCUMENT,
        "kind": "referral",
        "expires_on": "2026-12-24",
        "left": 2,
        "counted_in": "visits",
        "booking_id": BOOKING,
        "start": "2026-12-10T10:00:00+01:00",
    }
    bus.answers["booking.running_out"] = {"ok": {"items": [{**ending, "issuer": "Dr. Petit"}]}}
    assert (await staff.get("/v1/admin/documents/running-out")).json() == {"items": [ending], "next_cursor": None}


async def test_who_pays_and_the_referral_go_along_on_every_way_to_book(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    booked = {"booking": ANSWERS[Booking], "manage_token": "t", "replayed": False}
    bus.answers |= {"booking.book_as_staff": {"ok": booked}, "booking.accept_offer": {"ok": booked}}
    bus.answers["booking.book_series"] = {"ok": {"series": ANSWERS[Series], "token": "t", "replayed": False}}
    papers = {"payer": "public_insurance", "referral": {"issuer": "Dr. Petit", "issued_on": "2026-11-16"}}
    for path, body in (
        ("/v1/admin/bookings", REQUESTS["bookAsStaff"]["phone"]["value"]),
        ("/v1/series", REQUESTS["makeSeries"]["book"]["value"]),
        (f"/v1/waitlist/{DOCUMENT}/accept", {}),
    ):
        answer = await staff.post(path, json={**body, **papers})
        assert answer.status_code == 201, answer.text
        assert bus.calls[-1].kwargs.items() >= papers.items()
        await staff.post(path, json=body)
        assert not {"payer", "referral"} & set(bus.calls[-1].kwargs), "an older service is asked as ever"
