"""A practitioner and their hours in the document."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from catalog import fields as written
from catalog.domain.hours import Span, Validity, WeeklyHours
from catalog.domain.practitioner import Gender, Licence
from catalog.domain.schedule import OneOff, TimeOff
from catalog.domain.shift import Rhythm, Shift
from catalog.schemas.base import REGION, EntrySchema, SpanSchema, Strict, WeeklyHoursSchema, optional, told


class LicenceSchema(Strict):
    """The right to practise."""

    makes = Licence
    number = written.Text(longest=60, **told("Never leaves the clinic."))
    region = written.Word(REGION, like="FR or US-NY", **told("Where it holds."))
    expires_on = written.Day(**told("Its last day."))


class ShiftSchema(WeeklyHoursSchema):
    """Working hours at one branch."""

    location_id = written.Reference("location", data_key="location", **told("The branch's key or id."))
    breaks = written.Several(fields.Nested(SpanSchema), **told("Inside the shift."))
    valid_from = written.Day(**optional("The first day on which it holds."))
    valid_to = written.Day(**optional("The last day on which it holds."))
    every_weeks = written.Count(1, 8, load_default=1, **told("2 for every other week, and so on."))
    from_week_of = written.Day(**optional("Any day of a week that counts; needed with `every_weeks`."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        every = data["every_weeks"]
        return Shift(
            location_id=data["location_id"],
            hours=WeeklyHours(days=data["days"], span=Span(start=data["start"], end=data["end"])),
            breaks=data["breaks"],
            validity=Validity(first=data["valid_from"], last=data["valid_to"]),
            rhythm=Rhythm(every_weeks=every, from_week_of=data["from_week_of"] if every > 1 else None),
        )


class OneOffSchema(SpanSchema):
    """Hours on one day alone, beside those of the week."""

    location_id = written.Reference("location", data_key="location", **told("The branch's key or id."))
    day = written.Day(data_key="date", **told("The day on which they begin."))
    breaks = written.Several(fields.Nested(SpanSchema), **told("Inside the hours."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        span = Span(start=data["start"], end=data["end"])
        return OneOff(location_id=data["location_id"], day=data["day"], span=span, breaks=data["breaks"])


class TimeOffSchema(Strict):
    """Away, whatever the hours say. No reason is kept: it might be about health."""

    makes = TimeOff
    start = written.Instant(data_key="from", **told("With an offset: `2026-12-21T00:00:00+01:00`."))
    end = written.Instant(data_key="to", **told("The first moment back."))


class HoursSchema(Strict):
    """When a practitioner works."""

    weekly = written.Several(fields.Nested(ShiftSchema), **told("Hours that come back."))
    one_off = written.Several(fields.Nested(OneOffSchema), **told("Hours on one day."))
    time_off = written.Several(fields.Nested(TimeOffSchema), **told("Holidays and the like."))
    daily_hands_on_minutes = written.Count(15, 24 * 60, **optional("How many minutes a day the hands can take."))


class PersonSchema(EntrySchema):
    """A practitioner, hours aside."""

    name = written.Text(**told("As guests read it."))
    title = written.Words(**told("What they are."))
    gender = written.Choice(Gender, **optional("For guests who have a preference; only if they want it told."))
    skills = written.Several(written.Skill(), least=1, **told("Words that requirements ask for."))
    languages = written.Several(written.Word(r"[a-z]{2,3}", like="fr"), least=1, **told("What they speak with guests."))
    location_ids = written.Several(
        written.Reference("location"), least=1, data_key="locations", **told("Where they work.")
    )
    licence = written.Part(LicenceSchema, **optional("Physical therapy needs one, for the branch's region."))
    licences = written.Several(fields.Nested(LicenceSchema), **told("Instead of `licence`, of who has several."))

    @validates_schema
    def _says_it_once(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("licence") is not None and data.get("licences"):
            raise ValidationError("stands beside `licences`: name all in one of them", "licence")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        only = data.pop("licence", None)
        made: dict[str, Any] = super()._make(data)
        return {**made, "licences": (only,) if only is not None else made["licences"]}


class PractitionerSchema(PersonSchema, HoursSchema):
    """Someone who treats, and when."""
