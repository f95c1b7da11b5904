"""One call of the API: its place, its schemas and its answers, declared once for the router and for /openapi.json."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from marshmallow import Schema
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.credentials import INVALID, Token, bearer, check_admin
from gateway.api.reading import load, read_json, read_query, read_text
from gateway.application.errors import Refused
from gateway.platform import Platform
from gateway.schemas.catalog import Nothing
from gateway.schemas.fields import is_id

# What a question to a service can come to, beside its answer.
READING = ("unavailable", "not_ready")
NEEDS = ("evaluation_required", "referral_required", "authorization_required")  # of physical therapy
PARTY = ("party_size", "practitioner_twice", "add_on_not_offered")
WRITING = ("unavailable", "outcome_unknown", "not_ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was read: nothing in it is unknown, missing or of the wrong type."""

    request: Request
    platform: Platform
    query: dict[str, Any]
    body: dict[str, Any]
    raw_body: dict[str, Any]
    text: str = ""
    id: str = ""
    token: str = ""

    @property
    def actor(self) -> str:
        """Who of staff asks. Until people sign in, it is whoever has the installation's token."""
        return "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How an answer looks: its schema, an example, and the headers beside the usual ones."""

    description: str
    schema: type[Schema] | None = None
    media_type: str = "application/json"
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`method` on `path`. `refusals` are the codes beyond those that its shape implies."""

    id: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    tag: str
    summary: str
    answer: Callable[[Asked], Awaitable[Response]]
    replies: Mapping[int, Reply]
    description: str = ""
    query: Schema = field(default_factory=Nothing)
    body: Schema | None = None
    body_optional: bool = False
    text: str = ""  # the media type of a body that is text and not JSON
    token: Token | None = None
    token_with: str = ""  # the query's parameter that needs the manage token; without it none is asked for
    unknown_id: str = ""
    request_headers: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    public: bool = True  # whether /openapi.json lists it

    async def __call__(self, request: Request) -> Response:
        """Read the request and answer it. Raises `Refused` and its kin, which `gateway.app` turns into problems."""
        token = bearer(request, self.token) if self.token else ""
        if self.token == "admin":  # noqa: S105  # the kind of token, not a token
            check_admin(token, sha256=request.app.state.slotwell.settings.admin_token_sha256)
        query = read_query(self.query, request)
        if query.get(self.token_with):
            token = bearer(request, "manage")
        raw = {} if self.body is None else await read_json(request, optional=self.body_optional)
        body = {} if self.body is None else load(self.body, raw)
        return await self.answer(
            Asked(
                request=request,
                platform=request.app.state.slotwell,
                query=query,
                body=body,
                raw_body=raw,
                text=await read_text(request, self.text) if self.text else "",
                id=self._id(request),
                token=token,
            )
        )

    def _id(self, request: Request) -> str:
        for value in request.path_params.values():
            if not is_id(value):
                raise Refused(code=self.unknown_id or INVALID[self.token or "manage"])
            return str(value).lower()
        return ""

    @property
    def place(self) -> str:
        """Where fields stand that a refusal names."""
        return "query" if self.body is None else "body"
