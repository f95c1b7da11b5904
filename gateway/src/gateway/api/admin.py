"""The catalog's editors: every entry by itself, time off, the clinic as one document. Only for who has the token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from marshmallow import Schema
from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.credentials import idempotency, if_revision
from gateway.api.operation import READING, WRITING, Asked, Operation, Reply
from gateway.api.paging import page
from gateway.application.errors import Refused
from gateway.schemas import admin as schemas
from gateway.schemas.displaced import DryRun
from gateway.schemas.paging import Page

_TAG = "Administration"
_PRIVATE = {"Cache-Control": "no-store"}
_CHANGING = ("admin_token_invalid", "invalid_entry", *WRITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of entry: its address, how the catalog service calls it, and its schemas."""

    path: str
    one: str
    kind: str
    entry: type[Schema]
    kept: type[Schema]
    listed: type[Schema]


SECTIONS = (
    Section(
        path="locations",
        one="Location",
        kind="location",
        entry=schemas.ClinicLocationEntry,
        kept=schemas.KeptLocation,
        listed=schemas.KeptLocations,
    ),
    Section(
        path="services",
        one="Service",
        kind="service",
        entry=schemas.ClinicServiceEntry,
        kept=schemas.KeptService,
        listed=schemas.KeptServices,
    ),
    Section(
        path="practitioners",
        one="Practitioner",
        kind="practitioner",
        entry=schemas.ClinicPersonEntry,
        kept=schemas.KeptPractitioner,
        listed=schemas.KeptPractitioners,
    ),
    Section(
        path="resources",
        one="Resource",
        kind="resource",
        entry=schemas.ClinicResourceEntry,
        kept=schemas.KeptResource,
        listed=schemas.KeptResources,
    ),
    Section(
        path="schedules",
        one="Schedule",
        kind="schedule",
        entry=schemas.ClinicHoursEntry,
        kept=schemas.KeptSchedule,
        listed=schemas.KeptSchedules,
    ),
)


async def list_entries(asked: Asked, *, section: Section) -> Response:
    entries = await asked.platform.editing.entries(section.kind)
    return JsonResponse(_page(entries, asked), headers=_PRIVATE)


async def show_entry(asked: Asked, *, section: Section) -> Response:
    found = [one for one in await asked.platform.editing.entries(section.kind) if one["id"] == asked.id]
    if not found:
        raise Refused(code="unknown_entry")
    return _kept(found[0])


async def add_entry(asked: Asked, *, section: Section) -> Response:
    key = idempotency(
        asked.request, asked.platform, operation=f"add_{section.kind}", body=asked.raw_body, caller="admin"
    )
    new_id = str(uuid5(NAMESPACE_URL, f"{key.scope} {key.key}")) if key else None
    trying = asked.query["dry_run"]
    try:
        made = await asked.platform.editing.put(section.kind, asked.raw_body, new_id=new_id, dry_run=trying)
    except Refused as refused:
        if refused.code == "already_exists" and new_id is not None and not asked.raw_body.get("key"):
            raise Refused(code="idempotency_key_reused") from refused
        raise
    made = await _with_what_it_displaces(made, asked)
    return _kept(made, status=200 if trying else 201, at=None if trying else f"/v1/admin/{section.path}/{made['id']}")


async def put_entry(asked: Asked, *, section: Section) -> Response:
    seen = if_revision(asked.request)
    trying = asked.query["dry_run"]
    made = await asked.platform.editing.put(
        section.kind, asked.raw_body, id_=asked.id, if_revision=seen, dry_run=trying
    )
    return _kept(await _with_what_it_displaces(made, asked))


async def withdraw_entry(asked: Asked, *, section: Section) -> Response:
    trying = asked.query["dry_run"]
    done = await asked.platform.editing.withdraw(
        section.kind, asked.id, if_revision=if_revision(asked.request), dry_run=trying
    )
    if trying:
        return JsonResponse(await _with_what_it_displaces(done, asked), headers=_PRIVATE)
    return Response(status_code=204, headers=_PRIVATE)


async def list_time_off(asked: Asked) -> Response:
    found = await asked.platform.editing.time_off()
    whose = asked.query.get("practitioner_id")
    return JsonResponse(
        _page([off for off in found if whose in {None, off["practitioner_id"]}], asked), headers=_PRIVATE
    )


async def add_time_off(asked: Asked) -> Response:
    trying = asked.query["dry_run"]
    made = await asked.platform.editing.add_time_off(
        asked.body["practitioner_id"], asked.body["since"], asked.body["until"], dry_run=trying
    )
    return JsonResponse(await _with_what_it_displaces(made, asked), 200 if trying else 201, _PRIVATE)


async def remove_time_off(asked: Asked) -> Response:
    await asked.platform.editing.remove_time_off(asked.id)
    return Response(status_code=204, headers=_PRIVATE)


async def export_clinic(asked: Asked) -> Response:
    exported = await asked.platform.editing.export()
    return JsonResponse(exported["document"], 200, {**_PRIVATE, "ETag": f'"{exported["revision"]}"'})


async def load_clinic(asked: Asked) -> Response:
    seen, trying = if_revision(asked.request), asked.query["dry_run"]
    done = await asked.platform.editing.load(asked.raw_body, if_revision=seen, dry_run=trying)
    return JsonResponse(await _with_what_it_displaces(done, asked), headers=_PRIVATE)


