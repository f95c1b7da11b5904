"""Turning what was done, or refused, into HTTP."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from runtime import correlation
from starlette.responses import Response

from gateway.application.errors import GatewayError, NotReady, OutcomeUnknown, Refused, Unavailable
from gateway.problems import EXTRAS, KINDS, Kind
from gateway.schemas.problem import Problem
from gateway.schemas.projection import projector

_PROBLEM = projector(Problem())
_MOST_FIELDS = 50
_MOST_NAME = 120

Place = str


class JsonResponse(Response):
    """JSON as short as it gets."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


class ProblemResponse(Response):
    """RFC 9457. ASCII only: it may quote a client's broken text."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode()


def problem(error: GatewayError, *, place: Place, public_url: str) -> Response:
    """The answer to what raised `error`; `place` is where fields stand that it does not place itself."""
    refusal = _refusal(error)
    kind = KINDS[refusal.code]
    body = _PROBLEM(
        {
            "type": f"{public_url.rstrip('/')}/docs/problems#{refusal.code}",
            "title": kind.title,
            "status": kind.status,
            "detail": refusal.detail or f"{kind.title}.",
            "code": refusal.code,
            "mend": kind.mend,
            "correlation_id": correlation.current() or "",
            **{name: refusal.extra[name] for name in EXTRAS if refusal.extra.get(name) is not None},
            **_fields(refusal, kind, place),
        }
    )
    return ProblemResponse(body, kind.status, _headers(kind, refusal.extra))


def _refusal(error: GatewayError) -> Refused:
    match error:
        case Refused():
            return error
        case Unavailable():
            return Refused(code="unavailable", detail=f"{error.part.capitalize()} cannot be reached just now.")
        case OutcomeUnknown():
            return Refused(
                code="outcome_unknown",
                detail=f"{error.part.capitalize()} has not answered in time; it may have done it.",
            )
        case NotReady():
            return Refused(code="not_ready", detail=f"{error.part.capitalize()} is not loaded yet.")
    return Refused(code="internal_error")


def _headers(kind: Kind, extra: Mapping[str, Any]) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if kind.retry_after is not None:
        headers["Retry-After"] = str(kind.retry_after)
    if kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="slotwell"'
    if "allow" in extra:
        headers["Allow"] = extra["allow"]
    return headers


def _fields(refusal: Refused, kind: Kind, place: Place) -> dict[str, Any]:
    wrong: Iterable[tuple[str, str]] = [(one.field, one.problem) for one in refusal.fields]
    if not wrong and kind.about is not None:
        wrong = [(kind.about, kind.title[0].lower() + kind.title[1:])]
    listed = [_wrong_field(name, text, place) for name, text in list(wrong)[:_MOST_FIELDS]]
    return {"fields": listed} if listed else {}


def _wrong_field(name: str, text: str, place: Place) -> dict[str, str]:
    if name[:1].isupper():  # headers are spelled so, fields and parameters are not
        return {"field": name, "in": "header", "problem": text}
    if place != "body":
        return {"field": name[:_MOST_NAME], "in": place, "problem": text}
    return {"field": name[:_MOST_NAME], "in": "body", "pointer": _pointer(name[:_MOST_NAME]), "problem": text}


def _pointer(name: str) -> str:
    """The JSON pointer (RFC 6901, as a fragment) of a dotted name."""
    steps = [step.replace("~", "~0").replace("/", "~1") for step in name.split(".")] if name else []
    return "#" + "".join(f"/{step}" for step in steps)
