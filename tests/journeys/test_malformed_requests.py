"""Every malformed request gets a 4xx that says what and where, and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from tests.checker.counts import counts
from tests.outside.client import Api, Json, Slot, a_guest, all_clear, ok, problem
from tests.outside.platform import Platform

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a request needs to be right in all but one thing."""

    api: Api
    slot: Slot
    hold: Json

    def asked(self, **changed: object) -> Json:
        return _without(self.slot.asked(**changed))

    def confirmed(self, **changed: object) -> Json:
        hold = self.hold
        body = {"hold_id": hold["id"], "hold_token": hold["token"], "guest": a_guest(), **all_clear(hold), **changed}
        return _without(body)

    def when(self, **changed: object) -> Json:
        begin = self.api.now() + timedelta(hours=3)
        query = {
            "location_id": self.slot.location_id,
            "service_id": self.slot.service_id,
            "from": begin.isoformat(),
            "to": (begin + timedelta(days=2)).isoformat(),
        }
        return _without({**query, **changed})


LEFT_OUT = object()


def _without(body: Json) -> Json:
    return {name: value for name, value in body.items() if value is not LEFT_OUT}


@dataclass(frozen=True, slots=True)
class Malformed:
    """One wrong request, the answer it deserves, and the field that is named."""

    name: str
    ask: Callable[[Known], httpx.Response]
    status: int
    code: str
    field: str | None = field(default=None)


def hold_with(**changed: object) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post("/v1/holds", json=known.asked(**changed))


def book_with(**changed: object) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post("/v1/bookings", json=known.confirmed(**changed))


def guest_with(**changed: object) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post(
        "/v1/bookings", json=known.confirmed(guest=_without({**a_guest(), **changed}))
    )


def availability_with(**changed: object) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.get("/v1/availability", params=known.when(**changed))


def raw(path: str, content: bytes, kind: str = "application/json") -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post(path, content=content, headers={"Content-Type": kind})


def moved(**by: float) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post(
        "/v1/holds", json=known.asked(start=(known.slot.start + timedelta(**by)).isoformat())
    )


def call(method: str, path: str) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.request(method, path)


def starts_at(when: Callable[[Known], object]) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.post("/v1/holds", json=known.asked(start=when(known)))


def range_of(begin: timedelta, end: timedelta) -> Callable[[Known], httpx.Response]:
    return lambda known: known.api.http.get(
        "/v1/availability",
        params=known.when(**{"from": (known.api.now() + begin).isoformat(), "to": (known.api.now() + end).isoformat()}),
    )


NESTED = b'{"guest":' * 5_000 + b"1" + b"}" * 5_000

