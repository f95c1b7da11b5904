"""What editors of the catalog send and read. The entries themselves are those of the clinic file."""

from typing import Any

from marshmallow import INCLUDE, fields, validate

from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.displaced import WouldDisplace
from gateway.schemas.fields import Id, Instant, TruthInQuery
from gateway.schemas.paging import Page
from gateway.schemas.values import identifier, text, whole


class FromClinicFile(Request):
    """An object of the clinic file. The catalog service judges it; the API's document shows the file's own schema."""

    class Meta:
        unknown = INCLUDE


class ClinicLocationEntry(FromClinicFile):
    """A branch."""


class ClinicServiceEntry(FromClinicFile):
    """A service."""


class ClinicPersonEntry(FromClinicFile):
    """A practitioner, hours aside."""


class ClinicResourceEntry(FromClinicFile):
    """A room, a piece of equipment or a place."""


class ClinicHoursEntry(FromClinicFile):
    """A practitioner's hours."""


class ClinicDocument(FromClinicFile):
    """A whole clinic."""


class FindTimeOff(Page):
    """Whose time off."""

    practitioner_id = Id(metadata={"description": "Only this practitioner's"})


class Trying(Query):
    """Whether it is meant."""

    dry_run = TruthInQuery(
        load_default=False, metadata={"description": "`true`: judge it, answer as if it were done, change nothing"}
    )


def _would_displace() -> Any:
    return fields.Nested(WouldDisplace, metadata={"description": "Of a dry run: the bookings that it would displace"})


class AddTimeOff(Request):
    """Away from a moment on, until another."""

    practitioner_id = Id(required=True)
    since = Instant(required=True, data_key="from")
    until = Instant(required=True, data_key="to")


class TimeOff(Answer):
    """A practitioner's time off. It has no reason: that might be about health."""

    id = identifier()
    practitioner_id = identifier()
    since = fields.String(required=True, data_key="from", metadata={"format": "date-time"})
    until = fields.String(required=True, data_key="to", metadata={"format": "date-time"})


class AddedTimeOff(TimeOff):
    """The same, added just now."""

    displaced = _would_displace()


class TimesOff(Answer):
    """One page of time off."""

    items = fields.List(fields.Nested(TimeOff), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class FieldChanged(Answer):
    """One field, before and after."""

    field = text()
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class EntityChanged(Answer):
    """One thing that would be added, changed or withdrawn."""

    kind = text(example="service")
    id = identifier()
    name = text()
    what = fields.String(required=True, validate=validate.OneOf(["added", "changed", "withdrawn"]))
    fields_ = fields.List(fields.Nested(FieldChanged), required=True, data_key="fields")


class Loaded(Answer):
    """What loading the document did, or (a dry run) would do."""

    added = whole()
    changed = whole()
    withdrawn = whole()
    unchanged = whole()
    difference = fields.List(fields.Nested(EntityChanged), metadata={"description": "Of a dry run: what would change"})
    displaced = _would_displace()


def _kept(entry: type[FromClinicFile], name: str) -> type[Answer]:
    members: dict[str, Any] = {
        "__doc__": "An entry as it is kept: its id, its revision (send it back as If-Match), and what it says.",
        "id": identifier(),
        "revision": whole(),
        "entry": fields.Nested(entry, required=True),
        "displaced": _would_displace(),
    }
    return type(name, (Answer,), members)


def _page_of(kept: type[Answer], name: str) -> type[Answer]:
    members: dict[str, Any] = {
        "__doc__": "One page of entries.",
        "items": fields.List(fields.Nested(kept), required=True),
        "next_cursor": fields.String(required=True, allow_none=True),
    }
    return type(name, (Answer,), members)


KeptLocation = _kept(ClinicLocationEntry, "KeptLocation")
KeptService = _kept(ClinicServiceEntry, "KeptService")
KeptPractitioner = _kept(ClinicPersonEntry, "KeptPractitioner")
KeptResource = _kept(ClinicResourceEntry, "KeptResource")
KeptSchedule = _kept(ClinicHoursEntry, "KeptSchedule")
KeptLocations = _page_of(KeptLocation, "KeptLocations")
KeptServices = _page_of(KeptService, "KeptServices")
KeptPractitioners = _page_of(KeptPractitioner, "KeptPractitioners")
KeptResources = _page_of(KeptResource, "KeptResources")
KeptSchedules = _page_of(KeptSchedule, "KeptSchedules")
