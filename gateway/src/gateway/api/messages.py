"""What became of the messages about a booking: did they get it, and if not why."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, Asked, Operation, Reply
from gateway.schemas.messages import Messages
from gateway.schemas.projection import projector

_messages = projector(Messages())


async def show_messages(asked: Asked) -> Response:
    # Booking knows whose token it is: only then is notifications asked.
    await asked.platform.booking.booking(booking_id=asked.id, manage_token=asked.token)
    found = await asked.platform.notifications.messages(asked.id)
    return JsonResponse(_messages(found), headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="showMessages",
        method="GET",
        path="/v1/bookings/{booking_id}/messages",
        tag="Booking",
        summary="Show what became of its messages",
        description=(
            "One line a message that was owed: what it was, when it was due, whether it was sent and delivered, and if "
            "not why. No address and no text."
        ),
        answer=show_messages,
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The messages, by time", schema=Messages)},
        refusals=("token_invalid", *READING),
    ),
]
