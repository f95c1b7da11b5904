"""Holds: a time that nobody else can take while the guest types."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency
from gateway.api.operation import PARTY, WRITING, Asked, Operation, Reply
from gateway.schemas.holds import Empty, Hold, MakeHold
from gateway.schemas.projection import projector

_hold = projector(Hold())


async def make_hold(asked: Asked) -> Response:
    key = idempotency(asked.request, asked.platform, operation="hold", body=asked.raw_body)
    made = await asked.platform.booking.hold(**asked.body, idempotency=key)
    headers = {"Idempotency-Replayed": "true"} if made["replayed"] else None
    return JsonResponse(_hold(made), 201, headers)


async def extend_hold(asked: Asked) -> Response:
    return JsonResponse(_hold(await asked.platform.booking.extend_hold(hold_id=asked.id, token=asked.token)))


async def release_hold(asked: Asked) -> Response:
    await asked.platform.booking.release_hold(hold_id=asked.id, token=asked.token)
    return Response(status_code=204)


OPERATIONS = [
    Operation(
        id="makeHold",
        method="POST",
        path="/v1/holds",
        tag="Booking",
        summary="Hold a time",
        description="For ten minutes nobody else can take it. All that it needs is held, or nothing.",
        answer=make_hold,
        body=MakeHold(),
        request_headers=("Idempotency-Key",),
        replies={201: Reply(description="Held", schema=Hold, headers=("Idempotency-Replayed",))},
        refusals=(
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "slot_taken",
            "by_phone_only",
            "on_request_only",
            "duration_not_offered",
            "not_a_start",
            "in_the_past",
            "too_soon",
            "beyond_horizon",
            "practitioner_cannot",
            *PARTY,
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
    Operation(
        id="extendHold",
        method="POST",
        path="/v1/holds/{hold_id}/extend",
        tag="Booking",
        summary="Hold it longer",
        description="Ten more minutes from now, up to `extendable_until`. The answer has a new token.",
        answer=extend_hold,
        body=Empty(),
        body_optional=True,
        token="hold",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="Held longer", schema=Hold)},
        refusals=("hold_token_invalid", "hold_expired", "hold_released", *WRITING),
    ),
    Operation(
        id="releaseHold",
        method="DELETE",
        path="/v1/holds/{hold_id}",
        tag="Booking",
        summary="Give the time back",
        answer=release_hold,
        token="hold",  # noqa: S106  # the kind of token, not a token
        replies={204: Reply(description="Given back; doing it twice is no error")},
        refusals=("hold_token_invalid", *WRITING),
    ),
]
