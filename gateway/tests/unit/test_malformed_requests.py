"""What cannot be read is refused: with a code, a place and a way to mend it, and before any service is asked."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from gateway_fakes import BOOKING, DEEP_TISSUE, HOLD, PARIS, UNKNOWN, FakeBus

AVAILABILITY = {
    "service_id": DEEP_TISSUE,
    "location_id": PARIS,
    "from": "2026-12-01T00:00:00+01:00",
    "to": "2026-12-08T00:00:00+01:00",
}
HELD = {"service_id": DEEP_TISSUE, "location_id": PARIS, "start": "2026-12-01T10:30:00+01:00"}
GUEST = {"name": "Camille Durand", "email": "camille@example.com", "phone": "01 99 00 12 34"}
BOOKED = {"hold_id": HOLD, "hold_token": "a.token", "guest": GUEST}
TOKEN = {"Authorization": "Bearer a.token"}
LEFT_OUT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One wrong request and the refusal it deserves."""

    method: str = "POST"
    path: str
    body: bytes | None = None
    query: dict[str, str] | str | None = None
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    status: int = 422
    code: str = "invalid_request"
    named: str | None = None
    place: str = "body"


def _changed(good: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**good, **changes}.items() if value is not LEFT_OUT}


def hold(named: str | None = None, **changes: Any) -> Wrong:
    return Wrong(path="/v1/holds", body=json.dumps(_changed(HELD, changes)).encode(), named=named)


def book(named: str | None = None, *, code: str = "invalid_request", **changes: Any) -> Wrong:
    body = json.dumps(_changed(BOOKED, changes)).encode()
    return Wrong(path="/v1/bookings", body=body, named=named, code=code)


def guest(named: str | None = None, *, code: str = "invalid_request", **changes: Any) -> Wrong:
    return book(named, code=code, guest=_changed(GUEST, changes))


def json_text(body: bytes, *, code: str = "malformed_json", status: int = 400) -> Wrong:
    return Wrong(path="/v1/holds", body=body, code=code, status=status)


def find(named: str | None = None, *, code: str = "invalid_request", **changes: Any) -> Wrong:
    query = _changed(AVAILABILITY, {name.rstrip("_"): value for name, value in changes.items()})
    return Wrong(method="GET", path="/v1/availability", query=query, named=named, place="query", code=code)


def get(path: str, query: str = "", **expected: Any) -> Wrong:
    return Wrong(method="GET", path=path, query=query, headers={}, **{"place": "query", **expected})


DEEP = b'{"guest":' * 5_000 + b"1" + b"}" * 5_000

