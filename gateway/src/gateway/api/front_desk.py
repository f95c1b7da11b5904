"""What staff do with bookings beside an appointment's day: cancel, take that back, waive a fee."""

from functools import partial

from gateway.api.attendance import take
from gateway.api.operation import WRITING, Operation, Reply
from gateway.schemas.attendance import Step
from gateway.schemas.bookings import Booking
from gateway.schemas.front_desk import CancelAsStaff, WaiveFee

_TAG = "Front desk"
_CHANGING = ("admin_token_invalid", "unknown_booking", "revision_mismatch", *WRITING)

OPERATIONS = [
    Operation(
        id="cancelAsStaff",
        method="POST",
        path="/v1/admin/bookings/{booking_id}/cancel",
        tag=_TAG,
        summary="Cancel a booking for its guest or for the house",
        description="Whenever it is, of a guest who is not checked in. The guest is told, as of any cancellation.",
        answer=partial(take, step="cancel_as_staff"),
        body=CancelAsStaff(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="Cancelled", schema=Booking, headers=("ETag",))},
        refusals=("not_cancellable", *_CHANGING),
    ),
    Operation(
        id="undoCancelAsStaff",
        method="POST",
        path="/v1/admin/bookings/{booking_id}/undo-cancel",
        tag=_TAG,
        summary="Take a cancellation back",
        description="Within three minutes, if the time is still free.",
        answer=partial(take, step="undo_cancel_as_staff"),
        body=Step(),
        body_optional=True,
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="It stands again", schema=Booking, headers=("ETag",))},
        refusals=("undo_expired", "slot_taken", *_CHANGING),
    ),
    Operation(
        id="waiveFee",
        method="POST",
        path="/v1/admin/bookings/{booking_id}/waive-fee",
        tag=_TAG,
        summary="Let a guest off the fee of a late cancellation or a no-show",
        description="The booking's revision stays: nothing else of it changes.",
        answer=partial(take, step="waive_fee"),
        body=WaiveFee(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="Waived", schema=Booking, headers=("ETag",))},
        refusals=("no_fee", *_CHANGING),
    ),
]
