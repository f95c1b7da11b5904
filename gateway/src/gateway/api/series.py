"""Series: several sessions booked as one wish, seen, repaired and cancelled by who has the token."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency
from gateway.api.operation import NEEDS, READING, WRITING, Asked, Operation, Reply
from gateway.application.service import Answer
from gateway.schemas.bookings import Cancel
from gateway.schemas.projection import projector
from gateway.schemas.series import MakeSeries, NewSeries, RepairProposals, RepairSeries, Series, SeriesPlan

_TAG = "Series"
_PRIVATE = {"Cache-Control": "no-store"}

_plan = projector(SeriesPlan())
_series = projector(Series())
_new_series = projector(NewSeries())
_proposals = projector(RepairProposals())


async def make(asked: Asked) -> Response:
    body = dict(asked.body)
    booking = {name: body.pop(name, None) for name in ("mode", "guest", "screening", "referral", "payer")}
    if body.pop("dry_run"):
        return JsonResponse(_plan(await asked.platform.series.plan(**body)), headers=_PRIVATE)
    key = idempotency(asked.request, asked.platform, operation="book_series", body=asked.raw_body)
    return series_made(await asked.platform.series.book(**body, **booking, idempotency=key))


def series_made(booked: Answer) -> Response:
    """The answer to whoever just booked a series, or repeated it."""
    made = booked["series"]
    headers = {**_PRIVATE, "Location": f"/v1/series/{made['id']}"}
    if booked["replayed"]:
        headers["Idempotency-Replayed"] = "true"
    return JsonResponse(_new_series({**made, "token": booked["token"]}), 201, headers)


async def show(asked: Asked) -> Response:
    found = await asked.platform.series.series(series_id=asked.id, token=asked.token)
    return JsonResponse(_series(found["series"]), headers=_PRIVATE)


async def repair(asked: Asked) -> Response:
    place = {"series_id": asked.id, "token": asked.token, "session": asked.body["session"]}
    if "start" not in asked.body:
        return JsonResponse(_proposals(await asked.platform.series.propose(**place)), headers=_PRIVATE)
    mended = await asked.platform.series.repair(
        **place,
        start=asked.body["start"],
        practitioner_id=asked.body.get("practitioner_id"),
        screening=asked.body.get("screening"),
    )
    return JsonResponse(_series(mended["series"]), 201, _PRIVATE)


async def cancel(asked: Asked) -> Response:
    gone = await asked.platform.series.cancel(
        series_id=asked.id, token=asked.token, accept_fee=asked.body["accept_fee"]
    )
    return JsonResponse(_series(gone["series"]), headers=_PRIVATE)


OFFERED = (
    "unknown_location",
    "unknown_service",
    "unknown_practitioner",
    "practitioner_cannot",
    "duration_not_offered",
    "party_size",
    "by_phone_only",
    "on_request_only",
)
WANTED = (*OFFERED, "in_the_past", "too_soon", "beyond_horizon")
GUEST = ("screening_required", "clearance_needed", "contact_required", "phone_invalid", "email_invalid")

OPERATIONS = [
    Operation(
        id="makeSeries",
        method="POST",
        path="/v1/series",
        tag=_TAG,
        summary="Look at a series, or book it",
        description=(
            "2 to 30 sessions of one service or of several, within a year. The local time of day is kept when the "
            "clocks change. With `dry_run` the times are proposed and nothing is held; otherwise every session becomes "
            "a booking of its own, all in one transaction. `all_or_nothing`: every session or none. `best_effort`: "
            "those that have a time, at least one; the others stay open to be repaired. Its first session of physical "
            "therapy is judged as if it were booked by itself; what later ones lack is an open need of theirs."
        ),
        answer=make,
        body=MakeSeries(),
        request_headers=("Idempotency-Key",),
        replies={
            200: Reply(description="With `dry_run`: the times that it would get", schema=SeriesPlan),
            201: Reply(description="Booked", schema=NewSeries, headers=("Location", "Idempotency-Replayed")),
        },
        refusals=(*WANTED, "series_incomplete", *GUEST, *NEEDS, "idempotency_key_reused", *WRITING),
    ),
    Operation(
        id="showSeries",
        method="GET",
        path="/v1/series/{series_id}",
        tag=_TAG,
        summary="Show a series",
        answer=show,
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The series, and the bookings of its sessions", schema=Series)},
        refusals=("token_invalid", *READING),
    ),
    Operation(
        id="repairSeries",
        method="POST",
        path="/v1/series/{series_id}/repair",
        tag=_TAG,
        summary="Fill a place that fell out of a series",
        description=(
            "Without `start`: the nearest times that keep the cadence, between the sessions before and after, first "
            "with whom the guest knows. With `start`: that time is booked into the series. A session whose time the "
            "clinic cannot keep any more is moved there, free of charge. Repeating it is safe."
        ),
        answer=repair,
        body=RepairSeries(),
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={
            200: Reply(description="Without `start`: the proposals", schema=RepairProposals),
            201: Reply(description="Filled", schema=Series),
        },
        refusals=(
            "token_invalid",
            "no_rhythm",
            "session_stands",
            "not_reschedulable",
            "not_a_start",
            "slot_taken",
            "unknown_practitioner",
            "practitioner_cannot",
            "unknown_service",
            "duration_not_offered",
            "party_size",
            "by_phone_only",
            "on_request_only",
            "screening_required",
            "clearance_needed",
            *NEEDS,
            *WRITING,
        ),
    ),
    Operation(
        id="cancelSeries",
        method="POST",
        path="/v1/series/{series_id}/cancel",
        tag=_TAG,
        summary="Cancel what is left of a series",
        description="Every session to come, or none if one is past its free time and the fee is not accepted.",
        answer=cancel,
        body=Cancel(),
        body_optional=True,
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="Cancelled", schema=Series)},
        refusals=("token_invalid", "outside_policy", "not_cancellable", *WRITING),
    ),
]
