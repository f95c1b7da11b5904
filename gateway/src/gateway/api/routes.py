"""All calls of the API, and one route for each of their addresses."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.api import (
    admin,
    agenda,
    attendance,
    availability,
    bookings,
    catalog,
    displaced,
    documents,
    explain,
    feeds,
    front_desk,
    guide,
    health,
    holds,
    hooks,
    imports,
    ledger,
    messages,
    parties,
    rules,
    series,
    staff_contacts,
    therapy,
    visits,
    waitlist,
)
from gateway.api.answers import problem
from gateway.api.operation import Operation
from gateway.application.errors import GatewayError, Refused

# In the order of the document: the way of a guest.
OPERATIONS: Sequence[Operation] = (
    *catalog.OPERATIONS,
    *guide.OPERATIONS,
    *availability.OPERATIONS,
    *explain.OPERATIONS,
    *holds.OPERATIONS,
    *bookings.OPERATIONS,
    *parties.OPERATIONS,
    *visits.OPERATIONS,
    *series.OPERATIONS,
    *waitlist.OPERATIONS,
    *messages.OPERATIONS,
    *attendance.OPERATIONS,
    *feeds.OPERATIONS,
    *front_desk.OPERATIONS,
    *ledger.OPERATIONS,
    *agenda.OPERATIONS,
    *rules.OPERATIONS,
    *staff_contacts.OPERATIONS,
    *displaced.OPERATIONS,
    *imports.OPERATIONS,
    *therapy.OPERATIONS,
    *hooks.OPERATIONS,
    *admin.OPERATIONS,
    *health.OPERATIONS,
)


class Address:
    """One address and the methods that it knows."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations: dict[str, Operation] = {operation.method: operation for operation in operations}
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._allow = ", ".join([*self._operations, "OPTIONS"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        operation = self._operations.get(request.method)
        if operation is not None:
            try:
                return await operation(request)
            except GatewayError as error:
                return problem(error, place=operation.place, public_url=_public_url(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": self._allow})
        return problem(method_not_allowed(request.method, self._allow), place="path", public_url=_public_url(request))


def method_not_allowed(method: str, allow: str) -> Refused:
    """The refusal of a method; `allow` lists those that would do."""
    return Refused(
        code="method_not_allowed",
        detail=f"{method[:20]} is not among the methods of this address: {allow}.",
        extra={"allow": allow},
    )


def _public_url(request: Request) -> str:
    url: str = request.app.state.slotwell.settings.public_url
    return url


def _routes() -> list[BaseRoute]:
    # Addresses are tried in order: what guests wait for comes before what is asked once.
    hot = (*availability.OPERATIONS, *holds.OPERATIONS, *bookings.OPERATIONS)
    paths = dict.fromkeys(operation.path for operation in (*hot, *OPERATIONS))
    return [Route(path, Address([one for one in OPERATIONS if one.path == path])) for path in paths]


routes: list[BaseRoute] = [*_routes(), *documents.routes]
