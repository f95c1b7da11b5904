"""Free times: one question to the booking service."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import PARTY, READING, Asked, Operation, Reply
from gateway.schemas.availability import Availability, FindSlots
from gateway.schemas.by_time import SearchByTime, TimesFound
from gateway.schemas.parties import Combinations, Search
from gateway.schemas.projection import projector

_availability = projector(Availability())
_combinations = projector(Combinations())
_by_time = projector(TimesFound())


async def find_slots(asked: Asked) -> Response:
    query = dict(asked.query)
    booking_id = query.pop("booking_id", None)
    moving = {"id": booking_id, "manage_token": asked.token} if booking_id else None
    return JsonResponse(_availability(await asked.platform.booking.availability(**query, moving=moving)))


async def search(asked: Asked) -> Response:
    return JsonResponse(_combinations(await asked.platform.booking.search(**asked.body)))


async def by_time(asked: Asked) -> Response:
    return JsonResponse(_by_time(await asked.platform.booking.by_time(**asked.body)))


OPERATIONS = [
    Operation(
        id="findSlots",
        method="GET",
        path="/v1/availability",
        tag="Booking",
        summary="Find free times",
        description=(
            "The starts in `[from, to)` at which one guest can be served, in order. "
            "A start is listed if and only if every need of the service can be met then by someone or something of its "
            "own. Who asks for any practitioner gets whoever has the fewest booked minutes that local day, buffers "
            "included, and of equals the one whose id comes first. "
            "In an address, write the + of an offset as %2B."
        ),
        answer=find_slots,
        query=FindSlots(),
        token_with="booking_id",  # noqa: S106  # the name of a parameter, not a token
        replies={200: Reply(description="The free times; none is an answer too", schema=Availability)},
        refusals=(
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "range_inverted",
            "range_too_wide",
            "by_phone_only",
            "on_request_only",
            "duration_not_offered",
            "practitioner_cannot",
            "token_invalid",
            *READING,
        ),
    ),
    Operation(
        id="searchTimes",
        method="POST",
        path="/v1/availability/search",
        tag="Booking",
        summary="Find free times for several guests, or with add-ons",
        description=(
            "The starts in `[from, to)` at which all guests can be served at once, in order, and who could serve each. "
            "A couples massage needs two practitioners and a room for two: a time is listed only if all of it is free."
        ),
        answer=search,
        body=Search(),
        replies={200: Reply(description="The free times; none is an answer too", schema=Combinations)},
        refusals=(
            "unknown_location",
            "unknown_service",
            "unknown_practitioner",
            "range_inverted",
            "range_too_wide",
            "by_phone_only",
            "on_request_only",
            "duration_not_offered",
            "practitioner_cannot",
            *PARTY,
            *READING,
        ),
    ),
    Operation(
        id="searchByTime",
        method="POST",
        path="/v1/availability/by-time",
        tag="Booking",
        summary="Find everything that can be had within a few hours",
        description=(
            "For whoever knows when and not yet what: the starts in `[from, to)`, each with every service that so many "
            "guests can book online then. Where there is none, `instead` tells what other branches have, for several "
            "what each could have in a room of their own at the same time, and what to wait for."
        ),
        answer=by_time,
        body=SearchByTime(),
        replies={200: Reply(description="The times, or what else", schema=TimesFound)},
        refusals=("unknown_location", "range_inverted", "range_too_wide", *READING),
    ),
]
