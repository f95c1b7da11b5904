"""Bookings from elsewhere, as a file."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import WRITING, Asked, Operation, Reply
from gateway.schemas import imports as schemas
from gateway.schemas.projection import projector

_part = projector(schemas.ImportedBookings())


async def import_bookings(asked: Asked) -> Response:
    done = await asked.platform.front_desk.import_bookings(
        csv=asked.text, actor=asked.actor, dry_run=asked.query["dry_run"], from_line=asked.query["from_line"]
    )
    return JsonResponse(_part(done), headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="importBookings",
        method="POST",
        path="/v1/admin/imports/bookings",
        tag="Administration",
        summary="Take over future bookings and their guests from a CSV file",
        description=(
            "At most 2 MiB and 20,000 rows, in UTF-8. The first line names the columns: `reference`, `location`, "
            "`service`, `start`, `name`, and if there are any `minutes`, `practitioner`, `email`, `phone`, `locale`. "
            "Each row is booked wholly or refused with a reason, and a refused one keeps no other out. A reference "
            "is imported once, however often it comes: after 503 send the same again. A call works for a few seconds; "
            "while `next_line` is not null, send the same file with it as `from_line`. "
            "A `dry_run` tells every fate and changes nothing."
        ),
        answer=import_bookings,
        query=schemas.ImportPart(),
        text="text/csv",
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="What became of the rows", schema=schemas.ImportedBookings)},
        refusals=("csv_unreadable", "admin_token_invalid", *WRITING),
    ),
]
