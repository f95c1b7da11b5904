"""Which messages a branch sends, when and how: what staff send and read."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.catalog import MODALITIES
from gateway.schemas.fields import Choice, Id, Text, Truth, Whole
from gateway.schemas.messages import CHANNELS, RECIPIENTS
from gateway.schemas.values import instant, text, whole

_NAME = "^[a-z_]{1,40}$"
_YEAR = 366 * 24 * 60


class When(Request):
    """A time that hangs on the booking: minutes of elapsed time from one of its moments, negative before it; or days
    from it by the branch's clock, at the same time of day or at `clock`.
    """

    anchor = Text(most=40, pattern=_NAME, required=True, metadata={"description": "`start`, `end`, `free_until`"})
    minutes = Whole(least=-_YEAR, most=_YEAR, required=True)
    days = Whole(least=-366, most=366, metadata={"description": "negative before it"})
    clock = Text(most=5, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", allow_none=True)


class Terms(Request):
    """How a branch wants a rule. What is left out is as by default."""

    enabled = Truth(metadata={"description": "false: it is not sent, and the ledger says `rule_off`"})
    channels = fields.List(Choice(*CHANNELS), validate=validate.Length(max=2))
    events = fields.List(
        Text(most=40, pattern=_NAME),
        allow_none=True,
        validate=validate.Length(max=20),
        metadata={"description": "which of the rule's events still owe it"},
    )
    due = fields.List(
        fields.Nested(When),
        allow_none=True,
        validate=validate.Length(min=1, max=3),
        metadata={"description": "when a reminder goes out; the earliest counts"},
    )
    fallback_minutes = Whole(
        least=0,
        most=24 * 60,
        metadata={
            "description": "an e-mail follows a text that has not arrived by then, where none is sent anyway; 0: never"
        },
    )


class WhoseRules(Query):
    """Whose rules."""

    location_id = Id(required=True)
    modality = Choice(*MODALITIES, metadata={"description": "as they stand for treatments of this modality"})


class WhoseVersions(Query):
    """The versions of whose rules, or of one of them."""

    location_id = Id(required=True)

    rule = Text(most=40, pattern=_NAME)


class SaveRule(Request):
    """How a branch wants a rule from now on; without `terms` by default again."""

    location_id = Id(required=True)
    rule = Text(most=40, pattern=_NAME, required=True)
    modality = Choice(
        *MODALITIES,
        allow_none=True,
        metadata={"description": "for treatments of this modality alone; without it wherever nothing else is said"},
    )
    terms = fields.Nested(Terms, allow_none=True)


class Moment(Answer):
    """A time that hangs on the booking."""

    anchor = text()
    minutes = fields.Integer(required=True, metadata={"description": "after it; negative before it"})
    days = fields.Integer(required=True, metadata={"description": "likewise, by the branch's clock"})
    clock = fields.String(required=True, allow_none=True, metadata={"description": "at which time of that day"})


_CHANNELS = fields.List(fields.String(validate=validate.OneOf(CHANNELS)), required=True)
_FALLBACK = fields.Integer(required=True, metadata={"description": "0: no e-mail takes a text's place"})


class Rule(Answer):
    """A rule as it stands at a branch. `version` is 0 where nobody ever changed it."""

    rule = text()
    kind = fields.String(required=True, metadata={"description": "which words it uses"})
    enabled = fields.Boolean(required=True)
    events = fields.List(fields.String(), required=True, metadata={"description": "what owes it"})
    channels = _CHANNELS
    recipient = fields.String(required=True, validate=validate.OneOf(RECIPIENTS))
    modalities = fields.List(fields.String(), required=True, metadata={"description": "of which treatments by default"})
    modality = fields.String(
        required=True, allow_none=True, metadata={"description": "null: as for all, nothing else is said of this one"}
    )
    due = fields.List(fields.Nested(Moment), required=True, metadata={"description": "the earliest counts"})
    useful_until = fields.Nested(Moment, required=True)
    fallback_minutes = _FALLBACK
    changed = fields.Boolean(required=True, metadata={"description": "whether it is other than by default"})
    version = whole()
    saved_at = instant(nullable=True)
    saved_by = fields.String(required=True, allow_none=True)


class Rules(Answer):
    """Every rule, in the order in which they are told."""

    items = fields.List(fields.Nested(Rule), required=True)


class SavedTerms(Answer):
    """How a branch wanted a rule; null is as by default."""

    enabled = fields.Boolean(required=True)
    channels = _CHANNELS
    events = fields.List(fields.String(), required=True, allow_none=True)
    due = fields.List(fields.Nested(Moment), required=True, allow_none=True)
    fallback_minutes = _FALLBACK


class RuleVersion(Answer):
    """Who had a rule how, since when; without terms by default again."""

    rule = text()
    modality = fields.String(required=True, allow_none=True)
    version = whole()
    terms = fields.Nested(SavedTerms, required=True, allow_none=True)
    saved_at = instant()
    saved_by = text()


class RuleVersions(Answer):
    """Every version, the newest first."""

    items = fields.List(fields.Nested(RuleVersion), required=True)
