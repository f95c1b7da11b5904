"""Bookings that a change of the clinic left without what they need: staff see to each of them."""

from functools import partial

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.attendance import take
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.api.paging import after, cursor_after
from gateway.schemas import displaced as schemas
from gateway.schemas.bookings import Booking

_TAG = "Front desk"
_CHANGING = ("admin_token_invalid", "unknown_booking", "revision_mismatch", *WRITING)


async def list_displaced(asked: Asked) -> Response:
    seen = after(asked.query.get("cursor"))
    found = await asked.platform.front_desk.displaced(limit=asked.query["limit"], after=seen)
    following = found["following"]
    answer = {"items": found["items"], "next_cursor": cursor_after(following) if following else None}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="listDisplaced",
        method="GET",
        path="/v1/admin/displaced",
        tag=_TAG,
        summary="List the bookings that a change of the clinic left without what they need",
        description=(
            "They stand as they were made: no change of hours, time off, rooms or services ever cancels one. "
            "Each comes with what is wrong and with what is free instead: what a proposal says under `change` can be "
            "sent, with a reason, to POST /v1/admin/bookings/{booking_id}/reschedule."
        ),
        answer=list_displaced,
        query=schemas.FindDisplaced(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="Displaced bookings, by start", schema=schemas.DisplacedBookings)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="letDisplacedStand",
        method="POST",
        path="/v1/admin/displaced/{booking_id}/let-stand",
        tag=_TAG,
        summary="Let a displaced booking take place as it is",
        description="It leaves the list, unless the clinic changes in its disfavour again.",
        answer=partial(take, step="let_stand"),
        body=schemas.LetStand(),
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="It stands", schema=Booking, headers=("ETag",))},
        refusals=("not_displaced", *_CHANGING),
    ),
]
