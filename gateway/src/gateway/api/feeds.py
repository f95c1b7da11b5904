"""Practitioners' calendars: a file to subscribe to, and the address that staff hand out and revoke."""

from urllib.parse import urlencode

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.schemas.feeds import FeedLink, FeedToken

_PRIVATE = {"Cache-Control": "private, no-store"}


async def show_feed(asked: Asked) -> Response:
    now = asked.platform.clock.now()
    content = await asked.platform.feeds.file(asked.id, asked.query["token"], now=now)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=_PRIVATE)


async def show_link(asked: Asked) -> Response:
    token = await asked.platform.feeds.token(asked.id)
    address = f"{asked.platform.settings.public_url.rstrip('/')}/v1/practitioners/{asked.id}/calendar.ics"
    return JsonResponse({"url": f"{address}?{urlencode({'token': token})}"}, headers=_PRIVATE)


async def revoke_link(asked: Asked) -> Response:
    await asked.platform.feeds.revoke(asked.id)
    return Response(status_code=204, headers=_PRIVATE)


OPERATIONS = [
    Operation(
        id="showPractitionerCalendar",
        method="GET",
        path="/v1/practitioners/{practitioner_id}/calendar.ics",
        tag="Booking",
        summary="Subscribe to a practitioner's calendar",
        description=(
            "What stands from 30 days ago to 400 days ahead. Guests by their initials, treatments by their discreet "
            "names: calendars are copied to phones and clouds."
        ),
        answer=show_feed,
        query=FeedToken(),
        unknown_id="calendar_token_invalid",
        replies={200: Reply(description="The calendar", media_type="text/calendar")},
        refusals=("calendar_token_invalid", *READING),
    ),
    Operation(
        id="showPractitionerCalendarLink",
        method="GET",
        path="/v1/admin/practitioners/{practitioner_id}/calendar-link",
        tag="Administration",
        summary="The address of a practitioner's calendar, to hand out",
        description="The same until it is revoked.",
        answer=show_link,
        token="admin",  # noqa: S106  # the kind of token, not a token
        unknown_id="unknown_practitioner",
        replies={200: Reply(description="The address", schema=FeedLink)},
        refusals=("admin_token_invalid", "unknown_practitioner", *READING),
    ),
    Operation(
        id="revokePractitionerCalendarLink",
        method="DELETE",
        path="/v1/admin/practitioners/{practitioner_id}/calendar-link",
        tag="Administration",
        summary="Revoke the address of a practitioner's calendar",
        description="Every address handed out so far leads nowhere; the next one asked for is a new one.",
        answer=revoke_link,
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_practitioner",
        replies={204: Reply(description="Revoked")},
        refusals=("admin_token_invalid", "unknown_practitioner", *WRITING),
    ),
]
