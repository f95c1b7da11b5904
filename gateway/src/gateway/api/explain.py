"""Why a start is not offered: in a word for everyone, resource by resource for staff."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, Asked, Operation, Reply
from gateway.schemas.explain import ExplainStart, Explanation, ExplanationForStaff
from gateway.schemas.projection import projector

_explanation = projector(Explanation())
_for_staff = projector(ExplanationForStaff())
_REFUSALS = (
    "unknown_location",
    "unknown_service",
    "unknown_practitioner",
    "duration_not_offered",
    "practitioner_cannot",
)


async def explain_start(asked: Asked) -> Response:
    return JsonResponse(_explanation(await asked.platform.booking.explain(**asked.query)))


async def explain_start_to_staff(asked: Asked) -> Response:
    found = await asked.platform.booking.explain(**asked.query, for_staff=True)
    return JsonResponse(_for_staff(found), headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="explainStart",
        method="GET",
        path="/v1/availability/explain",
        tag="Booking",
        summary="Ask why a start is not offered",
        description="A start is offered if and only if there is no reason. Bookings and holds of others count.",
        answer=explain_start,
        query=ExplainStart(),
        replies={200: Reply(description="The reasons; none if it is offered", schema=Explanation)},
        refusals=("by_phone_only", "on_request_only", *_REFUSALS, *READING),
    ),
    Operation(
        id="explainStartToStaff",
        method="GET",
        path="/v1/admin/availability/explain",
        tag="Front desk",
        summary="Ask what keeps each practitioner, room and piece of equipment from a start",
        description=("Also of what guests cannot book online. Those who may not serve are listed with what they lack."),
        answer=explain_start_to_staff,
        query=ExplainStart(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The reasons, and what keeps each resource", schema=ExplanationForStaff)},
        refusals=("admin_token_invalid", *_REFUSALS, *READING),
    ),
]
