"""The waitlist: wait for a time that is not free, answer an offer; and what staff may know of it."""

from typing import Any

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.bookings import made
from gateway.api.credentials import idempotency
from gateway.api.operation import NEEDS, READING, WRITING, Asked, Operation, Reply
from gateway.api.paging import after, page_after
from gateway.schemas.bookings import NewBooking
from gateway.schemas.holds import Empty
from gateway.schemas.projection import projector
from gateway.schemas.waitlist import (
    AcceptOffer,
    FindEntries,
    FindUnmetDemand,
    JoinWaitlist,
    NewWaitlistEntry,
    UnmetDemand,
    WaitlistEntries,
    WaitlistEntry,
)

_TAG = "Waitlist"
_PRIVATE = {"Cache-Control": "no-store"}

_entry = projector(WaitlistEntry())
_new_entry = projector(NewWaitlistEntry())
_unmet = projector(UnmetDemand())


async def join(asked: Asked) -> Response:
    key = idempotency(asked.request, asked.platform, operation="join_waitlist", body=asked.raw_body)
    joined = await asked.platform.waitlist.join(**asked.body, idempotency=key)
    entry = joined["entry"]
    headers = {**_PRIVATE, "Location": f"/v1/waitlist/{entry['id']}"}
    if joined["replayed"]:
        headers["Idempotency-Replayed"] = "true"
    return JsonResponse(_new_entry({**entry, "token": joined["token"]}), 201, headers)


async def show(asked: Asked) -> Response:
    return _shown(await asked.platform.waitlist.entry(entry_id=asked.id, token=asked.token))


async def leave(asked: Asked) -> Response:
    await asked.platform.waitlist.leave(entry_id=asked.id, token=asked.token)
    return Response(status_code=204)


async def decline(asked: Asked) -> Response:
    return _shown(await asked.platform.waitlist.decline(entry_id=asked.id, token=asked.token))


async def accept(asked: Asked) -> Response:
    return made(await asked.platform.waitlist.accept(entry_id=asked.id, token=asked.token, **asked.body))


async def list_entries(asked: Asked) -> Response:
    query = dict(asked.query)
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    found = await asked.platform.waitlist.listed(**query, limit=limit + 1, after=after(cursor))
    return JsonResponse(page_after([_entry(one) for one in found["items"]], limit=limit), headers=_PRIVATE)


async def unmet_demand(asked: Asked) -> Response:
    return JsonResponse(_unmet(await asked.platform.waitlist.unmet_demand(**asked.query)), headers=_PRIVATE)


def _shown(found: dict[str, Any]) -> Response:
    return JsonResponse(_entry(found["entry"]), headers=_PRIVATE)


OPERATIONS = [
    Operation(
        id="joinWaitlist",
        method="POST",
        path="/v1/waitlist",
        tag=_TAG,
        summary="Wait for a time that is not free",
        description=(
            "When such a time frees, it is offered to who has waited longest, by e-mail and text. It is then theirs "
            "alone until the offer's deadline. One contact can wait for three things at once. A party waits as one: "
            "whoever joins is written to, and names everyone else."
        ),
        answer=join,
        body=JoinWaitlist(),
        request_headers=("Idempotency-Key",),
        replies={
            201: Reply(description="Waiting", schema=NewWaitlistEntry, headers=("Location", "Idempotency-Replayed"))
        },
        refusals=(
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "practitioner_cannot",
            "practitioner_twice",
            "duration_not_offered",
            "add_on_not_offered",
            "party_size",
            "by_phone_only",
            "on_request_only",
            "range_inverted",
            "range_too_wide",
            "in_the_past",
            "contact_required",
            "phone_invalid",
            "email_invalid",
            "waits_enough",
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
    Operation(
        id="showWaitlistEntry",
        method="GET",
        path="/v1/waitlist/{entry_id}",
        tag=_TAG,
        summary="Show an entry, and the offer that stands",
        answer=show,
        token="manage",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The entry", schema=WaitlistEntry)},
        refusals=("token_invalid", *READING),
    ),
    Operation(
        id="leaveWaitlist",
        method="DELETE",
        path="/v1/waitlist/{entry_id}",
        tag=_TAG,
        summary="Wait no more",
        description="What was offered goes to the next. Doing so twice is no error.",
        answer=leave,
        token="manage",  # noqa: S106  # as above
        replies={204: Reply(description="Given up")},
        refusals=("token_invalid", *WRITING),
    ),
    Operation(
        id="acceptOffer",
        method="POST",
        path="/v1/waitlist/{entry_id}/accept",
        tag=_TAG,
        summary="Take the offered time",
        description=(
            "One offer makes one booking, however often this is repeated. The service's safety questions come first, "
            "as on every way to book; of a party everyone has their own."
        ),
        answer=accept,
        body=AcceptOffer(),
        body_optional=True,
        token="manage",  # noqa: S106  # as above
        replies={
            201: Reply(description="Booked", schema=NewBooking, headers=("ETag", "Location", "Idempotency-Replayed"))
        },
        refusals=(
            "token_invalid",
            "no_offer",
            "offer_expired",
            "slot_taken",
            "screening_required",
            "clearance_needed",
            *NEEDS,
            "unknown_service",
            "unknown_practitioner",
            "practitioner_cannot",
            "duration_not_offered",
            "add_on_not_offered",
            "party_size",
            "by_phone_only",
            "on_request_only",
            *WRITING,
        ),
    ),
    Operation(
        id="declineOffer",
        method="POST",
        path="/v1/waitlist/{entry_id}/decline",
        tag=_TAG,
        summary="Say no to the offered time",
        description="It goes to the next. The guest keeps their place, and is not offered this time again.",
        answer=decline,
        body=Empty(),
        body_optional=True,
        token="manage",  # noqa: S106  # as above
        replies={200: Reply(description="Waiting on", schema=WaitlistEntry)},
        refusals=("token_invalid", "no_offer", *WRITING),
    ),
    Operation(
        id="listWaitlist",
        method="GET",
        path="/v1/admin/waitlist",
        tag=_TAG,
        summary="List who waits, and waited",
        answer=list_entries,
        query=FindEntries(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The entries", schema=WaitlistEntries)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="showUnmetDemand",
        method="GET",
        path="/v1/admin/reports/unmet-demand",
        tag=_TAG,
        summary="Show what was looked for in vain",
        description=(
            "Searches that found no free time, and guests who began to wait, by the hour in which they did. Searches "
            "are written down once a minute."
        ),
        answer=unmet_demand,
        query=FindUnmetDemand(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Hour by hour", schema=UnmetDemand)},
        refusals=("admin_token_invalid", "range_inverted", "range_too_wide", *READING),
    ),
]
