"""Availability, holds and bookings: one question to the booking service, and its answer for clients."""

from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.schemas.availability import Availability
from gateway.schemas.bookings import Booking
from gateway.schemas.holds import Hold
from gateway_fakes import ANA, BOOKING, DEEP_TISSUE, HOLD, PARIS, FakeBus
from icalendar import Calendar
from messaging.bus import AnswerLost, DeadlinePassed, RemoteFault, ServiceAway

WANTED = {"service_id": DEEP_TISSUE, "location_id": PARIS, "start": "2026-12-01T10:30:00+01:00", "duration_minutes": 60}
CONFIRMED = {
    "hold_id": HOLD,
    "hold_token": "a.token",
    "guest": {"name": "Camille Durand", "email": "camille@example.com"},
    "screening": {"version": 1, "all_clear": True},
}
BEARER = {"Authorization": "Bearer a.token"}
RANGE = {
    "service_id": DEEP_TISSUE,
    "location_id": PARIS,
    "from": "2026-12-01T00:00:00+01:00",
    "to": "2026-12-08T00:00:00+01:00",
}
INNER = {"an_inner_fact": "for the services alone"}
AVAILABLE = {**ANSWERS[Availability], **INNER}
HELD = {**ANSWERS[Hold], "replayed": False, **INNER}
BOOKED = {**ANSWERS[Booking], **INNER}


@pytest.fixture
def answering(bus: FakeBus) -> FakeBus:
    """A booking service that says yes."""
    bus.answers |= {
        "booking.availability": {"ok": AVAILABLE},
        "booking.hold": {"ok": HELD},
        "booking.extend_hold": {"ok": HELD},
        "booking.release_hold": {"ok": {}},
        "booking.book": {"ok": {"booking": BOOKED, "manage_token": "manage.token", "replayed": False}},
        "booking.booking": {"ok": {"booking": BOOKED}},
        "booking.reschedule": {"ok": {"booking": {**BOOKED, "revision": 2}}},
        "booking.cancel": {"ok": {"booking": {**BOOKED, "state": "cancelled", "revision": 2}}},
        "booking.undo_cancel": {"ok": {"booking": {**BOOKED, "revision": 3}}},
    }
    return bus


async def find(api: httpx.AsyncClient) -> httpx.Response:
    return await api.get("/v1/availability", params=RANGE)


async def hold(api: httpx.AsyncClient) -> httpx.Response:
    return await api.post("/v1/holds", json=WANTED)


async def extend(api: httpx.AsyncClient) -> httpx.Response:
    return await api.post(f"/v1/holds/{HOLD}/extend", headers=BEARER)


async def release(api: httpx.AsyncClient) -> httpx.Response:
    return await api.delete(f"/v1/holds/{HOLD}", headers=BEARER)


async def book(api: httpx.AsyncClient) -> httpx.Response:
    return await api.post("/v1/bookings", json=CONFIRMED)


async def show(api: httpx.AsyncClient) -> httpx.Response:
    return await api.get(f"/v1/bookings/{BOOKING}", headers=BEARER)


async def calendar(api: httpx.AsyncClient) -> httpx.Response:
    return await api.get(f"/v1/bookings/{BOOKING}/calendar.ics", headers=BEARER)


async def reschedule(api: httpx.AsyncClient, **headers: str) -> httpx.Response:
    body = {"start": "2026-12-02T14:00:00+01:00"}
    return await api.post(f"/v1/bookings/{BOOKING}/reschedule", json=body, headers=BEARER | headers)


async def cancel(api: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await api.post(f"/v1/bookings/{BOOKING}/cancel", headers=BEARER | headers)


async def undo(api: httpx.AsyncClient) -> httpx.Response:
    return await api.post(f"/v1/bookings/{BOOKING}/undo-cancel", json={}, headers=BEARER)


READS = {"availability": find, "booking": show, "calendar": calendar}
WRITES = {
    "hold": hold,
    "extend": extend,
    "release": release,
    "book": book,
    "reschedule": reschedule,
    "cancel": cancel,
    "undo": undo,
}
ALL = READS | WRITES


@pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())
async def test_each_call_is_one_question_with_a_deadline_and_the_correlation_id(
    api: httpx.AsyncClient, answering: FakeBus, ask: Any
) -> None:
    api.headers["X-Correlation-Id"] = "checkout-7c1d2e3f"
    answer = await ask(api)
    assert answer.status_code < 300, answer.text
    [call] = answering.calls
    assert call.timeout == (3.0 if ask in READS.values() else 5.0)
    assert call.correlation_id == "checkout-7c1d2e3f"
    assert "an_inner_fact" not in answer.text