WRONG = {
    # JSON
    "nonsense": json_text(b"{nonsense"),
    "nothing at all": json_text(b""),
    "bytes that are not UTF-8": json_text(b'{"start": "\xff\xfe"}'),
    "a byte order mark": json_text(b"\xef\xbb\xbf{}"),
    "UTF-16": json_text("{}".encode("utf-16")),
    "a second value": json_text(b"{} {}"),
    "NaN": json_text(b'{"duration_minutes": NaN}'),
    "Infinity": json_text(b'{"duration_minutes": -Infinity}'),
    "a number beyond all numbers": json_text(b'{"duration_minutes": 1e999}'),
    "a number of a thousand digits": json_text(b'{"duration_minutes": ' + b"9" * 1000 + b"}"),
    "a name given twice": json_text(b'{"start": "a", "start": "b"}'),
    "a name given twice further in": Wrong(
        path="/v1/bookings", body=b'{"guest": {"name": "a", "name": "b"}}', code="malformed_json", status=400
    ),
    "five thousand braces": json_text(DEEP),
    "sixty thousand brackets": json_text(b"[" * 60_000),
    "a list where an object belongs": json_text(b"[]", code="invalid_request", status=422),
    "null where an object belongs": json_text(b"null", code="invalid_request", status=422),
    "a text where an object belongs": json_text(b'"hold"', code="invalid_request", status=422),
    # Types of content
    "a form": Wrong(
        path="/v1/holds",
        body=b"a=b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        status=415,
        code="unsupported_media_type",
    ),
    "JSON that is not said to be": Wrong(
        path="/v1/holds", body=b"{}", headers={}, status=415, code="unsupported_media_type"
    ),
    "JSON in another charset": Wrong(
        path="/v1/holds",
        body=b"{}",
        headers={"Content-Type": "application/json; charset=latin-1"},
        status=415,
        code="unsupported_media_type",
    ),
    # Sizes
    "a body of 65 KiB": json_text(b'{"x": "' + b"x" * 66_560 + b'"}', code="body_too_large", status=413),
    # Holds
    "a hold with a field that we do not know": hold("notes", notes="bad back"),
    "a hold of no service": hold("service_id", service_id=LEFT_OUT),
    "a hold at no branch": hold("location_id", location_id=LEFT_OUT),
    "a hold at no time": hold("start", start=LEFT_OUT),
    "a service that is null": hold("service_id", service_id=None),
    "a service that is a number": hold("service_id", service_id=7),
    "a service that is a name": hold("service_id", service_id="massage"),
    "a service in braces": hold("service_id", service_id="{" + DEEP_TISSUE + "}"),
    "a start without offset": hold("start", start="2026-12-01T10:30:00"),
    "a start that is a date": hold("start", start="2026-12-01"),
    "a start that is a number": hold("start", start=1_795_000_000),
    "a start in a week": hold("start", start="2026-W49-2T10:30:00Z"),
    "a start on 30 February": hold("start", start="2026-02-30T10:30:00Z"),
    "a start at 24:30": hold("start", start="2026-12-01T24:30:00Z"),
    "a start in other digits": hold("start", start="２026-12-01T10:30:00Z"),
    "a start with a line after it": hold("start", start="2026-12-01T10:30:00Z\n"),
    "a start at the end of time": hold("start", start="9999-12-31T23:59:59-12:00"),
    "a start before the beginning of time": hold("start", start="0001-01-01T00:00:00+12:00"),
    "a duration that is text": hold("duration_minutes", duration_minutes="60"),
    "a duration that is true": hold("duration_minutes", duration_minutes=True),
    "a duration with a fraction": hold("duration_minutes", duration_minutes=60.5),
    "a duration of nothing": hold("duration_minutes", duration_minutes=0),
    "a duration below nothing": hold("duration_minutes", duration_minutes=-60),
    "a duration without end": hold("duration_minutes", duration_minutes=10**30),
    "a practitioner who is a list": hold("practitioner_id", practitioner_id=[]),
    "a field whose name has a slash": hold("a/b~c", **{"a/b~c": 1}),
    # Bookings
    "a booking with a discount of one's own": book("discount", discount=100),
    "a booking with a state of one's own": book("state", state="completed"),
    "free text about health": book("notes", notes="slipped disc"),
    "a booking without guest": book("guest", guest=LEFT_OUT),
    "a guest that is a list": book("guest", guest=[]),
    "a guest without name": guest("guest.name", name=LEFT_OUT),
    "a guest with a blank name": guest("guest.name", name="   "),
    "a guest with a name as long as a novel": guest("guest.name", name="a" * 5_000),
    "a name with a NUL": guest("guest.name", name="Ana\0"),
    "a name with a line break": guest("guest.name", name="Ana\r\nBcc: all@example.com"),
    "a name that is half a character": guest("guest.name", name="\ud800"),
    "a guest with a role": guest("guest.role", role="owner"),
    "a guest in no zone": guest("guest.zone", zone="Mars/Olympus"),
    "a zone that climbs": guest("guest.zone", zone="../../etc/passwd"),
    "a locale that is none": guest("guest.locale", locale="en_US.UTF-8"),
    "an e-mail address with a line break": guest(
        "guest.email", email="ana@example.com\nBcc: b@example.com", code="email_invalid"
    ),
    "a phone number with a NUL": guest("guest.phone", phone="+33\0", code="phone_invalid"),
    "a hold that is no id": book("hold_id", hold_id="mine"),
    "a token that is a number": book("hold_token", hold_token=5),
    "a token with a blank": book("hold_token", hold_token="a b"),
    "a screening without version": book("screening.version", screening={"all_clear": True}),
    "a screening without outcome": book("screening.all_clear", screening={"version": 1}),
    "a screening that sounds clear": book("screening.all_clear", screening={"version": 1, "all_clear": "yes"}),
    "answers to safety questions": book(
        "screening.answers", screening={"version": 1, "all_clear": True, "answers": ["clots"]}
    ),
    # Changes of a booking
    "a cancellation with a reason": Wrong(
        path=f"/v1/bookings/{BOOKING}/cancel",
        body=b'{"reason": "ill"}',
        headers={**TOKEN, "Content-Type": "application/json"},
        named="reason",
    ),
    "a fee accepted in words": Wrong(
        path=f"/v1/bookings/{BOOKING}/cancel",
        body=b'{"accept_fee": "true"}',
        headers={**TOKEN, "Content-Type": "application/json"},
        named="accept_fee",
    ),
    "an undo with conditions": Wrong(
        path=f"/v1/bookings/{BOOKING}/undo-cancel",
        body=b'{"if": 1}',
        headers={**TOKEN, "Content-Type": "application/json"},
        named="if",
    ),
    # Availability
    "availability of nothing": get("/v1/availability", named="service_id"),
    "a range from no offset": find("from", from_="2026-12-01T00:00:00"),
    "a range from tomorrow": find("from", from_="tomorrow"),
    "a range to nowhere": find("to", to=LEFT_OUT),
    "a range that ends before it begins": find("to", to="2026-11-30T00:00:00+01:00", code="range_inverted"),
    "a range of nothing": find("to", to=AVAILABILITY["from"], code="range_inverted"),
    "a range of 62 days and a second": find("to", to="2027-02-01T00:00:01+01:00", code="range_too_wide"),
    "a filter that we do not know": find("colour", colour="green"),
    "minutes in words": find("duration_minutes", duration_minutes="an hour"),
    "minutes with a sign": find("duration_minutes", duration_minutes="+60"),
    "minutes in other digits": find("duration_minutes", duration_minutes="٦٠"),
    "a parameter given twice": get(
        "/v1/availability", f"service_id={DEEP_TISSUE}&service_id={PARIS}", named="service_id"
    ),
    "a parameter that is not UTF-8": get("/v1/availability", "service_id=%ff"),
    "a hundred parameters": get("/v1/availability", "&".join(f"p{n}=1" for n in range(100))),
    # Lists
    "a limit of none": get("/v1/locations", "limit=0", named="limit"),
    "a limit of a thousand": get("/v1/services", "limit=1000", named="limit"),
    "a cursor from nowhere": get("/v1/services", "cursor=bm93aGVyZQ", named="cursor"),
    "a cursor that is a NUL": get("/v1/services", "cursor=%00", named="cursor"),
    "a cursor that is no base64": get("/v1/practitioners", "cursor=a", named="cursor"),
    "a cursor of another list": get(
        "/v1/locations", "cursor=OGM1MjgyNTMtNjE3NC01Mjk3LWEwMmYtOTRlZmQwZWNmOGZk", named="cursor"
    ),
    "a modality that is none": get("/v1/services", "modality=surgery", named="modality"),
    "practitioners by mood": get("/v1/practitioners", "mood=good", named="mood"),
    "a branch that is no id": get("/v1/services", "location_id=paris", named="location_id"),
    "parameters where none are": get(f"/v1/services/{DEEP_TISSUE}", "verbose=1", named="verbose"),
    "services of an unknown branch": get(
        "/v1/services", f"location_id={UNKNOWN}", status=404, code="unknown_location", named="location_id"
    ),
    "practitioners of an unknown service": get(
        "/v1/practitioners", f"service_id={UNKNOWN}", status=404, code="unknown_service", named="service_id"
    ),
    # Addresses
    "an unknown service": get(f"/v1/services/{UNKNOWN}", status=404, code="unknown_service"),
    "a service that cannot be": get("/v1/services/%00", status=404, code="unknown_service"),
    "an unknown address": get("/v1/massages", status=404, code="unknown_path"),
    "an address with a slash too many": get("/v1/locations/", status=404, code="unknown_path"),
    "PUT on holds": Wrong(method="PUT", path="/v1/holds", status=405, code="method_not_allowed"),
    "DELETE on bookings": Wrong(method="DELETE", path="/v1/bookings", status=405, code="method_not_allowed"),
    "GET on a cancellation": get(f"/v1/bookings/{BOOKING}/cancel", status=405, code="method_not_allowed"),
    "POST on the contract": Wrong(path="/openapi.json", body=b"{}", status=405, code="method_not_allowed"),
    "a method that nobody knows": Wrong(method="BREW", path="/v1/holds", status=405, code="method_not_allowed"),
    # Credentials
    "a booking without token": get(f"/v1/bookings/{BOOKING}", status=401, code="token_required"),
    "a booking with a password": get(
        f"/v1/bookings/{BOOKING}", status=401, code="token_required", named="Authorization", place="header"
    ),
    "a booking with a token that cannot be": Wrong(
        method="GET",
        path=f"/v1/bookings/{BOOKING}",
        headers={"Authorization": 'Bearer "x"'},
        status=403,
        code="token_invalid",
    ),
    "a booking that cannot be": Wrong(
        method="GET", path="/v1/bookings/mine", headers=TOKEN, status=403, code="token_invalid"
    ),
    "a hold that cannot be": Wrong(
        method="DELETE", path="/v1/holds/mine", headers=TOKEN, status=403, code="hold_token_invalid"
    ),
    "a hold given back without token": Wrong(
        method="DELETE", path=f"/v1/holds/{HOLD}", headers={}, status=401, code="token_required"
    ),
    "an empty Idempotency-Key": Wrong(
        path="/v1/holds",
        body=json.dumps(HELD).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": ""},
        named="Idempotency-Key",
        place="header",
    ),
    "an Idempotency-Key of 256 characters": Wrong(
        path="/v1/holds",
        body=json.dumps(HELD).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": "k" * 256},
        named="Idempotency-Key",
        place="header",
    ),
    "an Idempotency-Key of blanks": Wrong(
        path="/v1/bookings",
        body=json.dumps(BOOKED).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": "   "},
        named="Idempotency-Key",
        place="header",
    ),
}


