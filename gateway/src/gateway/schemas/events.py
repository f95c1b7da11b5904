"""The catalog's events, as far as guests may see them. Everything else in them is neither read nor kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from gateway.domain.catalog import Entity, Kind
from gateway.schemas.catalog import Location, Practitioner, Service
from gateway.schemas.projection import projector


class _State(Schema):
    """What every entity has, beside its view."""

    version = fields.Integer(required=True, strict=True)
    deleted = fields.Boolean(required=True)

    class Meta:
        unknown = EXCLUDE


class _Skilled(_State):
    skills = fields.List(fields.String(), required=True)


class _Requirement(Schema):
    kind = fields.String(required=True)
    skill = fields.String(allow_none=True)
    count = fields.Integer(load_default=1)
    capacity = fields.Integer(load_default=1)

    class Meta:
        unknown = EXCLUDE


class _Requiring(_State):
    requirements = fields.List(fields.Nested(_Requirement), required=True)


class _TextRow(Schema):
    path = fields.String(required=True)
    language = fields.String(required=True)
    text = fields.String(required=True)

    class Meta:
        unknown = EXCLUDE


class _KeptLocation(Location):
    texts = fields.List(fields.Nested(_TextRow))


class _KeptService(Service):
    texts = fields.List(fields.Nested(_TextRow))


class _KeptPractitioner(Practitioner):
    texts = fields.List(fields.Nested(_TextRow))


@dataclass(frozen=True, slots=True)
class Reading:
    """How events about one kind of entity are read."""

    kind: Kind
    state: Schema
    view: Schema
    skills: Callable[[Mapping[str, Any]], Iterable[str]]
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {}
    """What guests see of it that follows from what they do not see."""

    def read(self, data: Mapping[str, Any]) -> Entity:
        """The entity in an event's `data`. Raises ValidationError."""
        state = self.state.load(data)
        named = {**data, "id": data.get(f"{self.kind}_id")}
        self.view.load(named)
        return Entity(
            kind=self.kind,
            id=named["id"],
            version=state["version"],
            deleted=state["deleted"],
            view=projector(self.view)({**named, **self.shown(state)}),
            skills=frozenset(self.skills(state)),
        )


def _guests(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """As many as the room is for, if each has a practitioner of their own: four hands for one are for one."""
    needs = state["requirements"]
    places = max((need["capacity"] for need in needs if need["kind"] != "practitioner"), default=1)
    practitioners = sum(need["count"] for need in needs if need["kind"] == "practitioner")
    return {"guests": places if places == practitioners else 1}


LOCATION = Reading("location", _State(), _KeptLocation(), lambda _: ())
SERVICE = Reading(
    "service",
    _Requiring(),
    _KeptService(),
    lambda state: (one["skill"] for one in state["requirements"] if one.get("skill")),
    _guests,
)
PRACTITIONER = Reading("practitioner", _Skilled(), _KeptPractitioner(), lambda state: state["skills"])
