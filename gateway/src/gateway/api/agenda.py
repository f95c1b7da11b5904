"""What staff see and block: the bookings of a day, one booking's story, blocks."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5
from zoneinfo import ZoneInfo

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.application.errors import Refused, Unavailable, WrongField
from gateway.schemas import agenda as schemas
from gateway.schemas.fields import is_id
from gateway.schemas.projection import projector

_TAG = "Front desk"
_PRIVATE = {"Cache-Control": "no-store"}
_bookings = projector(schemas.BookingsForStaff())
_story = projector(schemas.Story())
_block = projector(schemas.Block())


async def list_bookings(asked: Asked) -> Response:
    since, until = _span(asked)
    page = await asked.platform.front_desk.agenda(
        location_id=asked.query["location_id"],
        since=since,
        until=until,
        after=_place(asked.query.get("cursor")),
        limit=asked.query["limit"],
    )
    shown = {"items": page["items"], "next_cursor": _cursor(page["next"])}
    return JsonResponse(_bookings(shown), headers=_PRIVATE)


async def show_story(asked: Asked) -> Response:
    story, messages = await asyncio.gather(asked.platform.front_desk.story(asked.id), _messages(asked))
    headers = {**_PRIVATE, "ETag": f'"{story["booking"]["revision"]}"'}
    return JsonResponse(_story({**story, "messages": messages}), headers=headers)


async def make_block(asked: Asked) -> Response:
    key = idempotency(asked.request, asked.platform, operation="block", body=asked.raw_body, caller=asked.actor)
    made = await asked.platform.front_desk.block(
        block_id=str(uuid5(NAMESPACE_URL, f"{key.scope} {key.key}") if key else uuid4()),
        actor=asked.actor,
        **asked.body,
    )
    headers = {**_PRIVATE, "Location": f"/v1/admin/blocks/{made['block']['id']}"}
    return JsonResponse(_block(made["block"]), 201, headers)


async def list_blocks(asked: Asked) -> Response:
    since, until = _span(asked)
    found = await asked.platform.front_desk.blocks(location_id=asked.query["location_id"], since=since, until=until)
    items = [_block(each) for each in found["items"]]
    return JsonResponse({"items": items, "next_cursor": None}, headers=_PRIVATE)


async def remove_block(asked: Asked) -> Response:
    await asked.platform.front_desk.unblock(block_id=asked.id, actor=asked.actor)
    return Response(status_code=204, headers=_PRIVATE)


async def _messages(asked: Asked) -> Any:
    try:
        return (await asked.platform.notifications.messages(asked.id))["items"]
    except (Refused, Unavailable):
        return None


def _span(asked: Asked) -> tuple[datetime, datetime]:
    """The day that is asked for, from its first instant on the location's wall to the next day's; or the span."""
    day = asked.query.get("date")
    if day is None:
        return asked.query["since"], asked.query["until"]
    location = asked.platform.catalog.location(asked.query["location_id"])
    if location is None:
        raise Refused(code="unknown_location")
    midnight = datetime.combine(day, time(), ZoneInfo(location["zone"]))
    return midnight, datetime.combine(day + timedelta(days=1), time(), ZoneInfo(location["zone"]))


def _cursor(place: Mapping[str, str] | None) -> str | None:
    if place is None:
        return None
    return base64.urlsafe_b64encode(f"{place['start']} {place['id']}".encode()).rstrip(b"=").decode()


def _place(cursor: str | None) -> dict[str, str] | None:
    if cursor is None:
        return None
    try:
        start, _, booking_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        known = is_id(booking_id) and datetime.fromisoformat(start).tzinfo is not None
    except (binascii.Error, ValueError):
        known = False
    if not known:
        wrong = WrongField(field="cursor", problem="is not a cursor of this list; begin again without one")
        raise Refused(code="invalid_request", detail="The cursor does not belong to this list.", fields=[wrong])
    return {"start": start, "id": booking_id}


OPERATIONS = [
    Operation(
        id="listBookings",
        method="GET",
        path="/v1/admin/bookings",
        tag=_TAG,
        summary="List the bookings of a day or a span at a location",
        description="Those that start within it, by start, whatever became of them.",
        answer=list_bookings,
        query=schemas.FindBookings(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The bookings", schema=schemas.BookingsForStaff)},
        refusals=("admin_token_invalid", "unknown_location", "range_inverted", "range_too_wide", *READING),
    ),
    Operation(
        id="showStory",
        method="GET",
        path="/v1/admin/bookings/{booking_id}",
        tag=_TAG,
        summary="Show a booking with its timeline",
        description="What was done to it, by whom and why, and what its guest was told.",
        answer=show_story,
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_booking",
        replies={200: Reply(description="The booking and its story", schema=schemas.Story, headers=("ETag",))},
        refusals=("admin_token_invalid", "unknown_booking", *READING),
    ),
    Operation(
        id="listBlocks",
        method="GET",
        path="/v1/admin/blocks",
        tag=_TAG,
        summary="List the blocks of a day or a span at a location",
        answer=list_blocks,
        query=schemas.FindBlocks(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The blocks, by start", schema=schemas.Blocks)},
        refusals=("admin_token_invalid", "unknown_location", "range_inverted", "range_too_wide", *READING),
    ),
    Operation(
        id="makeBlock",
        method="POST",
        path="/v1/admin/blocks",
        tag=_TAG,
        summary="Keep time from guests",
        description=(
            "A claim on practitioners, rooms and equipment without a guest. It stands under the same constraint as "
            "bookings: 409 `in_the_way` says what is there."
        ),
        answer=make_block,
        body=schemas.MakeBlock(),
        token="admin",  # noqa: S106  # as above
        request_headers=("Idempotency-Key",),
        replies={201: Reply(description="Blocked", schema=schemas.Block, headers=("Location",))},
        refusals=(
            "admin_token_invalid",
            "unknown_location",
            "range_inverted",
            "range_too_wide",
            "in_the_way",
            "idempotency_key_reused",
            *WRITING,
        ),
    ),
    Operation(
        id="removeBlock",
        method="DELETE",
        path="/v1/admin/blocks/{block_id}",
        tag=_TAG,
        summary="Give blocked time back",
        answer=remove_block,
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_block",
        replies={204: Reply(description="Given back")},
        refusals=("admin_token_invalid", "unknown_block", *WRITING),
    ),
]
