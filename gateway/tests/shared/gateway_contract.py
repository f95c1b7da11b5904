"""Holds every answer against the OpenAPI document that the gateway serves."""

import re
from functools import cache
from typing import Any

import httpx
from gateway.openapi.document import document
from jsonschema import Draft202012Validator

Json = dict[str, Any]

_UNCHECKED_METHODS = {"HEAD", "OPTIONS"}


@cache
def contract() -> Json:
    return document()


async def check(response: httpx.Response) -> None:
    """Fail if the document does not foresee this answer to this request."""
    await response.aread()
    operation = _operation(response.request)
    if operation is None:
        return
    status = str(response.status_code)
    assert status in operation["responses"], f"{status} is not documented: {response.text}"
    described = operation["responses"][status]
    for name, reference in described.get("headers", {}).items():
        header = _resolve(reference)
        if header.get("required"):
            assert name in response.headers, f"{name} is missing"
        if name in response.headers:
            _validator(header["schema"]).validate(response.headers[name])
    if "content" not in described:
        assert not response.content
        return
    kind = response.headers["content-type"].split(";")[0]
    assert kind in described["content"], f"{kind} is not documented"
    if kind.endswith("json"):
        _validator(described["content"][kind]["schema"]).validate(response.json())


def valid(schema: Json, value: Any) -> bool:
    """Whether `value` fits a schema of the document."""
    return _validator(schema).is_valid(value)


def _operation(request: httpx.Request) -> Json | None:
    if request.method in _UNCHECKED_METHODS:
        return None
    for template, operations in contract()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, request.url.path):
            operation: Json | None = operations.get(request.method.lower())
            return operation
    return None


def _resolve(value: Json) -> Json:
    if "$ref" not in value:
        return value
    found: Any = contract()
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: Json = found
    return resolved


def _validator(schema: Json) -> Draft202012Validator:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator({**schema, "components": contract()["components"]}, format_checker=checker)
