"""Bookings: made from a hold, read and changed by who has the token."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency, if_revision
from gateway.api.operation import NEEDS, READING, WRITING, Asked, Operation, Reply
from gateway.application.calendar import calendar_file
from gateway.schemas.bookings import Booking, Cancel, MakeBooking, NewBooking, Reschedule
from gateway.schemas.holds import Empty
from gateway.schemas.projection import projector

_booking = projector(Booking())
_new_booking = projector(NewBooking())


async def book(asked: Asked) -> Response:
    caller = f"hold:{asked.body['hold_token']}"
    key = idempotency(asked.request, asked.platform, operation="book", body=asked.raw_body, caller=caller)
    return made(await asked.platform.booking.book(**asked.body, idempotency=key))


def made(answer: Mapping[str, Any]) -> Response:
    """A booking that was just made, with its token; or made before, which a header says."""
    booking = answer["booking"]
    headers = {"ETag": _tag(booking), "Location": f"/v1/bookings/{booking['id']}"}
    if answer["replayed"]:
        headers["Idempotency-Replayed"] = "true"
    return JsonResponse(_new_booking({**booking, "manage_token": answer["manage_token"]}), 201, headers)


async def show_booking(asked: Asked) -> Response:
    found = await asked.platform.booking.booking(booking_id=asked.id, manage_token=asked.token)
    booking = found["booking"]
    seen = asked.request.headers.get("if-none-match", "")
    # What is owed may be waived, and a need be met, which is no new revision: such a booking is always shown.
    if (
        booking["fee_owed"] is None
        and not any(guest["fee"] for guest in booking.get("guests", ()))
        and not booking.get("needs")
        and _tag(booking) in {tag.strip().removeprefix("W/") for tag in seen.split(",")}
    ):
        return Response(status_code=304, headers={"ETag": _tag(booking)})
    return shown(booking)


async def show_calendar(asked: Asked) -> Response:
    found = await asked.platform.booking.booking(booking_id=asked.id, manage_token=asked.token)
    file = calendar_file(found["booking"], settings=asked.platform.settings, now=asked.platform.clock.now())
    return Response(file.content, headers=file.headers)


async def reschedule(asked: Asked) -> Response:
    moved = await asked.platform.booking.reschedule(
        booking_id=asked.id,
        manage_token=asked.token,
        start=asked.body["start"],
        practitioner_id=asked.body.get("practitioner_id"),
        screening=asked.body.get("screening"),
        if_revision=if_revision(asked.request),
    )
    return shown(moved["booking"])


async def cancel(asked: Asked) -> Response:
    changed = await asked.platform.booking.cancel(
        booking_id=asked.id,
        manage_token=asked.token,
        accept_fee=asked.body["accept_fee"],
        if_revision=if_revision(asked.request),
    )
    return shown(changed["booking"])


async def undo_cancel(asked: Asked) -> Response:
    changed = await asked.platform.booking.undo_cancel(
        booking_id=asked.id, manage_token=asked.token, if_revision=if_revision(asked.request)
    )
    return shown(changed["booking"])


def shown(booking: dict[str, Any]) -> Response:
    """The booking, with its revision as ETag."""
    return JsonResponse(_booking(booking), headers={"ETag": _tag(booking)})


def _tag(booking: dict[str, Any]) -> str:
    return f'"{booking["revision"]}"'


OPERATIONS = [
    Operation(
        id="book",
        method="POST",
        path="/v1/bookings",
        tag="Booking",
        summary="Book what is held",
        description=(
            "One hold makes one booking, however often this is repeated. A hold that has ended is taken again "
            "if its time is still free."
        ),
        answer=book,
        body=MakeBooking(),
        request_headers=("Idempotency-Key",),
        replies={
            201: Reply(description="Booked", schema=NewBooking, headers=("ETag", "Location", "Idempotency-Replayed"))
        },
        refusals=(
            "hold_token_invalid",
            "slot_taken",
            "hold_expired",
            "hold_released",
            "by_phone_only",
            "on_request_only",
            "in_the_past",
            "too_soon",
            "screening_required",
            "clearance_needed",
            *NEEDS,
            "contact_required",
            "phone_invalid",
            "email_invalid",
            "party_size",
            "add_on_not_offered",
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
    Operation(
        id="showBooking",
        method="GET",
        path="/v1/bookings/{booking_id}",
        tag="Booking",
        summary="Show a booking",
        answer=show_booking,
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-None-Match",),
        replies={
            200: Reply(description="The booking", schema=Booking, headers=("ETag",)),
            304: Reply(description="It is as you have seen it", headers=("ETag",)),
        },
        refusals=("token_invalid", *READING),
    ),
    Operation(
        id="showCalendar",
        method="GET",
        path="/v1/bookings/{booking_id}/calendar.ics",
        tag="Booking",
        summary="Get the calendar file",
        description="One entry whose UID never changes; after a cancellation it says so (RFC 5545, RFC 5546).",
        answer=show_calendar,
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={
            200: Reply(description="The calendar file", media_type="text/calendar", headers=("Content-Disposition",))
        },
        refusals=("token_invalid", *READING),
    ),
    Operation(
        id="reschedule",
        method="POST",
        path="/v1/bookings/{booking_id}/reschedule",
        tag="Booking",
        summary="Move a booking",
        description=(
            "Free of charge until `free_until` of the time it has now. The old time is given up only when the new one "
            "has been taken. Find the times with GET /v1/availability and `booking_id`."
        ),
        answer=reschedule,
        body=Reschedule(),
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-Match",),
        replies={200: Reply(description="Moved", schema=Booking, headers=("ETag",))},
        refusals=(
            "token_invalid",
            "outside_policy",
            "not_reschedulable",
            "slot_taken",
            "not_a_start",
            "in_the_past",
            "too_soon",
            "beyond_horizon",
            "unknown_practitioner",
            "practitioner_cannot",
            "screening_required",
            "clearance_needed",
            "unknown_service",
            "duration_not_offered",
            "by_phone_only",
            "on_request_only",
            "revision_mismatch",
            *WRITING,
        ),
    ),
    Operation(
        id="cancel",
        method="POST",
        path="/v1/bookings/{booking_id}/cancel",
        tag="Booking",
        summary="Cancel a booking",
        description="Free of charge until `free_until`, after that for `fee`. It can be undone until `undo_until`.",
        answer=cancel,
        body=Cancel(),
        body_optional=True,
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-Match",),
        replies={200: Reply(description="Cancelled", schema=Booking, headers=("ETag",))},
        refusals=(
            "token_invalid",
            "outside_policy",
            "not_cancellable",
            "revision_mismatch",
            *WRITING,
        ),
    ),
    Operation(
        id="undoCancel",
        method="POST",
        path="/v1/bookings/{booking_id}/undo-cancel",
        tag="Booking",
        summary="Take a cancellation back",
        description="Within three minutes, if the time is still free.",
        answer=undo_cancel,
        body=Empty(),
        body_optional=True,
        token="manage",  # noqa: S106  # the kind of token, not a token
        request_headers=("If-Match",),
        replies={200: Reply(description="It stands again", schema=Booking, headers=("ETag",))},
        refusals=(
            "token_invalid",
            "undo_expired",
            "slot_taken",
            "revision_mismatch",
            *WRITING,
        ),
    ),
]
