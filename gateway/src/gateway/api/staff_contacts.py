"""How practitioners and desks are written to; for staff."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.schemas import staff_contacts as schemas
from gateway.schemas.projection import projector

_TAG = "Messages"
_PRIVATE = {"Cache-Control": "no-store"}
_contacts = projector(schemas.StaffContacts())


async def list_contacts(asked: Asked) -> Response:
    return JsonResponse(_contacts(await asked.platform.notifications.contacts()), headers=_PRIVATE)


async def save_contact(asked: Asked) -> Response:
    await asked.platform.notifications.save_contact(asked.body, by=asked.actor)
    return Response(status_code=204, headers=_PRIVATE)


OPERATIONS = [
    Operation(
        id="listStaffContacts",
        method="GET",
        path="/v1/admin/staff-contacts",
        tag=_TAG,
        summary="Show how practitioners and desks are written to",
        description="Who is not in it gets no messages, and the ledger says `no_address`.",
        answer=list_contacts,
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="Everybody", schema=schemas.StaffContacts)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="saveStaffContact",
        method="PUT",
        path="/v1/admin/staff-contacts",
        tag=_TAG,
        summary="Say how a practitioner or a desk is written to",
        description="It holds for what is sent from now on. Without `contact` they are written to no more.",
        answer=save_contact,
        body=schemas.SaveContact(),
        token="admin",  # noqa: S106  # as above
        replies={204: Reply(description="Saved")},
        refusals=("admin_token_invalid", *WRITING),
    ),
]
