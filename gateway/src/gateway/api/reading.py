"""Reading what a request says, strictly: what we cannot read is refused before anything is asked of a service."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from marshmallow import Schema, ValidationError
from starlette.requests import Request

from gateway.application.errors import Refused, WrongField

_MOST_PARAMETERS = 50
_DEEPEST = 32  # our own schemas nest three deep
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)

Json = dict[str, Any]


def read_query(schema: Schema, request: Request) -> Json:
    """The address's parameters by `schema`; each at most once."""
    raw = request.scope["query_string"]
    if not raw:
        return _load(schema, {})
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError as problem:
        raise Refused(code="invalid_request", detail="The parameters in the address cannot be read.") from problem
    given: Json = {}
    for name, value in pairs:
        if name in given:
            raise _invalid([WrongField(field=name, problem="is given twice")])
        given[name] = value
    return _load(schema, given)


async def read_json(request: Request, *, optional: bool) -> Any:
    """The body as JSON. An empty one is an empty object where the body is `optional`."""
    body = await request.body()
    if not body and optional:
        return {}
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or not _is_utf8(rest):
        raise Refused(code="unsupported_media_type", detail="The Content-Type is not application/json.")
    return parse_json(body)


async def read_text(request: Request, kind: str) -> str:
    """The body as text in UTF-8, which it must be announced as."""
    body = await request.body()
    announced, _, rest = request.headers.get("content-type", "").partition(";")
    if announced.strip().lower() != kind or not _is_utf8(rest):
        raise Refused(code="unsupported_media_type", detail=f"The Content-Type is not {kind}; charset=utf-8.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Refused(
            code="invalid_request",
            detail=f"Byte {problem.start} is not UTF-8. Save the file as UTF-8 and send it again.",
        ) from problem


def parse_json(body: bytes) -> Any:
    """`body` as RFC 8259 has it, and nothing that Python adds: no NaN, no name twice, no nesting without end."""
    try:
        text = body.decode()
    except UnicodeDecodeError as problem:
        raise _malformed(f"Byte {problem.start} is not UTF-8.") from problem
    if text.count("{") + text.count("[") > _DEEPEST and _depth(text) > _DEEPEST:
        raise _malformed(f"It nests deeper than {_DEEPEST} levels.")
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as problem:
        raise _malformed(f"Line {problem.lineno}, column {problem.colno}: {problem.msg}.") from problem


def load(schema: Schema, body: Any) -> Json:
    """What `body` says by `schema`, or every field that is wrong, together."""
    return _load(schema, body)


def _load(schema: Schema, given: Any) -> Json:
    try:
        loaded: Json = schema.load(given)
    except ValidationError as problem:
        raise _invalid(list(_flat(problem.messages_dict))) from problem
    return loaded


def _invalid(fields: list[WrongField]) -> Refused:
    first = fields[0]
    code = _OWN_CODES.get(first.field, "invalid_request") if len(fields) == 1 else "invalid_request"
    return Refused(code=code, detail=f"{first.field or 'The body'} {first.problem}."[:300], fields=fields)


# A contact that cannot even be a line of text is refused as one that cannot be read.
_OWN_CODES = {"guest.email": "email_invalid", "guest.phone": "phone_invalid"}


def _flat(messages: Mapping[str, Any], *above: str) -> Iterator[WrongField]:
    for name, inner in messages.items():
        path = above if name == "_schema" else (*above, str(name))
        if isinstance(inner, Mapping):
            yield from _flat(inner, *path)
        else:
            yield WrongField(field=".".join(path), problem="; ".join(str(one) for one in inner))


def _is_utf8(parameters: str) -> bool:
    name, _, value = parameters.strip().lower().partition("=")
    return name.strip() != "charset" or value.strip().strip('"') in {"utf-8", "utf8"}


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in _STRINGS_AND_BRACKETS.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _malformed(f"{json.dumps(twice)[:100]} is given twice.")
    return made


def _no_constant(word: str) -> NoReturn:
    raise _malformed(f"{word} is no JSON number.")


def _float(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise _malformed("A number is too large.")
    return number


def _int(digits: str) -> int:
    if len(digits) > 100:
        raise _malformed("A number is too large.")
    return int(digits)


def _malformed(detail: str) -> Refused:
    return Refused(code="malformed_json", detail=detail)