async def test_the_free_times_are_asked_for_as_instants(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await api.get("/v1/availability", params={**RANGE, "practitioner_id": ANA, "duration_minutes": "60"})
    assert answer.json() == ANSWERS[Availability]
    assert answering.calls[0].kwargs == {
        "service_id": DEEP_TISSUE,
        "location_id": PARIS,
        "since": "2026-12-01T00:00:00+01:00",
        "until": "2026-12-08T00:00:00+01:00",
        "practitioner_id": ANA,
        "duration_minutes": 60,
    }


async def test_the_times_to_move_a_booking_to_need_its_token(api: httpx.AsyncClient, answering: FakeBus) -> None:
    query = {**RANGE, "booking_id": BOOKING}
    refused = await api.get("/v1/availability", params=query)
    assert (refused.status_code, refused.json()["code"]) == (401, "token_required")
    assert answering.calls == []
    answer = await api.get("/v1/availability", params=query, headers=BEARER)
    assert answer.status_code == 200
    token = BEARER["Authorization"].removeprefix("Bearer ")
    assert answering.calls[0].kwargs["booking"] == {"id": BOOKING, "manage_token": token}


async def test_a_booking_is_moved_to_an_instant_and_answers_with_its_new_revision(
    api: httpx.AsyncClient, answering: FakeBus
) -> None:
    answer = await reschedule(api, **{"If-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert answering.calls[0].kwargs["start"] == "2026-12-02T14:00:00+01:00"
    assert answering.calls[0].kwargs["if_revision"] == 1


async def test_an_offset_whose_plus_was_not_escaped_is_understood(api: httpx.AsyncClient, answering: FakeBus) -> None:
    query = "&".join(f"{name}={value}" for name, value in RANGE.items())
    assert (await api.get(f"/v1/availability?{query}")).status_code == 200
    assert answering.calls[0].kwargs["since"] == "2026-12-01T00:00:00+01:00"


async def test_a_range_of_62_days_is_not_too_wide(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await api.get("/v1/availability", params={**RANGE, "to": "2027-02-01T00:00:00+01:00"})
    assert answer.status_code == 200


async def test_a_hold_is_made_and_says_until_when(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await hold(api)
    assert answer.status_code == 201
    assert answer.json() == ANSWERS[Hold]
    assert answering.calls[0].kwargs == WANTED


async def test_a_key_travels_with_the_hold_and_says_nothing_of_who_asks(
    api: httpx.AsyncClient, answering: FakeBus
) -> None:
    await api.post("/v1/holds", json=WANTED, headers={"Idempotency-Key": "visit-1"})
    await api.post("/v1/holds", json=dict(reversed(WANTED.items())), headers={"Idempotency-Key": "visit-1"})
    first, again = (call.kwargs["idempotency"] for call in answering.calls)
    assert first == again, "the order of fields means nothing"
    assert first["key"] == "visit-1"
    assert first["scope"].startswith("hold:")
    assert "127.0.0.1" not in first["scope"]


async def test_another_body_under_the_same_key_has_another_hash(api: httpx.AsyncClient, answering: FakeBus) -> None:
    for minutes in (60, 90):
        await api.post(
            "/v1/holds", json={**WANTED, "duration_minutes": minutes}, headers={"Idempotency-Key": "visit-1"}
        )
    first, other = (call.kwargs["idempotency"] for call in answering.calls)
    assert first["scope"] == other["scope"]
    assert first["body_hash"] != other["body_hash"]


async def test_keys_of_different_callers_never_meet(asgi: Any, answering: FakeBus) -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        transport = httpx.ASGITransport(app=asgi, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            await client.post("/v1/holds", json=WANTED, headers={"Idempotency-Key": "1"})
    first, other = (call.kwargs["idempotency"]["scope"] for call in answering.calls)
    assert first != other


async def test_a_booking_key_belongs_to_the_hold_whose_token_is_shown(
    api: httpx.AsyncClient, answering: FakeBus
) -> None:
    for token in ("a.token", "other.token"):
        await api.post("/v1/bookings", json={**CONFIRMED, "hold_token": token}, headers={"Idempotency-Key": "1"})
    first, other = (call.kwargs["idempotency"]["scope"] for call in answering.calls)
    assert first != other
    assert "token" not in first


async def test_an_answer_that_was_given_before_says_so(api: httpx.AsyncClient, answering: FakeBus) -> None:
    first = await api.post("/v1/bookings", json=CONFIRMED, headers={"Idempotency-Key": "1"})
    assert "idempotency-replayed" not in first.headers
    answering.answers["booking.book"]["ok"]["replayed"] = True
    again = await api.post("/v1/bookings", json=CONFIRMED, headers={"Idempotency-Key": "1"})
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


async def test_a_hold_that_was_made_before_says_so(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answering.answers["booking.hold"] = {"ok": {**HELD, "replayed": True}}
    again = await api.post("/v1/holds", json=WANTED, headers={"Idempotency-Key": "1"})
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")


async def test_a_hold_is_extended_and_given_back_with_its_token(api: httpx.AsyncClient, answering: FakeBus) -> None:
    assert (await extend(api)).json()["token"]
    given_back = await release(api)
    assert (given_back.status_code, given_back.content) == (204, b"")
    assert [call.kwargs for call in answering.calls] == [{"hold_id": HOLD, "token": "a.token"}] * 2


async def test_a_booking_is_made_and_says_where_it_is_and_how_to_open_it(
    api: httpx.AsyncClient, answering: FakeBus
) -> None:
    answer = await book(api)
    assert answer.status_code == 201
    assert answer.json() == {**ANSWERS[Booking], "manage_token": "manage.token"}
    assert answer.headers["location"] == f"/v1/bookings/{BOOKING}"
    assert answer.headers["etag"] == '"1"'
    assert answering.calls[0].kwargs == CONFIRMED


async def test_a_booking_is_shown_with_its_revision_as_etag(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await show(api)
    assert (answer.json(), answer.headers["etag"]) == (ANSWERS[Booking], '"1"')
    assert answer.headers["cache-control"] == "no-store"
    assert answering.calls[0].kwargs == {"booking_id": BOOKING, "manage_token": "a.token"}


async def test_a_booking_that_was_seen_is_not_sent_again(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await api.get(f"/v1/bookings/{BOOKING}", headers={**BEARER, "If-None-Match": '"7", W/"1"'})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("if_match", "asked"),
    [
        ({}, {}),
        ({"If-Match": "*"}, {}),
        ({"If-Match": '"1"'}, {"if_revision": 1}),
        ({"If-Match": '"x"'}, {"if_revision": 0}),
    ],
    ids=["without", "any", "one", "a tag that is none of ours"],
)
async def test_a_change_can_be_bound_to_the_revision_that_was_seen(
    api: httpx.AsyncClient, answering: FakeBus, if_match: dict[str, str], asked: dict[str, int]
) -> None:
    answer = await cancel(api, **if_match)
    assert (answer.json()["state"], answer.headers["etag"]) == ("cancelled", '"2"')
    assert answering.calls[0].kwargs == {
        "booking_id": BOOKING,
        "manage_token": "a.token",
        "accept_fee": False,
        **asked,
    }


async def test_a_fee_is_accepted_in_so_many_words(api: httpx.AsyncClient, answering: FakeBus) -> None:
    await api.post(f"/v1/bookings/{BOOKING}/cancel", json={"accept_fee": True}, headers=BEARER)
    assert answering.calls[0].kwargs["accept_fee"] is True


async def test_a_cancellation_is_taken_back(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await undo(api)
    assert (answer.json()["state"], answer.headers["etag"]) == ("confirmed", '"3"')


async def test_the_calendar_file_is_discreet_and_names_the_booking(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await calendar(api)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    event = Calendar.from_ical(answer.text).walk("VEVENT")[0]
    assert str(event["UID"]) == f"{BOOKING}@slotwell"
    assert str(event["SUMMARY"]) == "Appointment at La Belle"
    assert "Deep tissue" not in answer.text
    assert "a.token" not in answer.text


async def test_the_calendar_file_of_a_cancelled_booking_takes_the_entry_away(
    api: httpx.AsyncClient, answering: FakeBus
) -> None:
    answering.answers["booking.booking"] = {"ok": {"booking": {**BOOKED, "state": "cancelled", "revision": 2}}}
    answer = await calendar(api)
    assert "METHOD:CANCEL" in answer.text
    assert "SEQUENCE:2" in answer.text


async def test_a_refusal_carries_what_helps_to_go_on(api: httpx.AsyncClient, bus: FakeBus) -> None:
    slot = {"start": WANTED["start"], "end": "2026-12-01T11:30:00+01:00", "practitioner_ids": [ANA]}
    bus.refuse("booking.hold", "slot_taken", detail="Someone was faster.", extra={"alternatives": [slot], **INNER})
    answer = await hold(api)
    body = answer.json()
    assert (answer.status_code, body["code"], body["detail"]) == (409, "slot_taken", "Someone was faster.")
    assert body["alternatives"] == [slot]
    assert body["type"] == "https://book.example/docs/problems#slot_taken"
    assert "an_inner_fact" not in body


async def test_a_refused_field_is_placed_in_the_body_of_a_post(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.refuse("booking.book", "phone_invalid", fields=[{"field": "guest.phone", "problem": "is too short"}])
    answer = await book(api)
    [wrong] = answer.json()["fields"]
    assert (answer.status_code, wrong["pointer"], wrong["problem"]) == (422, "#/guest/phone", "is too short")


async def test_a_refused_parameter_is_placed_in_the_address_of_a_get(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.refuse("booking.availability", "unknown_practitioner")
    [wrong] = (await find(api)).json()["fields"]
    assert (wrong["field"], wrong["in"]) == ("practitioner_id", "query")


@pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("away", ["broker", "service"])
async def test_with_nobody_there_to_ask_the_answer_is_unavailable_at_once(
    api: httpx.AsyncClient, bus: FakeBus, ask: Any, away: str
) -> None:
    bus.connected = away != "broker"
    bus.answers = dict.fromkeys(
        (f"booking.{name}" for name in ("availability", "hold", "extend_hold", "release_hold", "book", "booking")),
        ServiceAway("booking"),
    )
    bus.answers |= {f"booking.{name}": ServiceAway("booking") for name in ("reschedule", "cancel", "undo_cancel")}
    answer = await ask(api)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())
async def test_a_service_that_could_not_begin_is_unavailable_and_nothing_is_in_doubt(
    api: httpx.AsyncClient, answering: FakeBus, ask: Any
) -> None:
    refusal = {"refused": {"code": "unavailable", "detail": "Our calendar cannot be reached just now."}}
    answering.answers = dict.fromkeys(answering.answers, refusal)
    answer = await ask(api)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())
@pytest.mark.parametrize("failure", [DeadlinePassed("5 s"), AnswerLost("broken"), RemoteFault("OperationalError")])
async def test_a_write_without_an_answer_is_unknown_and_a_read_is_unavailable(
    api: httpx.AsyncClient, bus: FakeBus, ask: Any, failure: Exception
) -> None:
    reads = ("availability", "booking")
    writes = ("hold", "extend_hold", "release_hold", "book", "reschedule", "cancel", "undo_cancel")
    bus.answers = {f"booking.{name}": failure for name in (*reads, *writes)}
    answer = await ask(api)
    code = "unavailable" if ask in READS.values() else "outcome_unknown"
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert int(answer.headers["retry-after"]) >= 1


async def test_an_answer_that_breaks_the_agreement_is_our_fault_and_shows_nothing(
    api: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.availability"] = {"ok": {"secret": "of the house"}}
    answer = await find(api)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]


async def test_a_code_that_is_not_in_the_table_is_our_fault(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.refuse("booking.availability", "full_moon")
    assert (await find(api)).json()["code"] == "internal_error"
