"""The headers that the API reads and writes, as the document describes them."""

from collections.abc import Mapping
from typing import Any

Header = Mapping[str, Any]

_TAG = {"type": "string", "pattern": '^(W/)?"[0-9]{1,9}"$', "examples": ['"3"']}

REQUEST_HEADERS: Mapping[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "Makes repeating safe: the same key and body give the same answer, for 48 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        "example": "5f2c0a4e-hold-1",
    },
    "If-Match": {
        "description": "The ETag you have seen: if it has changed since, nothing is done.",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "If-None-Match": {
        "description": "The ETag you have seen: if it is still that, the answer is 304 and empty.",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "X-Correlation-Id": {
        "description": "Names your request in our logs. One that does not fit is replaced.",
        "schema": {"type": "string"},
        "example": "checkout-7c1d2e3f",
    },
}

ANSWER_HEADERS: Mapping[str, dict[str, Any]] = {
    "Content-Language": {
        "description": "The language of the texts.",
        "schema": {"type": "string", "enum": ["en", "fr", "es"]},
        "required": True,
    },
    "Vary": {"description": "What the answer also depends on.", "schema": {"type": "string"}, "required": True},
    "ETag": {"description": "The revision of what is answered.", "schema": _TAG, "required": True},
    "Location": {
        "description": "Where it is now.",
        "schema": {"type": "string", "format": "uri-reference"},
        "required": True,
    },
    "Content-Disposition": {"description": "A name to save it under.", "schema": {"type": "string"}, "required": True},
    "Idempotency-Replayed": {
        "description": "Present if this answers an earlier request with the same key.",
        "schema": {"type": "string", "const": "true"},
    },
    "X-Correlation-Id": {
        "description": "Names this request in our logs.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    "WWW-Authenticate": {"description": "How to show the token.", "schema": {"type": "string"}},
    "Allow": {"description": "The methods of this address.", "schema": {"type": "string"}},
}
