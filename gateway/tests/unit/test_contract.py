"""/openapi.json says what is true, and everything that a client needs."""

import json
from typing import Any

import httpx
import pytest
from gateway.api.routes import OPERATIONS
from gateway.openapi.document import document
from gateway.openapi.examples import ANSWERS, REQUESTS
from gateway.problems import EXTRAS, KINDS
from gateway.schemas.problem import Problem
from gateway_contract import valid
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    return document()


def test_the_document_is_valid_openapi_3_1(contract: dict[str, Any]) -> None:
    assert contract["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(contract).iter_errors()) == []


async def test_the_document_is_served_as_it_is_and_not_again_to_who_has_it(
    api: httpx.AsyncClient, contract: dict[str, Any]
) -> None:
    answer = await api.get("/openapi.json")
    assert answer.json() == contract
    again = await api.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_call_of_the_order_is_in_it(contract: dict[str, Any]) -> None:
    calls = {(method, path) for path, item in contract["paths"].items() for method in item}
    assert {call for call in calls if not call[1].startswith("/v1/admin/")} == {
        ("get", "/v1/locations"),
        ("get", "/v1/services"),
        ("get", "/v1/services/{service_id}"),
        ("get", "/v1/practitioners"),
        ("get", "/v1/practitioners/{practitioner_id}/calendar.ics"),
        ("get", "/v1/comparison"),
        ("get", "/v1/guide"),
        ("post", "/v1/guide"),
        ("get", "/v1/availability"),
        ("post", "/v1/availability/search"),
        ("post", "/v1/availability/by-time"),
        ("get", "/v1/availability/explain"),
        ("post", "/v1/availability/explain"),
        ("post", "/v1/holds"),
        ("post", "/v1/holds/{hold_id}/extend"),
        ("delete", "/v1/holds/{hold_id}"),
        ("post", "/v1/bookings"),
        ("get", "/v1/bookings/{booking_id}"),
        ("get", "/v1/bookings/{booking_id}/calendar.ics"),
        ("post", "/v1/bookings/{booking_id}/reschedule"),
        ("post", "/v1/bookings/{booking_id}/cancel"),
        ("post", "/v1/bookings/{booking_id}/undo-cancel"),
        ("post", "/v1/availability/visits"),
        ("post", "/v1/visits"),
        ("post", "/v1/series"),
        ("get", "/v1/series/{series_id}"),
        ("post", "/v1/series/{series_id}/repair"),
        ("post", "/v1/series/{series_id}/cancel"),
        ("post", "/v1/waitlist"),
        ("get", "/v1/waitlist/{entry_id}"),
        ("delete", "/v1/waitlist/{entry_id}"),
        ("post", "/v1/waitlist/{entry_id}/accept"),
        ("post", "/v1/waitlist/{entry_id}/decline"),
        ("get", "/v1/bookings/{booking_id}/messages"),
        ("post", "/v1/bookings/{booking_id}/check-in"),
        ("post", "/v1/bookings/{booking_id}/complete"),
        ("post", "/v1/bookings/{booking_id}/cancel-guest"),
        ("post", "/v1/bookings/{booking_id}/name-guest"),
        ("post", "/v1/bookings/{booking_id}/no-show"),
        ("post", "/v1/bookings/{booking_id}/revert"),
        ("post", "/v1/hooks/sms/twilio"),
        ("post", "/v1/hooks/sms/vonage"),
        ("post", "/v1/hooks/sms/http"),
        ("post", "/v1/hooks/sms/twilio/receipts"),
        ("post", "/v1/hooks/sms/vonage/receipts"),
        ("post", "/v1/hooks/sms/http/receipts"),
        ("post", "/v1/hooks/email/http/receipts"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }


def test_every_example_fits_its_schema(contract: dict[str, Any]) -> None:
    checked = 0
    for item in contract["paths"].values():
        for operation in item.values():
            contents = [answer.get("content", {}) for answer in operation["responses"].values()]
            contents.append(operation.get("requestBody", {}).get("content", {}))
            for media in (media for content in contents for media in content.values()):
                examples = [one["value"] for one in media.get("examples", {}).values()]
                examples += [media["example"]] if "example" in media else []
                for example in examples:
                    assert valid(media["schema"], example), json.dumps(example)
                    checked += 1
    assert checked > 100
    assert ANSWERS
    assert set(REQUESTS) <= {operation.id for operation in OPERATIONS}


def test_answers_are_dumped_and_requests_parsed_by_the_schemas_that_it_shows() -> None:
    names = set(document()["components"]["schemas"])
    for operation in OPERATIONS:
        shown = {type(operation.body).__name__} if operation.body else set()
        shown |= {reply.schema.__name__ for reply in operation.replies.values() if reply.schema}
        assert shown <= names


def test_a_body_with_an_unknown_field_does_not_fit_it(contract: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/MakeHold"}
    good = REQUESTS["makeHold"]["anyone"]["value"]
    assert valid(schema, good)
    assert not valid(schema, {**good, "notes": "bad back"})
    assert not valid(schema, {**good, "duration_minutes": "60"})


def test_every_code_that_a_call_names_is_in_the_table() -> None:
    assert {code for operation in OPERATIONS for code in operation.refusals} <= set(KINDS)


def test_every_member_that_helps_to_go_on_is_described() -> None:
    described = {field.data_key or name for name, field in Problem().fields.items()}
    assert set(EXTRAS) <= described


def test_tokens_are_asked_for_where_they_are_needed(contract: dict[str, Any]) -> None:
    asked = {
        path: operation["security"]
        for path, item in contract["paths"].items()
        for operation in item.values()
        if operation.get("security")
    }
    assert asked["/v1/holds/{hold_id}"] == [{"holdToken": []}]
    assert asked["/v1/bookings/{booking_id}/cancel"] == [{"manageToken": []}]
    assert asked["/v1/availability"] == [{}, {"manageToken": []}], "asked for with booking_id alone"
    admin = [path for path in contract["paths"] if path.startswith("/v1/admin/")]
    assert all(asked[path] == [{"adminToken": []}] for path in admin)
    assert len(asked) - len(admin) == 9 + 4 + 3 + 2 + 3 + 1


def test_every_kind_of_entry_can_be_listed_added_shown_put_and_withdrawn(contract: dict[str, Any]) -> None:
    for path, id_ in (
        ("locations", "location"),
        ("services", "service"),
        ("practitioners", "practitioner"),
        ("resources", "resource"),
    ):
        assert {"get", "post"} <= set(contract["paths"][f"/v1/admin/{path}"])
        assert {"get", "put", "delete"} <= set(contract["paths"][f"/v1/admin/{path}/{{{id_}_id}}"])
    assert {"get", "put"} <= set(contract["paths"]["/v1/admin/schedules/{practitioner_id}"])


async def test_the_docs_need_nothing_from_elsewhere(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.web.assets.Assets.address", lambda _self, name: f"/static/{name}")
    answer = await api.get("/docs")
    assert '<script src="/static/redoc.standalone.js">' in answer.text
    assert "//" not in answer.text.replace("<!doctype html>", "")
    policy = answer.headers["content-security-policy"]
    assert "http" not in policy
    assert "unsafe-eval" not in policy


async def test_without_a_front_end_build_the_docs_say_what_to_do(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.web.assets.Assets.address", lambda _self, _name: None)
    answer = await api.get("/docs")
    assert answer.status_code == 200
    assert "/openapi.json" in answer.text


async def test_every_problem_is_explained_where_its_type_leads(api: httpx.AsyncClient) -> None:
    page = (await api.get("/docs/problems")).text
    assert all(f'id="{code}"' in page for code in KINDS)
