"""Messages, for staff: the whole ledger, calls that are owed, a branch's own words and how they would read."""

import base64
import binascii

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.application.errors import Refused, WrongField
from gateway.schemas import ledger as schemas
from gateway.schemas.projection import projector

_TAG = "Messages"
_PRIVATE = {"Cache-Control": "no-store"}
_page = projector(schemas.LedgerLines())
_calls = projector(schemas.OwedCalls())
_wordings = projector(schemas.Wordings())
_previewed = projector(schemas.Previewed())


async def list_messages(asked: Asked) -> Response:
    wanted = dict(asked.query)
    cursor = wanted.pop("cursor", None)
    moments = {name: wanted.pop(name).isoformat() for name in ("since", "until") if name in wanted}
    found = await asked.platform.notifications.ledger(
        **wanted, **moments, before=_number(cursor) if cursor is not None else None
    )
    more = found["before"]
    next_cursor = _cursor(more) if more is not None else None
    return JsonResponse(_page({"items": found["items"], "next_cursor": next_cursor}), headers=_PRIVATE)


async def list_calls(asked: Asked) -> Response:
    found = await asked.platform.notifications.calls()
    items = [{**call, "number": call["id"]} for call in found["items"]]
    return JsonResponse(_calls({"items": items}), headers=_PRIVATE)


async def call_done(asked: Asked) -> Response:
    await asked.platform.notifications.call_done(asked.body["number"])
    return Response(status_code=204, headers=_PRIVATE)


async def list_wordings(asked: Asked) -> Response:
    found = await asked.platform.notifications.wordings(asked.query["location_id"])
    return JsonResponse(_wordings(found), headers=_PRIVATE)


async def save_wording(asked: Asked) -> Response:
    spot = dict(asked.body)
    words = spot.pop("words", None)
    version = await asked.platform.notifications.save_wording(spot, words, by=asked.actor)
    return JsonResponse({"version": version}, headers=_PRIVATE)


async def preview(asked: Asked) -> Response:
    return JsonResponse(_previewed(await asked.platform.notifications.preview(**asked.body)), headers=_PRIVATE)


def _cursor(number: int) -> str:
    # As long as every other cursor, so that one pattern serves them all.
    return base64.urlsafe_b64encode(f"{number:036d}".encode()).decode()


def _number(cursor: str) -> int:
    try:
        digits = base64.urlsafe_b64decode(cursor).decode("ascii")
        if digits.isdigit() and int(digits) < 2**63:
            return int(digits)
    except (binascii.Error, UnicodeDecodeError):
        pass
    wrong = WrongField(field="cursor", problem="is not a cursor of this list; begin again without one")
    raise Refused(code="invalid_request", detail="The cursor does not belong to this list.", fields=[wrong])


OPERATIONS = [
    Operation(
        id="listMessages",
        method="GET",
        path="/v1/admin/notifications",
        tag=_TAG,
        summary="Search the ledger of messages",
        description=(
            "One line a message that was owed to somebody: whether it was sent and delivered, and if not why. "
            "The newest first."
        ),
        answer=list_messages,
        query=schemas.FindMessages(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The lines", schema=schemas.LedgerLines)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="listCalls",
        method="GET",
        path="/v1/admin/calls",
        tag=_TAG,
        summary="List the calls that guests are owed",
        description="At most 100, the longest owed first. The number stands in the booking.",
        answer=list_calls,
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The calls", schema=schemas.OwedCalls)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="callDone",
        method="POST",
        path="/v1/admin/calls/done",
        tag=_TAG,
        summary="Note that a guest was called",
        answer=call_done,
        body=schemas.CallDone(),
        token="admin",  # noqa: S106  # as above
        replies={204: Reply(description="Noted")},
        refusals=("admin_token_invalid", "unknown_call", *READING),
    ),
    Operation(
        id="listWordings",
        method="GET",
        path="/v1/admin/wordings",
        tag=_TAG,
        summary="Show a branch's own words",
        description="The words that stand, and every variable that words may speak of. Health is not among them.",
        answer=list_wordings,
        query=schemas.Whose(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The words", schema=schemas.Wordings)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="saveWording",
        method="PUT",
        path="/v1/admin/wordings",
        tag=_TAG,
        summary="Let a branch use its own words",
        description=(
            "For one kind of message, channel and language. Words that could fail when they are sent are refused, part "
            "by part: an unknown variable, a loop, a text of too many parts. Every version is kept."
        ),
        answer=save_wording,
        body=schemas.SaveWording(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Saved", schema=schemas.Version)},
        refusals=("admin_token_invalid", "template_invalid", *WRITING),
    ),
    Operation(
        id="previewMessage",
        method="POST",
        path="/v1/admin/wordings/preview",
        tag=_TAG,
        summary="Read a message as its guest would",
        description=(
            "About a real booking, with the words that stand or with a draft. Nothing is sent; its links open nothing."
        ),
        answer=preview,
        body=schemas.Preview(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The message", schema=schemas.Previewed)},
        refusals=("admin_token_invalid", "unknown_booking", "template_invalid", *READING),
    ),
]
