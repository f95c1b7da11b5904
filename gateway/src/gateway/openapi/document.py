"""/openapi.json: OpenAPI 3.1 from the declared calls, their schemas and the table of problems."""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from gateway.api.operation import Operation, Reply
from gateway.api.routes import OPERATIONS
from gateway.openapi.clinic_file import clinic_components
from gateway.openapi.examples import ANSWERS, REQUESTS
from gateway.openapi.headers import ANSWER_HEADERS, REQUEST_HEADERS
from gateway.openapi.problem_examples import problem_example
from gateway.problems import KINDS
from gateway.schemas.problem import Problem

VERSION = "1.0.0"

_ABOUT = """Find a free time, hold it, book it, change your mind.

- **Times** are ISO 8601 with an offset. Answers carry the branch's.
- **Money** is an amount written out, and a currency.
- **Lists** come in pages: `?limit=&cursor=` gives `items` and `next_cursor`, null at the end.
- **Refusals** are `application/problem+json` (RFC 9457) with a `code` that never changes its meaning;
  [/docs/problems](/docs/problems) lists all of them. Nothing was changed, unless the code is `outcome_unknown`.
- **Repeating is safe**: a POST with an `Idempotency-Key` gives the same answer again, and says
  `Idempotency-Replayed: true`. Keys are kept for 48 hours.
- **Unknown** fields and parameters are refused. Answers may grow, so ignore what you do not know in them.
- **X-Correlation-Id** (8 to 64 of `A-Z a-z 0-9 . _ : -`) follows your request to the message that it causes.
  We make one if you do not.
"""
_SECURITY = {
    "hold": (
        "holdToken",
        {"type": "http", "scheme": "bearer", "description": "The `token` of the newest answer about the hold."},
    ),
    "manage": (
        "manageToken",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "The `manage_token` of the answer that made the booking; also the end of the guest's link.",
        },
    ),
    "admin": (
        "adminToken",
        {"type": "http", "scheme": "bearer", "description": "The token that the first start printed, once."},
    ),
}
_TAGS = [
    {"name": "Catalog", "description": "Branches, services, people."},
    {"name": "Guide", "description": "Massage or physical therapy? What suits a guest, and what is safe."},
    {"name": "Booking", "description": "Free times, holds, bookings."},
    {"name": "Series", "description": "Several sessions booked as one wish: see, repair and cancel them."},
    {"name": "Waitlist", "description": "Wait for a time that is not free, and answer an offer."},
    {"name": "Hooks", "description": "What SMS providers tell us."},
    {"name": "Messages", "description": "For staff: the ledger of messages, a branch's rules and its own words."},
    {"name": "Administration", "description": "For who runs the clinic: the catalog, entry by entry and as a whole."},
    {"name": "Operations", "description": "For whoever runs it."},
]
_PATH_ID = re.compile(r"\{(\w+)\}")


def document() -> dict[str, Any]:
    """The whole document."""
    spec = APISpec(
        title="Slotwell",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": _ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        servers=[{"url": "/", "description": "This installation"}],
        tags=_TAGS,
        security=[],
    )
    for name, scheme in _SECURITY.values():
        spec.components.security_scheme(name, scheme)
    for name, header in REQUEST_HEADERS.items():
        spec.components.parameter(name, "header", header)
    for name, header in ANSWER_HEADERS.items():
        spec.components.header(name, header)
    for operation in OPERATIONS:
        spec.path(path=operation.path, operations={operation.method.lower(): _operation(operation)})
    made: dict[str, Any] = spec.to_dict()
    made["components"]["schemas"] |= clinic_components()
    return made


def document_bytes() -> bytes:
    """The document as it is served."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": list(_parameters(operation)),
        "responses": {str(status): _reply(reply) for status, reply in operation.replies.items()},
    }
    if operation.description:
        described["description"] = operation.description
    if operation.token:
        described["security"] = [{_SECURITY[operation.token][0]: []}]
    elif operation.token_with:
        described["security"] = [{}, {_SECURITY["manage"][0]: []}]
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_optional,
            "content": {
                "application/json": {"schema": operation.body, "examples": dict(REQUESTS.get(operation.id, {}))}
            },
        }
        if not described["requestBody"]["content"]["application/json"]["examples"]:
            del described["requestBody"]["content"]["application/json"]["examples"]
    if operation.text:
        described["requestBody"] = {"required": True, "content": {operation.text: {"schema": {"type": "string"}}}}
    described["responses"].update(_problems(operation))
    return described


def _parameters(operation: Operation) -> Iterator[Any]:
    for name in _PATH_ID.findall(operation.path):
        yield {"in": "path", "name": name, "required": True, "schema": {"type": "string", "format": "uuid"}}
    if operation.query.fields:
        yield {"in": "query", "schema": operation.query}
    yield "X-Correlation-Id"
    yield from operation.request_headers


def _reply(reply: Reply) -> dict[str, Any]:
    headers = {name: name for name in ("X-Correlation-Id", *reply.headers)}
    described: dict[str, Any] = {"description": reply.description, "headers": headers}
    if reply.schema is not None:
        content: dict[str, Any] = {"schema": reply.schema}
        if reply.schema in ANSWERS:
            content["example"] = ANSWERS[reply.schema]
        described["content"] = {reply.media_type: content}
    elif reply.media_type != "application/json":
        described["content"] = {reply.media_type: {"schema": {"type": "string"}}}
    return described


def _problems(operation: Operation) -> Mapping[str, Any]:
    """The refusals by status, each with an example of every code."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys([*_implied(operation), *operation.refusals]):
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {
        str(status): _refusals(status, codes)
        for status, codes in sorted(by_status.items())
        if status not in operation.replies
    }


def _refusals(status: int, codes: list[str]) -> dict[str, Any]:
    headers = ["X-Correlation-Id"]
    headers += ["Retry-After"] if any(KINDS[code].retry_after for code in codes) else []
    headers += ["WWW-Authenticate"] if status == 401 else []
    headers += ["Allow"] if status == 405 else []
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in codes)}",
        "headers": {name: name for name in headers},
        "content": {
            "application/problem+json": {
                "schema": Problem,
                "examples": {code: {"summary": KINDS[code].title, "value": problem_example(code)} for code in codes},
            }
        },
    }


def _implied(operation: Operation) -> Iterator[str]:
    """What every call of this shape can refuse."""
    yield "invalid_request"
    if operation.body is not None:
        yield from ("malformed_json", "unsupported_media_type")
    if operation.text:
        yield "unsupported_media_type"
    yield "body_too_large"
    if operation.token or operation.token_with:
        yield "token_required"
    yield "internal_error"


def _name(schema: Schema | type[Schema] | str) -> str:
    if isinstance(schema, str):
        return schema
    return schema.__name__ if isinstance(schema, type) else type(schema).__name__
