"""Free times: one question to the booking service."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, Asked, Operation, Reply
from gateway.schemas.availability import Availability, FindSlots
from gateway.schemas.projection import projector

_availability = projector(Availability())


async def find_slots(asked: Asked) -> Response:
    return JsonResponse(_availability(await asked.platform.booking.availability(**asked.query)))


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
            *READING,
        ),
    ),
]
