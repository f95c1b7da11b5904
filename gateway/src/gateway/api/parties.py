"""One guest of a party cannot come: their place is kept for another, or the rest goes on."""

from starlette.responses import Response

from gateway.api.bookings import shown
from gateway.api.credentials import if_revision
from gateway.api.operation import WRITING, Asked, Operation, Reply
from gateway.schemas.bookings import Booking
from gateway.schemas.parties import CancelGuest, NameGuest


async def cancel_guest(asked: Asked) -> Response:
    changed = await asked.platform.booking.cancel_guest(
        booking_id=asked.id, manage_token=asked.token, **asked.body, if_revision=if_revision(asked.request)
    )
    return shown(changed["booking"])


async def name_guest(asked: Asked) -> Response:
    changed = await asked.platform.booking.name_guest(
        booking_id=asked.id, manage_token=asked.token, **asked.body, if_revision=if_revision(asked.request)
    )
    return shown(changed["booking"])


OPERATIONS = [
    Operation(
        id="cancelGuest",
        method="POST",
        path="/v1/bookings/{booking_id}/cancel-guest",
        tag="Booking",
        summary="Cancel for one guest of a party",
        description=(
            "With `then: single` the other guest keeps practitioner and time, in a room for one and at the price for "
            "one. With `then: keep_place` the place waits for another name until `free_until`; if nobody is named, it "
            "is a late cancellation of that half. To cancel for everyone, cancel the booking."
        ),
        answer=cancel_guest,
        body=CancelGuest(),
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-Match",),
        replies={200: Reply(description="The booking as it is now", schema=Booking, headers=("ETag",))},
        refusals=(
            "token_invalid",
            "unknown_guest",
            "guest_wrong_state",
            "last_guest",
            "no_single_counterpart",
            "outside_policy",
            "not_cancellable",
            "screening_required",
            "clearance_needed",
            "revision_mismatch",
            *WRITING,
        ),
    ),
    Operation(
        id="nameGuest",
        method="POST",
        path="/v1/bookings/{booking_id}/name-guest",
        tag="Booking",
        summary="Name who comes instead",
        description="Until `free_until`, for a place that was kept free. They answer the safety questions themselves.",
        answer=name_guest,
        body=NameGuest(),
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-Match",),
        replies={200: Reply(description="The booking as it is now", schema=Booking, headers=("ETag",))},
        refusals=(
            "token_invalid",
            "unknown_guest",
            "guest_wrong_state",
            "outside_policy",
            "not_cancellable",
            "screening_required",
            "clearance_needed",
            "email_invalid",
            "phone_invalid",
            "revision_mismatch",
            *WRITING,
        ),
    ),
]
