"""Why a start is not offered: in a word for everyone, resource by resource for staff."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import PARTY, READING, Asked, Operation, Reply
from gateway.application.service import Answer
from gateway.schemas.explain import ExplainParty, ExplainStart, ExplainStartToStaff, Explanation, ExplanationForStaff
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
_BY_PHONE = ("by_phone_only", "on_request_only")
_OFFERED = "A start is offered if and only if there is no reason. Bookings and holds of others count."
_TO_ALL = {200: Reply(description="The reasons; none if it is offered", schema=Explanation)}
_TO_STAFF = {200: Reply(description="The reasons, and what keeps each resource", schema=ExplanationForStaff)}


async def explain_start(asked: Asked) -> Response:
    query = dict(asked.query)
    booking_id = query.pop("booking_id", None)
    moving = {"id": booking_id, "manage_token": asked.token} if booking_id else None
    return JsonResponse(_explanation(await asked.platform.booking.explain(**query, moving=moving)))


async def explain_party(asked: Asked) -> Response:
    return JsonResponse(_explanation(await asked.platform.booking.explain(**asked.body)))


async def explain_start_to_staff(asked: Asked) -> Response:
    query = dict(asked.query)
    booking_id = query.pop("booking_id", None)
    moving = {"id": booking_id, "actor": asked.actor} if booking_id else None
    return _staff_only(await asked.platform.booking.explain(**query, moving=moving, for_staff=True))


async def explain_party_to_staff(asked: Asked) -> Response:
    return _staff_only(await asked.platform.booking.explain(**asked.body, for_staff=True))


def _staff_only(found: Answer) -> Response:
    return JsonResponse(_for_staff(found), headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="explainStart",
        method="GET",
        path="/v1/availability/explain",
        tag="Booking",
        summary="Ask why a start is not offered",
        description=_OFFERED,
        answer=explain_start,
        query=ExplainStart(),
        token_with="booking_id",  # noqa: S106  # the name of a parameter, not a token
        replies=_TO_ALL,
        refusals=("token_invalid", *_BY_PHONE, *_REFUSALS, *READING),
    ),
    Operation(
        id="explainParty",
        method="POST",
        path="/v1/availability/explain",
        tag="Booking",
        summary="Ask why a start is not offered for several guests, or with add-ons",
        description=f"{_OFFERED} All guests must be served at once, and every add-on's needs be met.",
        answer=explain_party,
        body=ExplainParty(),
        replies=_TO_ALL,
        refusals=(*_BY_PHONE, *_REFUSALS, *PARTY, *READING),
    ),
    Operation(
        id="explainStartToStaff",
        method="GET",
        path="/v1/admin/availability/explain",
        tag="Front desk",
        summary="Ask what keeps each practitioner, room and piece of equipment from a start",
        description="Also of what guests cannot book online. Those who may not serve are listed with what they lack.",
        answer=explain_start_to_staff,
        query=ExplainStartToStaff(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies=_TO_STAFF,
        refusals=("admin_token_invalid", "unknown_booking", *_REFUSALS, *READING),
    ),
    Operation(
        id="explainPartyToStaff",
        method="POST",
        path="/v1/admin/availability/explain",
        tag="Front desk",
        summary="Ask the same for several guests, or with add-ons",
        description="Each need is listed, and for each whoever and whatever could meet it.",
        answer=explain_party_to_staff,
        body=ExplainParty(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies=_TO_STAFF,
        refusals=("admin_token_invalid", *_REFUSALS, *PARTY, *READING),
    ),
]
