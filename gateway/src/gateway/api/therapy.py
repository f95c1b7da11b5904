"""What physical therapy needs, for staff: open needs, referrals and their kin. Each look at a document is noted."""

from collections.abc import Iterator
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from marshmallow import Schema
from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.bookings import shown
from gateway.api.credentials import idempotency, if_revision
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.api.paging import after, page_after
from gateway.application.errors import Refused
from gateway.schemas import therapy as schemas
from gateway.schemas.bookings import Booking
from gateway.schemas.fields import is_id
from gateway.schemas.paging import Page
from gateway.schemas.projection import projector

_TAG = "Physical therapy"
_PRIVATE = {"Cache-Control": "no-store"}
_document = projector(schemas.Document())
_needs = projector(schemas.OpenNeeds())
_documents = projector(schemas.Documents())
_running_out = projector(schemas.RunningOut())


async def list_needs(asked: Asked) -> Response:
    limit = asked.query["limit"]
    found = await asked.platform.therapy.open_needs(after=after(asked.query.get("cursor")), limit=limit + 1)
    return JsonResponse(_needs(page_after(found["items"], limit=limit)), headers=_PRIVATE)


async def list_running_out(asked: Asked) -> Response:
    limit = asked.query["limit"]
    found = await asked.platform.therapy.running_out(
        after=after(asked.query.get("cursor")), limit=limit + 1, actor=asked.actor
    )
    return JsonResponse(_running_out(page_after(found["items"], limit=limit)), headers=_PRIVATE)


async def resolve(asked: Asked) -> Response:
    need_id = asked.request.path_params["need_id"]
    if not is_id(need_id):
        raise Refused(code="unknown_need")
    done = await asked.platform.therapy.resolve(
        booking_id=asked.id,
        need_id=need_id.lower(),
        actor=asked.actor,
        if_revision=if_revision(asked.request),
        **asked.body,
    )
    return shown(done["booking"])


async def list_documents(asked: Asked, *, kind: str) -> Response:
    limit = asked.query["limit"]
    found = await asked.platform.therapy.documents(
        kind=kind,
        booking_id=asked.query.get("booking_id"),
        after=after(asked.query.get("cursor")),
        limit=limit + 1,
        actor=asked.actor,
    )
    return JsonResponse(_documents(page_after(found["items"], limit=limit)), headers=_PRIVATE)


async def add(asked: Asked, *, kind: str) -> Response:
    key = idempotency(asked.request, asked.platform, operation=f"add_{kind}", body=asked.raw_body, caller="admin")
    made = await asked.platform.therapy.add(
        kind=kind,
        document_id=str(uuid5(NAMESPACE_URL, f"{key.scope} {key.key}")) if key else None,
        body_hash=key.body_hash if key else None,
        actor=asked.actor,
        **{name: value.isoformat() if name.endswith("_on") and value else value for name, value in asked.body.items()},
    )
    return JsonResponse(_document(made["document"]), 201, _PRIVATE)


async def change(asked: Asked, *, kind: str, how: str) -> Response:
    changed = await asked.platform.therapy.change(how, kind=kind, document_id=asked.id, actor=asked.actor, **asked.body)
    return JsonResponse(_document(changed["document"]), headers=_PRIVATE)


_OF_ADDING = {"clearance": ("unknown_location", "contact_required", "phone_invalid", "email_invalid")}
"""Whose document it is may be said by who they are."""


def _operations(kind: str, article: str, adding: type[Schema]) -> Iterator[Operation]:
    path, one = f"/v1/admin/{kind}s", kind.capitalize()
    yield Operation(
        id=f"list{one}s",
        method="GET",
        path=path,
        tag=_TAG,
        summary=f"List {kind}s",
        description="The newest first. Each one seen leaves a note of who saw it.",
        answer=partial(list_documents, kind=kind),
        query=schemas.FindDocuments(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="What was found", schema=schemas.Documents)},
        refusals=("admin_token_invalid", "unknown_booking", *WRITING),
    )
    yield Operation(
        id=f"add{one}",
        method="POST",
        path=path,
        tag=_TAG,
        summary=f"Write down {article} {kind} that was handed in",
        description="The patient's sessions to come are judged again: what they lacked may be there now.",
        answer=partial(add, kind=kind),
        body=adding(),
        token="admin",  # noqa: S106  # as above
        request_headers=("Idempotency-Key",),
        replies={201: Reply(description="Written down", schema=schemas.Document)},
        refusals=(
            "admin_token_invalid",
            "unknown_booking",
            *_OF_ADDING.get(kind, ()),
            "idempotency_key_reused",
            *WRITING,
        ),
    )
    for how, body, summary, description in (
        ("verify", schemas.WhyDocument, "Say that {} was checked", "Open needs that it meets are met."),
        (
            "reduce",
            schemas.ReduceDocument,
            "Reduce {} to fewer visits or units",
            "The last sessions that it no longer reaches get an open need; they keep their time.",
        ),
        (
            "revoke",
            schemas.RevokeDocument,
            "Say that {} is good no longer",
            "Sessions to come that relied on it get an open need; they keep their time.",
        ),
    ):
        if (kind, how) == ("clearance", "reduce"):
            continue  # it counts nothing
        yield Operation(
            id=f"{how}{one}",
            method="POST",
            path=f"{path}/{{{kind}_id}}/{how}",
            tag=_TAG,
            summary=summary.format(f"{article} {kind}"),
            description=description,
            answer=partial(change, kind=kind, how=how),
            body=body(),
            body_optional=how == "verify",
            token="admin",  # noqa: S106  # as above
            unknown_id="unknown_document",
            replies={200: Reply(description="As it is now", schema=schemas.Document)},
            refusals=("admin_token_invalid", "unknown_document", "document_revoked", *WRITING),
        )


OPERATIONS = [
    Operation(
        id="listOpenNeeds",
        method="GET",
        path="/v1/admin/needs",
        tag=_TAG,
        summary="List what bookings still lack",
        description="The soonest due first. What is overdue waits for staff: nothing is released by itself.",
        answer=list_needs,
        query=Page(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Open needs", schema=schemas.OpenNeeds)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="listRunningOut",
        method="GET",
        path="/v1/admin/documents/running-out",
        tag=_TAG,
        summary="List documents that run out while bookings rely on them",
        description=(
            "By the next booking that relies on them. Their guests are told once for each threshold of the rules: so "
            "many days before the last day, so few visits left. A newer document of the kind takes one off the list. "
            "Each one seen leaves a note of who saw it."
        ),
        answer=list_running_out,
        query=Page(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Documents", schema=schemas.RunningOut)},
        refusals=("admin_token_invalid", *WRITING),
    ),
    Operation(
        id="resolveNeed",
        method="POST",
        path="/v1/admin/bookings/{booking_id}/needs/{need_id}/resolve",
        tag=_TAG,
        summary="Resolve an open need: verified, paid by the guest, or the time given up",
        answer=resolve,
        body=schemas.ResolveNeed(),
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_booking",
        request_headers=("If-Match",),
        replies={200: Reply(description="As it is now", schema=Booking, headers=("ETag",))},
        refusals=(
            "admin_token_invalid",
            "unknown_booking",
            "unknown_need",
            "need_not_open",
            "need_stands",
            "not_cancellable",
            "revision_mismatch",
            *WRITING,
        ),
    ),
    *_operations("referral", "a", schemas.AddReferral),
    *_operations("authorization", "an", schemas.AddAuthorization),
    *_operations("clearance", "a", schemas.AddClearance),
]
