"""Free times: one question to the booking service."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, Asked, Operation, Reply
from gateway.schemas.availability import Availability, FindSlots
from gateway.schemas.projection import projector

_availability = projector(Availability())


async def find_slots(asked: Asked) -> Response:
    query = dict(asked.query)
    booking_id = query.pop("booking_id", None)
    moving = {"id": booking_id, "manage_token": asked.token} if booking_id else None
    return JsonResponse(_availability(await asked.platform.booking.availability(**query, moving=moving)))


OPERATIONS = [
    Operation(
        id="findSlots",
        method="GET",
        path="/v1/availability",
        tag="Booking",
        summary="Find free times",
        description=(
            "The starts in `[from, to)` at which one guest can be served, in order. "
            "In an address, write the + of an offset as %2B."
        ),
        answer=find_slots,
        query=FindSlots(),
        token_with="booking_id",  # noqa: S106  # the name of a parameter, not a token
        replies={200: Reply(description="The free times; none is an answer too", schema=Availability)},
        refusals=(
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "range_inverted",
            "range_too_wide",
            "by_phone_only",
            "on_request_only",
            "duration_not_offered",
            "practitioner_cannot",
            "token_invalid",
            *READING,
        ),
    ),
]