async def _with_what_it_displaces(done: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """The answer; in the place of a dry run's `changes`, what booking says they would do to bookings."""
    changes = done.pop("changes", None)
    if changes is None:
        return done
    return {**done, "displaced": await asked.platform.front_desk.would_displace(changes)}


def _kept(made: dict[str, Any], *, status: int = 200, at: str | None = None) -> Response:
    headers = {**_PRIVATE, "ETag": f'"{made["revision"]}"', **({"Location": at} if at else {})}
    return JsonResponse(made, status, headers)


def _page(items: Sequence[dict[str, Any]], asked: Asked) -> dict[str, object]:
    return page(items, limit=asked.query["limit"], cursor=asked.query.get("cursor"))


def _operations(section: Section) -> Iterator[Operation]:
    path, one = f"/v1/admin/{section.path}", section.one
    whole = f"{path}/{{{'practitioner' if section.kind == 'schedule' else section.kind}_id}}"
    yield Operation(
        id=f"list{one}Entries",
        method="GET",
        path=path,
        tag=_TAG,
        summary=f"List the entries of {section.path}",
        answer=partial(list_entries, section=section),
        query=Page(),
        token="admin",  # noqa: S106  # the kind of token, not a token
        replies={200: Reply(description="The entries", schema=section.listed)},
        refusals=("admin_token_invalid", *READING),
    )
    if section.kind != "schedule":  # a practitioner always has one
        yield Operation(
            id=f"add{one}",
            method="POST",
            path=path,
            tag=_TAG,
            summary=f"Add to {section.path}",
            answer=partial(add_entry, section=section),
            query=schemas.Trying(),
            body=section.entry(),
            token="admin",  # noqa: S106  # as above
            request_headers=("Idempotency-Key",),
            replies={
                200: Reply(description="Judged sound; nothing was changed", schema=section.kept, headers=("ETag",)),
                201: Reply(description="Added", schema=section.kept, headers=("ETag", "Location")),
            },
            refusals=("already_exists", "idempotency_key_reused", *_CHANGING),
        )
    yield Operation(
        id=f"show{one}Entry",
        method="GET",
        path=whole,
        tag=_TAG,
        summary=f"Show an entry of {section.path}",
        answer=partial(show_entry, section=section),
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_entry",
        replies={200: Reply(description="The entry", schema=section.kept, headers=("ETag",))},
        refusals=("admin_token_invalid", "unknown_entry", *READING),
    )
    yield Operation(
        id=f"put{one}",
        method="PUT",
        path=whole,
        tag=_TAG,
        summary=f"Put an entry of {section.path} in the place of what it says now",
        answer=partial(put_entry, section=section),
        query=schemas.Trying(),
        body=section.entry(),
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_entry",
        request_headers=("If-Match",),
        replies={200: Reply(description="As it is now", schema=section.kept, headers=("ETag",))},
        refusals=("unknown_entry", "entry_changed", *_CHANGING),
    )
    if section.kind != "schedule":
        yield Operation(
            id=f"withdraw{one}",
            method="DELETE",
            path=whole,
            tag=_TAG,
            summary=f"Withdraw an entry of {section.path}",
            description="What refers to it must go first. Bookings that were made keep it.",
            answer=partial(withdraw_entry, section=section),
            token="admin",  # noqa: S106  # as above
            unknown_id="unknown_entry",
            query=schemas.Trying(),
            request_headers=("If-Match",),
            replies={
                200: Reply(description="Could be withdrawn; nothing was changed", schema=DryRun),
                204: Reply(description="Withdrawn"),
            },
            refusals=("unknown_entry", "entry_changed", *_CHANGING),
        )


OPERATIONS = [
    *(operation for section in SECTIONS for operation in _operations(section)),
    Operation(
        id="listTimeOff",
        method="GET",
        path="/v1/admin/time-off",
        tag=_TAG,
        summary="List time off",
        answer=list_time_off,
        query=schemas.FindTimeOff(),
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="Time off", schema=schemas.TimesOff)},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="addTimeOff",
        method="POST",
        path="/v1/admin/time-off",
        tag=_TAG,
        summary="Give a practitioner time off",
        description="Saying the same twice adds it once.",
        answer=add_time_off,
        query=schemas.Trying(),
        body=schemas.AddTimeOff(),
        token="admin",  # noqa: S106  # as above
        replies={
            200: Reply(description="Judged sound; nothing was changed", schema=schemas.AddedTimeOff),
            201: Reply(description="Added", schema=schemas.AddedTimeOff),
        },
        refusals=("unknown_practitioner", *_CHANGING),
    ),
    Operation(
        id="removeTimeOff",
        method="DELETE",
        path="/v1/admin/time-off/{time_off_id}",
        tag=_TAG,
        summary="Take a time off away",
        answer=remove_time_off,
        token="admin",  # noqa: S106  # as above
        unknown_id="unknown_entry",
        replies={204: Reply(description="Taken away")},
        refusals=("unknown_entry", *_CHANGING),
    ),
    Operation(
        id="exportClinic",
        method="GET",
        path="/v1/admin/clinic",
        tag=_TAG,
        summary="Export the whole clinic as one document",
        answer=export_clinic,
        token="admin",  # noqa: S106  # as above
        replies={200: Reply(description="The document", schema=schemas.ClinicDocument, headers=("ETag",))},
        refusals=("admin_token_invalid", *READING),
    ),
    Operation(
        id="loadClinic",
        method="PUT",
        path="/v1/admin/clinic",
        tag=_TAG,
        summary="Make the clinic what a document says",
        description="What the document does not have is withdrawn. With one problem nothing is changed.",
        answer=load_clinic,
        query=schemas.Trying(),
        body=schemas.ClinicDocument(),
        token="admin",  # noqa: S106  # as above
        request_headers=("If-Match",),
        replies={200: Reply(description="What changed", schema=schemas.Loaded)},
        refusals=("invalid_catalog", "entry_changed", "admin_token_invalid", *WRITING),
    ),
]