async def _ask(api: httpx.AsyncClient, wrong: Wrong) -> httpx.Response:
    return await api.request(
        wrong.method, wrong.path, content=wrong.body, params=wrong.query or None, headers=wrong.headers
    )


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_a_malformed_request_is_refused_before_anyone_is_asked(
    api: httpx.AsyncClient, bus: FakeBus, wrong: Wrong
) -> None:
    answer = await _ask(api, wrong)

    body = answer.json()
    assert (answer.status_code, body["code"]) == (wrong.status, wrong.code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == wrong.status
    assert body["title"]
    assert body["detail"]
    assert body["mend"]
    if wrong.named is not None:
        found = {one["field"]: one for one in body["fields"]}
        assert wrong.named in found
        assert found[wrong.named]["in"] == wrong.place
        assert found[wrong.named]["problem"]
    assert bus.calls == []


async def test_every_wrong_field_is_named_at_once(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/holds", json={"service_id": 1, "start": "soon", "colour": "green"})
    assert {one["field"] for one in answer.json()["fields"]} == {"service_id", "location_id", "start", "colour"}


async def test_a_field_of_the_body_is_named_by_a_json_pointer_too(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/bookings", json={**BOOKED, "guest": {**GUEST, "a/b": 1}})
    [wrong] = answer.json()["fields"]
    assert wrong == {
        "field": "guest.a/b",
        "in": "body",
        "pointer": "#/guest/a~1b",
        "problem": "is not a known field",
    }


async def test_a_thousand_unknown_fields_make_a_short_answer(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/holds", json={f"field{n:04}": 1 for n in range(1000)})
    assert len(answer.json()["fields"]) == 50


async def test_an_unknown_field_with_an_unprintable_name_is_still_answered_in_json(api: httpx.AsyncClient) -> None:
    answer = await api.post("/v1/holds", content=b'{"\\ud800\\u0000": 1}', headers={"Content-Type": "application/json"})
    assert answer.json()["code"] == "invalid_request"


async def test_a_body_that_grows_too_large_without_saying_so_is_refused(api: httpx.AsyncClient, bus: FakeBus) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 1024

    answer = await api.post("/v1/holds", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"
    assert bus.calls == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/holds", {"POST", "OPTIONS"}),
        (f"/v1/holds/{HOLD}", {"DELETE", "OPTIONS"}),
        ("/v1/locations", {"GET", "HEAD", "OPTIONS"}),
        ("/openapi.json", {"GET", "HEAD", "OPTIONS"}),
    ],
)
async def test_an_address_names_its_methods(api: httpx.AsyncClient, path: str, allowed: set[str]) -> None:
    asked = await api.options(path)
    assert asked.status_code == 204
    assert set(asked.headers["allow"].split(", ")) == allowed
    wrong = await api.patch(path)
    assert wrong.status_code == 405
    assert set(wrong.headers["allow"].split(", ")) >= allowed - {"OPTIONS"}


async def test_a_browser_gets_a_page_where_a_program_gets_a_problem(api: httpx.AsyncClient) -> None:
    page = await api.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    problem = await api.get("/nowhere")
    assert problem.json()["code"] == "unknown_path"
