"""Wire to values and back, for the rules as staff see and change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args

from marshmallow import Schema, fields, validate

from notifications.application.rule_terms import SavedTerms, Standing, Unworkable
from notifications.domain.moments import Anchor, At, Earliest, Moment
from notifications.domain.rules import BY_NAME, MODALITIES, Rule
from notifications.domain.terms import Terms
from notifications.domain.values import Channel, Happening, LocationId
from notifications.schemas import zulu

_MINUTE = timedelta(minutes=1)
_YEAR = 366 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAsked:
    """Terms that staff want to save for a rule; None for the default."""

    location_id: LocationId
    rule: Rule
    terms: Terms | None
    by: str
    modality: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAsked:
    """Whose rules to show, as they stand for a modality if one is named; with `rule` the versions of that one."""

    location_id: LocationId
    rule: str | None
    modality: str | None


class _When(Schema):
    anchor = fields.String(required=True, validate=validate.OneOf(get_args(Anchor), error="knows {choices}"))
    minutes = fields.Integer(load_default=0, strict=True, validate=validate.Range(-_YEAR, _YEAR))
    days = fields.Integer(load_default=0, strict=True, validate=validate.Range(-366, 366))
    clock = fields.Time(format="%H:%M", load_default=None, allow_none=True)


class _Terms(Schema):
    enabled = fields.Boolean(load_default=True)
    channels = fields.List(
        fields.String(validate=validate.OneOf([channel.value for channel in Channel], error="knows {choices}")),
        load_default=None,
    )
    events = fields.List(
        fields.String(validate=validate.OneOf([what.value for what in Happening], error="knows {choices}")),
        load_default=None,
        allow_none=True,
    )
    due = fields.List(fields.Nested(_When), load_default=None, allow_none=True, validate=validate.Length(1, 3))
    fallback_minutes = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(min=0))


def _modality() -> fields.String:
    known = validate.OneOf(MODALITIES, error="knows {choices}")
    return fields.String(load_default=None, allow_none=True, validate=known)


_KNOWN = validate.OneOf(sorted(BY_NAME), error="knows {choices}")


class _Asked(Schema):
    location_id = fields.UUID(required=True)
    rule = fields.String(required=True, validate=_KNOWN)
    terms = fields.Nested(_Terms, load_default=None, allow_none=True)
    by = fields.String(required=True, validate=validate.Length(min=1, max=200))
    modality = _modality()


class _Whose(Schema):
    location_id = fields.UUID(required=True)
    rule = fields.String(load_default=None, allow_none=True, validate=_KNOWN)
    modality = _modality()


_ASKED = _Asked()
_WHOSE = _Whose()


def load_terms(wire: Mapping[str, Any]) -> TermsAsked:
    """Terms to save; a ValidationError for what can't be read."""
    read = _ASKED.load(wire)
    return TermsAsked(
        location_id=LocationId(str(read["location_id"])),
        rule=BY_NAME[read["rule"]],
        terms=_terms(read["terms"], BY_NAME[read["rule"]]) if read["terms"] is not None else None,
        by=read["by"],
        modality=read["modality"],
    )


def load_whose(wire: Mapping[str, Any]) -> RulesAsked:
    """Whose rules to show; a ValidationError for what can't be read."""
    read = _WHOSE.load(wire)
    return RulesAsked(location_id=LocationId(str(read["location_id"])), rule=read["rule"], modality=read["modality"])


def _terms(read: Mapping[str, Any], default: Rule) -> Terms:
    due, events = read["due"], read["events"]
    channels = default.channels
    if read["channels"] is not None:
        channels = frozenset(Channel(name) for name in read["channels"])
    return Terms(
        enabled=read["enabled"],
        channels=channels,
        events=frozenset(Happening(name) for name in events) if events is not None else None,
        due=tuple(map(_moment, due)) if due is not None else None,
        fallback_after=_fallback(read["fallback_minutes"], default if Channel.SMS in channels else None),
    )


def _moment(read: Mapping[str, Any]) -> At:
    return At(read["anchor"], read["minutes"] * _MINUTE, days=read["days"], clock=read["clock"])


def _fallback(minutes: int | None, default: Rule | None) -> timedelta | None:
    """None where no e-mail takes a text's place: by wish (0), or because there is no text."""
    if minutes is None:
        return default.fallback_after if default else None
    return minutes * _MINUTE or None


def dump_standing(standing: Standing) -> dict[str, Any]:
    """A rule as it stands: what owes it, when, how, and since when it is so."""
    rule, saved = standing.rule, standing.saved
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "enabled": standing.enabled,
        "events": sorted(rule.owed_by),
        "channels": sorted(rule.channels),
        "recipient": rule.recipient.value,
        "modalities": sorted(rule.modalities or MODALITIES),
        "modality": saved.scope.modality if saved else None,
        "due": _times(rule.due),
        "useful_until": _times(rule.useful_until)[0],
        "fallback_minutes": _minutes(rule.fallback_after),
        "changed": bool(saved and saved.terms),
        "version": saved.version if saved else 0,
        "saved_at": zulu(saved.saved_at) if saved else None,
        "saved_by": saved.saved_by if saved else None,
    }


def dump_version(saved: SavedTerms) -> dict[str, Any]:
    """One version of a location's terms; null where the default was taken again."""
    return {
        "rule": saved.scope.rule,
        "modality": saved.scope.modality,
        "version": saved.version,
        "terms": _dump(saved.terms) if saved.terms else None,
        "saved_at": zulu(saved.saved_at),
        "saved_by": saved.saved_by,
    }


def unworkable(problem: Unworkable) -> dict[str, Any]:
    """The refusal of terms that could never work, field by field."""
    wrong = [{"field": fault.field, "problem": fault.problem} for fault in problem.faults]
    return {"refused": {"code": "rule_invalid", "detail": "This rule could never work so.", "fields": wrong}}


def _dump(terms: Terms) -> dict[str, Any]:
    return {
        "enabled": terms.enabled,
        "channels": sorted(terms.channels),
        "events": sorted(terms.events) if terms.events is not None else None,
        "due": [_time(moment) for moment in terms.due] if terms.due is not None else None,
        "fallback_minutes": _minutes(terms.fallback_after),
    }


def _times(moment: Moment) -> list[dict[str, Any]]:
    if isinstance(moment, Earliest):
        return [time for one in moment.moments for time in _times(one)]
    return [_time(moment)] if isinstance(moment, At) else []


def _time(moment: At) -> dict[str, Any]:
    clock = moment.clock.isoformat("minutes") if moment.clock is not None else None
    return {"anchor": moment.anchor, "minutes": _minutes(moment.offset), "days": moment.days, "clock": clock}


def _minutes(span: timedelta | None) -> int:
    return int((span or timedelta()) / _MINUTE)
