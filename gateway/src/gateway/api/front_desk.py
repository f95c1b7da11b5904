"""What staff do with bookings beside an appointment's day: cancel, take that back, waive a fee."""

from functools import partial

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.attendance import take
from gateway.api.bookings import shown
from gateway.api.credentials import idempotency, if_revision
from gateway.api.operation import WRITING, Asked, Operation, Reply
from gateway.schemas.attendance import Step
from gateway.schemas.bookings import Booking
from gateway.schemas.front_desk import BookAsStaff, CancelAsStaff, Rearrange, WaiveFee
from gateway.schemas.projection import projector

_booking = projector(Booking())


async def book(asked: Asked) -> Response:
    key = idempotency(asked.request, asked.platform, operation="book_as_staff", body=asked.raw_body, caller=asked.actor)
    made = await asked.platform.front_desk.book(actor=asked.actor, idempotency=key, **asked.body)
    booking = made["booking"]
    headers = {"ETag": f'"{booking["revision"]}"', "Location": f"/v1/admin/bookings/{booking['id']}"}
    if made["replayed"]:
        headers["Idempotency-Replayed"] = "true"
    return JsonResponse(_booking(booking), 201, headers)


async def rearrange(asked: Asked) -> Response:
    done = await asked.platform.front_desk.rearrange(
        booking_id=asked.id, actor=asked.actor, if_revision=if_revision(asked.request), **asked.body
    )
    return shown(done["booking"])


_TAG = "Front desk"
_CHANGING = ("admin_token_invalid", "unknown_booking", "revision_mismatch", *WRITING)

OPERATIONS = [
    Operation(
        id="bookAsStaff",
        method="POST",
        path="/v1/admin/bookings",
        tag=_TAG,
        summary="Book for a guest who has called or come in",
        description=(
            "Without a hold, off the grid, by phone only or on request. Bending the guests' rules (notice, horizon, "
            "hours, buffers) needs a `reason`, which is kept. Nothing ever overlaps."
        ),
        answer=book,
        body=BookAsStaff(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        request_headers=("Idempotency-Key",),
        replies={
            201: Reply(description="Booked", schema=Booking, headers=("ETag", "Location", "Idempotency-Replayed"))
        },
        refusals=(
            "admin_token_invalid",
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "practitioner_cannot",
            "duration_not_offered",
            "in_the_past",
            "outside_hours",
            "reason_required",
            "in_the_way",
            "screening_required",
            "clearance_needed",
            "contact_required",
            "phone_invalid",
            "email_invalid",
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
    Operation(
        id="rearrange",
        method="POST",
        path="/v1/admin/bookings/{booking_id}/reschedule",
        tag=_TAG,
        summary="Move, shorten or extend a booking, or give it other hands or another room",
        description=(
            "Whatever the policy says, and at the price that was agreed. 409 `in_the_way` shows what is there: nothing "
            "ever overlaps. Hands change only if others are named. Another room or shorter buffers alone are no new "
            "revision, and the guest is not told."
        ),
        answer=rearrange,
        body=Rearrange(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="As it is now", schema=Booking, headers=("ETag",))},
        refusals=(
            "wrong_state",
            "in_the_way",
            "outside_hours",
            "in_the_past",
            "unknown_service",
            "unknown_practitioner",
            "practitioner_cannot",
            *_CHANGING,
        ),
    ),
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
        summary="Let a guest off the fee of a late cancellation or a no-show, or one of a party that of withdrawing",
        description="The booking's revision stays: nothing else of it changes.",
        answer=partial(take, step="waive_fee"),
        body=WaiveFee(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="Waived", schema=Booking, headers=("ETag",))},
        refusals=("no_fee", "unknown_guest", *_CHANGING),
    ),
]
