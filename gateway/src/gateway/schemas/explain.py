"""Why a start is not offered: how to ask, and the answers."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.fields import Id, Instant, InstantInQuery, WholeInQuery
from gateway.schemas.parties import guests_wanted
from gateway.schemas.preferences import PreferencesInQuery, preferences
from gateway.schemas.values import identifier, instant, text, whole

REASONS = {
    "in_the_past": "the time has passed",
    "too_soon": "online booking closes a while before the start",
    "beyond_horizon": "bookings do not open that far ahead",
    "by_phone_only": "it is booked by phone (staff are told; guests are refused with the number)",
    "on_request_only": "it is arranged on request (staff are told; guests are refused with the number)",
    "closed": "the house is not open throughout",
    "not_on_grid": "no appointment starts at such a minute",
    "nobody_gives_it": "too few practitioners there ever give it",
    "nobody_works": "too few of them work throughout",
    "all_taken": "too few of those who work are free",
    "no_room": "a room or a piece of equipment is missing",
    "held": "another guest keeps it for some minutes",
    "not_as_wished": "of those who are free too few are what is wished for; with fewer wishes it would be offered",
}
OBSTACLES = {
    "outside_hours": "does not work then",
    "break": "has a break",
    "time_off": "has time off",
    "licence_ends": "holds no valid licence that day",
    "closed": "the house is not open throughout",
    "lacks_skill": "does not have the skill",
    "lacks_licence": "has the skill, and no licence for the region",
    "taken": "is allocated, buffers included",
    "held": "is kept by another guest for some minutes",
    "not_as_wished": "is not, or does not say to be, what is wished for",
}


def _told(meanings: dict[str, str]) -> str:
    return "; ".join(f"`{code}`: {meaning}" for code, meaning in meanings.items())


_START = {"example": "2026-12-01T12:30:00+01:00"}
_MOVING = "The booking that is to be moved: what it claims is no reason. "


class ExplainStartToStaff(PreferencesInQuery, Query):
    """Which start, of what."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    start = InstantInQuery(required=True, metadata=_START)
    duration_minutes = WholeInQuery(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(metadata={"description": "By this practitioner; by anyone if left out"})
    booking_id = Id(metadata={"description": _MOVING})


class ExplainStart(ExplainStartToStaff):
    """The same, asked by a guest."""

    booking_id = Id(metadata={"description": f"{_MOVING}Send its token as Authorization: Bearer <manage token>"})


class ExplainParty(Request):
    """Which start, for whom: several guests, or add-ons."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    start = Instant(required=True, metadata=_START)
    guests = guests_wanted()
    preferences = preferences("What all guests wish alike; where `guests` are named, each has their own")


class Explanation(Answer):
    """Whether a start is offered, and if not why."""

    location_id = identifier()
    service_id = identifier()
    zone = text(example="Europe/Paris")
    duration_minutes = whole()
    start = instant()
    end = instant()
    offered = fields.Boolean(required=True)
    reasons = fields.List(
        fields.String(validate=validate.OneOf(list(REASONS))),
        required=True,
        metadata={"description": f"None if and only if it is offered. {_told(REASONS)}"},
    )


class By(Answer):
    """What takes a resource."""

    kind = fields.String(required=True, validate=validate.OneOf(["booking", "block", "lease"]))
    id = identifier()


class Obstacle(Answer):
    """What keeps a resource."""

    code = fields.String(
        required=True, validate=validate.OneOf(list(OBSTACLES)), metadata={"description": _told(OBSTACLES)}
    )
    since = fields.String(required=True, allow_none=True, data_key="from", metadata={"format": "date-time"})
    until = fields.String(required=True, allow_none=True, data_key="to", metadata={"format": "date-time"})
    by = fields.Nested(By, required=True, allow_none=True)


class Standing(Answer):
    """A practitioner of the house, or a room or piece of equipment that would serve."""

    id = identifier()
    name = text()
    needed_for = text(description="The skill, or the kind of room or equipment", example="deep_tissue")
    free = fields.Boolean(required=True)
    obstacles = fields.List(fields.Nested(Obstacle), required=True)


class ExplanationForStaff(Explanation):
    """The same, and what keeps each resource."""

    resources = fields.List(fields.Nested(Standing), required=True)