TABLE = [
    # Bodies
    Malformed("not JSON", raw("/v1/holds", b"{nonsense"), 400, "malformed_json"),
    Malformed("an empty body", raw("/v1/holds", b""), 400, "malformed_json"),
    Malformed("bytes that are not UTF-8", raw("/v1/holds", b'{"start": "\xff\xfe"}'), 400, "malformed_json"),
    Malformed("NaN, which JSON has not", raw("/v1/holds", b'{"duration_minutes": NaN}'), 400, "malformed_json"),
    Malformed("thousands of braces", raw("/v1/bookings", NESTED), 400, "malformed_json"),
    Malformed("a list where an object belongs", raw("/v1/holds", b"[]"), 422, "invalid_request"),
    Malformed("null where an object belongs", raw("/v1/bookings", b"null"), 422, "invalid_request"),
    Malformed("a body of 65 KiB", raw("/v1/holds", b'{"x": "' + b"x" * 66_560 + b'"}'), 413, "body_too_large"),
    Malformed(
        "a form instead of JSON",
        raw("/v1/holds", b"a=b", "application/x-www-form-urlencoded"),
        415,
        "unsupported_media_type",
    ),
    Malformed("plain text", raw("/v1/bookings", b"book me", "text/plain"), 415, "unsupported_media_type"),
    # Holds
    Malformed("an unknown field of a hold", hold_with(notes="bad back"), 422, "invalid_request", "notes"),
    Malformed("no service", hold_with(service_id=LEFT_OUT), 422, "invalid_request", "service_id"),
    Malformed("no start", hold_with(start=LEFT_OUT), 422, "invalid_request", "start"),
    Malformed(
        "a start without offset",
        starts_at(lambda known: known.slot.start.replace(tzinfo=None).isoformat()),
        422,
        "invalid_request",
        "start",
    ),
    Malformed(
        "a start that is only a date",
        starts_at(lambda known: known.slot.start.date().isoformat()),
        422,
        "invalid_request",
        "start",
    ),
    Malformed(
        "a start that is a number",
        starts_at(lambda known: known.slot.start.timestamp()),
        422,
        "invalid_request",
        "start",
    ),
    Malformed(
        "a start at the end of time",
        starts_at(lambda _: "9999-12-31T23:59:59-12:00"),
        422,
        "invalid_request",
        "start",
    ),
    Malformed(
        "a start before the beginning of time",
        starts_at(lambda _: "0001-01-01T00:00:00+12:00"),
        422,
        "invalid_request",
        "start",
    ),
    Malformed("a duration as text", hold_with(duration_minutes="sixty"), 422, "invalid_request", "duration_minutes"),
    Malformed("a duration as truth", hold_with(duration_minutes=True), 422, "invalid_request", "duration_minutes"),
    Malformed(
        "a duration below nothing",
        hold_with(duration_minutes=-60),
        422,
        "invalid_request",
        "duration_minutes",
    ),
    Malformed("an endless duration", hold_with(duration_minutes=10**30), 422, "invalid_request", "duration_minutes"),
    Malformed("a duration that is not sold", hold_with(duration_minutes=61), 422, "duration_not_offered"),
    Malformed("a service that is no id", hold_with(service_id="massage"), 422, "invalid_request", "service_id"),
    Malformed("an unknown service", hold_with(service_id=UNKNOWN), 404, "unknown_service"),
    Malformed("an unknown branch", hold_with(location_id=UNKNOWN), 404, "unknown_location"),
    Malformed("an unknown practitioner", hold_with(practitioner_id=UNKNOWN), 404, "unknown_practitioner"),
    Malformed(
        "a start yesterday",
        starts_at(lambda known: (known.api.now() - timedelta(days=1)).isoformat()),
        422,
        "in_the_past",
    ),
    Malformed(
        "a start in a minute",
        starts_at(lambda known: (known.api.now() + timedelta(minutes=1)).isoformat()),
        422,
        "too_soon",
    ),
    Malformed("a start in half a year", moved(days=182), 422, "beyond_horizon"),
    Malformed("a start off the grid", moved(minutes=7), 422, "not_a_start"),
    Malformed(
        "a key of 256 characters",
        lambda known: known.api.hold(known.slot, key="k" * 256),
        422,
        "invalid_request",
        "Idempotency-Key",
    ),
    Malformed(
        "an empty key",
        lambda known: known.api.hold(known.slot, key=""),
        422,
        "invalid_request",
        "Idempotency-Key",
    ),
    Malformed(
        "extending without token",
        lambda known: known.api.http.post(f"/v1/holds/{known.hold['id']}/extend"),
        401,
        "token_required",
    ),
    Malformed(
        "extending with a made-up token",
        lambda known: known.api.extend({**known.hold, "token": "made.up"}),
        403,
        "hold_token_invalid",
    ),
    Malformed(
        "releasing an unknown hold",
        lambda known: known.api.release({**known.hold, "id": UNKNOWN}),
        403,
        "hold_token_invalid",
    ),
    # Bookings
    Malformed("an unknown field of a booking", book_with(discount=100), 422, "invalid_request", "discount"),
    Malformed("free text about health", book_with(notes="slipped disc"), 422, "invalid_request", "notes"),
    Malformed("a state chosen by the guest", book_with(state="completed"), 422, "invalid_request", "state"),
    Malformed("no guest", book_with(guest=LEFT_OUT), 422, "invalid_request", "guest"),
    Malformed("a guest that is a list", book_with(guest=[]), 422, "invalid_request", "guest"),
    Malformed("a guest without name", guest_with(name=LEFT_OUT), 422, "invalid_request", "guest.name"),
    Malformed("a guest with a blank name", guest_with(name="   "), 422, "invalid_request", "guest.name"),
    Malformed("a name as long as a novel", guest_with(name="a" * 5_000), 422, "invalid_request", "guest.name"),
    Malformed("a name with a NUL", guest_with(name="Ana\x00"), 422, "invalid_request", "guest.name"),
    Malformed(
        "a name with a line break",
        guest_with(name="Ana\r\nBcc: all@example.com"),
        422,
        "invalid_request",
        "guest.name",
    ),
    Malformed(
        "a name that is half a character",
        raw("/v1/bookings", b'{"guest": {"name": "\\ud800"}}'),
        422,
        "invalid_request",
        "guest.name",
    ),
    Malformed("an unknown field of the guest", guest_with(role="owner"), 422, "invalid_request", "guest.role"),
    Malformed("an e-mail address without at", guest_with(email="ana.example.com"), 422, "email_invalid"),
    Malformed(
        "an e-mail address with a line break",
        guest_with(email="ana@example.com\nBcc: b@example.com"),
        422,
        "email_invalid",
    ),
    Malformed("a phone number of letters", guest_with(phone="call me"), 422, "phone_invalid"),
    Malformed("no way to reach the guest", guest_with(phone=LEFT_OUT, email=LEFT_OUT), 422, "contact_required"),
    Malformed("a guest in no zone", guest_with(zone="Mars/Olympus"), 422, "invalid_request", "guest.zone"),
    Malformed("a hold that is no id", book_with(hold_id="mine"), 422, "invalid_request", "hold_id"),
    Malformed("another hold's id", book_with(hold_id=UNKNOWN), 403, "hold_token_invalid"),
    Malformed("a made-up token", book_with(hold_token="made.up"), 403, "hold_token_invalid"),
    Malformed(
        "a screening without version",
        book_with(screening={"all_clear": True}),
        422,
        "invalid_request",
        "screening.version",
    ),
    Malformed(
        "screening answers spelled out",
        book_with(screening={"version": 1, "all_clear": True, "answers": ["clots"]}),
        422,
        "invalid_request",
        "screening.answers",
    ),
    # Availability
    Malformed("availability of nothing", call("GET", "/v1/availability"), 422, "invalid_request", "service_id"),
    Malformed(
        "from without offset",
        availability_with(**{"from": "2030-01-01T00:00:00"}),
        422,
        "invalid_request",
        "from",
    ),
    Malformed("from that is no time", availability_with(**{"from": "tomorrow"}), 422, "invalid_request", "from"),
    Malformed("to before from", range_of(timedelta(days=2), timedelta(days=1)), 422, "range_inverted"),
    Malformed("a range of 63 days", range_of(timedelta(hours=3), timedelta(days=63, hours=3)), 422, "range_too_wide"),
    Malformed("an unknown filter", availability_with(colour="green"), 422, "invalid_request", "colour"),
    Malformed("availability of an unknown service", availability_with(service_id=UNKNOWN), 404, "unknown_service"),
    Malformed("availability at an unknown branch", availability_with(location_id=UNKNOWN), 404, "unknown_location"),
    Malformed(
        "availability for no number of minutes",
        availability_with(duration_minutes="an hour"),
        422,
        "invalid_request",
        "duration_minutes",
    ),
    # Lists
    Malformed("a limit of none", call("GET", "/v1/locations?limit=0"), 422, "invalid_request", "limit"),
    Malformed("a limit of a thousand", call("GET", "/v1/services?limit=1000"), 422, "invalid_request", "limit"),
    Malformed("a cursor from nowhere", call("GET", "/v1/services?cursor=%00"), 422, "invalid_request", "cursor"),
    Malformed(
        "a modality that is none",
        call("GET", "/v1/services?modality=surgery"),
        422,
        "invalid_request",
        "modality",
    ),
    Malformed(
        "practitioners filtered by mood",
        call("GET", "/v1/practitioners?mood=good"),
        422,
        "invalid_request",
        "mood",
    ),
    # Paths and methods
    Malformed("an unknown path", call("GET", "/v1/massages"), 404, "unknown_path"),
    Malformed("a service that does not exist", call("GET", f"/v1/services/{UNKNOWN}"), 404, "unknown_service"),
    Malformed("PUT on holds", call("PUT", "/v1/holds"), 405, "method_not_allowed"),
    Malformed("DELETE on bookings", call("DELETE", "/v1/bookings"), 405, "method_not_allowed"),
    Malformed("GET on a cancellation", call("GET", f"/v1/bookings/{UNKNOWN}/cancel"), 405, "method_not_allowed"),
    Malformed("a booking without token", call("GET", f"/v1/bookings/{UNKNOWN}"), 401, "token_required"),
]


@pytest.fixture(scope="module")
def known(platform: Platform, api: Api) -> Known:
    slot = api.a_slot(after=timedelta(days=1))
    return Known(api=api, slot=slot, hold=api.held(after=timedelta(days=2)))


@pytest.mark.parametrize("wrong", TABLE, ids=lambda wrong: wrong.name)
def test_a_malformed_request_is_refused_with_its_code_and_changes_nothing(
    platform: Platform, known: Known, wrong: Malformed
) -> None:
    before = counts(platform.databases["booking"])
    body = problem(wrong.ask(known), wrong.status, wrong.code)
    if wrong.field is not None:
        assert wrong.field in {one["field"] for one in body["fields"]}, body["fields"]
        assert all(one["problem"] for one in body["fields"])
    assert counts(platform.databases["booking"]) == before


def test_a_wrong_method_names_the_right_ones(api: Api) -> None:
    assert "POST" in api.http.put("/v1/holds").headers["allow"]


def test_after_all_of_that_the_hold_still_books(known: Known) -> None:
    ok(known.api.book(known.hold), 201)
