"""Several services in one visit. What is booked is a series without a rhythm, read and cancelled like one."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency
from gateway.api.operation import NEEDS, READING, WRITING, Asked, Operation, Reply
from gateway.api.series import GUEST, OFFERED, WANTED, series_made
from gateway.schemas.projection import projector
from gateway.schemas.series import NewSeries
from gateway.schemas.visits import FindVisits, MakeVisit, Visits

_visits = projector(Visits())


async def find(asked: Asked) -> Response:
    return JsonResponse(_visits(await asked.platform.series.visits(**asked.body)))


async def make(asked: Asked) -> Response:
    key = idempotency(asked.request, asked.platform, operation="book_visit", body=asked.raw_body)
    return series_made(await asked.platform.series.book_visit(**asked.body, idempotency=key))


OPERATIONS = [
    Operation(
        id="findVisits",
        method="POST",
        path="/v1/availability/visits",
        tag="Booking",
        summary="Find times for several services in one visit",
        description=(
            "The starts in `[from, to)` at which all parts can be had: one after another for one guest, or at once for "
            "several, each with a service of their own. A time is listed if and only if every part has hands, room and "
            "equipment of its own while it needs them, set-up and clean-up included."
        ),
        answer=find,
        body=FindVisits(),
        replies={200: Reply(description="The times; none is an answer too", schema=Visits)},
        refusals=("range_inverted", "range_too_wide", *OFFERED, "add_on_not_offered", *READING),
    ),
    Operation(
        id="makeVisit",
        method="POST",
        path="/v1/visits",
        tag="Booking",
        summary="Book several services as one visit",
        description=(
            "Every part becomes a booking of its own, all of them in one transaction or none. Its guest is written to "
            "once about all of it, and reminded once. The answer is a series without a rhythm: it is shown and "
            "cancelled under `/v1/series/{series_id}`, each booking by itself as any other."
        ),
        answer=make,
        body=MakeVisit(),
        request_headers=("Idempotency-Key",),
        replies={201: Reply(description="Booked", schema=NewSeries, headers=("Location", "Idempotency-Replayed"))},
        refusals=(
            *WANTED,
            "add_on_not_offered",
            "not_a_start",
            "slot_taken",
            *GUEST,
            *NEEDS,
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
]
