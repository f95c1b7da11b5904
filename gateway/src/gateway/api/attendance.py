"""An appointment's day, for staff: the guest comes, is treated, or does not come; each step can be taken back.

Each call answers at two addresses: among the bookings, and in the administration (docs/adr/0110).
"""

from collections.abc import Iterator
from functools import partial

from marshmallow import Schema
from starlette.responses import Response

from gateway.api.bookings import shown
from gateway.api.credentials import if_revision
from gateway.api.operation import WRITING, Asked, Operation, Reply
from gateway.schemas.attendance import NoShow, Revert, Step
from gateway.schemas.bookings import Booking

_TAG = "Front desk"


async def take(asked: Asked, *, step: str) -> Response:
    done = await asked.platform.front_desk.step(
        step,
        booking_id=asked.id,
        actor=asked.actor,
        if_revision=if_revision(asked.request),
        **asked.body,
    )
    return shown(done["booking"])


def _step(
    verb: str,
    *,
    id_: str,
    summary: str,
    description: str,
    refusals: tuple[str, ...],
    body: Schema | None = None,
    reasoned: bool = False,
) -> Iterator[Operation]:
    for where, prefix in (("", "/v1/bookings"), ("AtTheDesk", "/v1/admin/bookings")):
        yield Operation(
            id=f"{id_}{where}",
            method="POST",
            path=f"{prefix}/{{booking_id}}/{verb}",
            tag=_TAG,
            summary=summary,
            description=description,
            answer=partial(take, step=verb.replace("-", "_")),
            body=body or Step(),
            body_optional=not reasoned,
            token="admin",  # noqa: S106  # the kind of token, not a token
            unknown_id="unknown_booking",
            request_headers=("If-Match",),
            replies={200: Reply(description="As it is now", schema=Booking, headers=("ETag",))},
            refusals=(
                "admin_token_invalid",
                "unknown_booking",
                "wrong_state",
                *refusals,
                "revision_mismatch",
                *WRITING,
            ),
        )


OPERATIONS = [
    *_step(
        "check-in",
        id_="checkIn",
        summary="Check a guest in",
        description="From four hours before the start. Its reminders are not sent any more.",
        refusals=("not_yet",),
    ),
    *_step(
        "complete",
        id_="complete",
        summary="Note that a treatment is done",
        description="Of a guest who is checked in. Before the planned end, what is left of the time is free at once.",
        refusals=("not_yet",),
    ),
    *_step(
        "no-show",
        id_="noShow",
        summary="Note that a guest did not come",
        description=(
            "From the start on. The time is free at once, and `no_show_fee` is owed unless it is waived. Guests who "
            "often stay away (same e-mail or phone) book on request only."
        ),
        body=NoShow(),
        refusals=("not_yet",),
    ),
    *_step(
        "revert",
        id_="revert",
        summary="Take the last of these steps back",
        description=(
            "With a reason. The time that the step had freed is taken again, or 409 `in_the_way` says what is there by "
            "now. Send If-Match: repeated without it, it takes back the step before as well."
        ),
        body=Revert(),
        reasoned=True,
        refusals=("in_the_way",),
    ),
]
