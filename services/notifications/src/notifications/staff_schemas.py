"""Wire to values and back, for what staff ask and for what guests answer by text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from notifications.application.conversation import Call, Confirmed, Incoming
from notifications.application.ports import Line, Wanted
from notifications.application.preview import Preview, PreviewAsked
from notifications.application.wordings import Saved
from notifications.domain.receipt import Fate, Receipt
from notifications.domain.replies import LANGUAGES
from notifications.domain.rules import BY_NAME, RULES
from notifications.domain.values import BookingId, Channel, Key, LocationId, Recipient, State
from notifications.domain.wordings import Fault, Spot, Wording
from notifications.schemas import dump_entry, zulu

_PROVIDERS = ["twilio", "vonage", "http"]
_CARRIERS = [*_PROVIDERS, "smtp"]
_KEY = re.compile(
    r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d{1,9}):([a-z_]{1,40}):(email|sms)(?::(practitioner|desk))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingAsked:
    """Words to save, and who saves them; None gives the spot back to the house's own."""

    spot: Spot
    wording: Wording | None
    by: str


class _Incoming(Schema):
    provider = fields.String(required=True, validate=validate.OneOf(_PROVIDERS))
    provider_id = fields.String(required=True, validate=validate.Length(min=1, max=200))
    number = fields.String(required=True, validate=validate.Length(max=200))
    text = fields.String(required=True)


class _Words(Schema):
    text = fields.String(required=True)
    subject = fields.String(load_default="")


class _Wording(Schema):
    location_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(sorted({rule.kind for rule in RULES})))
    channel = fields.String(required=True, validate=validate.OneOf([channel.value for channel in Channel]))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    words = fields.Nested(_Words, load_default=None, allow_none=True)
    by = fields.String(required=True, validate=validate.Length(min=1, max=200))


class _Preview(Schema):
    draft = fields.Nested(_Words, load_default=None, allow_none=True)
    booking_id = fields.UUID(required=True)
    rule = fields.String(required=True, validate=validate.OneOf(sorted(BY_NAME)))
    channel = fields.String(required=True, validate=validate.OneOf([channel.value for channel in Channel]))
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))


class _Cost(Schema):
    amount = fields.Decimal(required=True, allow_nan=False)
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}$"))


class _Receipt(Schema):
    provider = fields.String(required=True, validate=validate.OneOf(_CARRIERS))
    provider_id = fields.String(required=True, validate=validate.Length(min=1, max=255))
    key = fields.String(load_default=None, allow_none=True)
    fate = fields.String(required=True, validate=validate.OneOf([fate.value for fate in Fate]))
    problem = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    cost = fields.Nested(_Cost, load_default=None, allow_none=True)
    gone = fields.Boolean(load_default=False)


class _Ledger(Schema):
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([state.value for state in State]))
    rule = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    channel = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([channel.value for channel in Channel])
    )
    location_id = fields.UUID(load_default=None, allow_none=True)
    booking_id = fields.UUID(load_default=None, allow_none=True)
    practitioner_id = fields.UUID(load_default=None, allow_none=True)
    since = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
    until = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
    before = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 100))


_LEDGER = _Ledger()


def load_wanted(wire: Mapping[str, Any]) -> Wanted:
    """Which lines of the ledger are asked for; a ValidationError for a question that can't be read."""
    read = _LEDGER.load(wire)
    return Wanted(
        state=State(read["state"]) if read["state"] else None,
        rule=read["rule"],
        channel=Channel(read["channel"]) if read["channel"] else None,
        location_id=LocationId(str(read["location_id"])) if read["location_id"] else None,
        booking_id=BookingId(str(read["booking_id"])) if read["booking_id"] else None,
        practitioner_id=str(read["practitioner_id"]) if read["practitioner_id"] else None,
        since=read["since"],
        until=read["until"],
        before=read["before"],
        limit=read["limit"],
    )


def dump_line(line: Line) -> dict[str, Any]:
    """A line of the whole ledger: what a booking's own list says, and which booking and location it is about."""
    about = {
        "number": line.number,
        "booking_id": line.entry.key.booking_id,
        "location_id": line.location_id,
        "practitioner_id": line.practitioner_id,
    }
    return {**about, **dump_entry(line.entry)}


def load_receipt(wire: Mapping[str, Any]) -> Receipt:
    """A provider's receipt; a ValidationError for one that can't be read. A key that is none of ours is no key."""
    read = _Receipt().load(wire)
    cost = read["cost"] or {}
    return Receipt(
        provider=read["provider"],
        provider_id=read["provider_id"],
        key=_key(read["key"] or ""),
        fate=Fate(read["fate"]),
        problem=read["problem"],
        cost=cost.get("amount"),
        currency=cost.get("currency"),
        gone=read["gone"],
    )


def _key(text: str) -> Key | None:
    """The key that its own spelling says, None for anything else."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    booking_id, revision, rule, channel, whom = found.groups()
    return Key(
        booking_id=BookingId(booking_id),
        revision=int(revision),
        rule=rule,
        channel=Channel(channel),
        recipient=Recipient(whom or Recipient.GUEST),
    )


def load_incoming(wire: Mapping[str, Any]) -> Incoming:
    """A guest's text; a ValidationError for one that can't be read."""
    return Incoming(**_Incoming().load(wire))


def load_preview(wire: Mapping[str, Any]) -> PreviewAsked:
    """A question for a preview; a ValidationError for one that can't be read."""
    read = _Preview().load(wire)
    return PreviewAsked(
        booking_id=BookingId(str(read["booking_id"])),
        rule=BY_NAME[read["rule"]],
        channel=Channel(read["channel"]),
        language=read["language"],
        draft=Wording(**read["draft"]) if read["draft"] else None,
    )


def load_wording(wire: Mapping[str, Any]) -> WordingAsked:
    """Words to save; a ValidationError for what can't be read."""
    read = _Wording().load(wire)
    spot = Spot(
        location_id=str(read["location_id"]),
        kind=read["kind"],
        channel=Channel(read["channel"]),
        language=read["language"],
    )
    return WordingAsked(spot=spot, wording=Wording(**read["words"]) if read["words"] else None, by=read["by"])


def dump_wording(saved: Saved) -> dict[str, Any]:
    """Words as staff see them; null where the house's own stand again."""
    words = saved.wording
    return {
        "kind": saved.spot.kind,
        "channel": saved.spot.channel.value,
        "language": saved.spot.language,
        "version": saved.version,
        "words": words and {"subject": words.subject, "text": words.text},
        "saved_at": zulu(saved.saved_at),
        "saved_by": saved.saved_by,
    }


def unfit(faults: Sequence[Fault]) -> dict[str, Any]:
    """The refusal of words that could fail when sending, part by part."""
    wrong = [{"field": fault.part, "problem": fault.problem} for fault in faults]
    return {"refused": {"code": "template_invalid", "detail": "These words cannot be used.", "fields": wrong}}


def dump_confirmed(confirmed: Confirmed) -> dict[str, Any]:
    """A guest's C."""
    return {"revision": confirmed.revision, "confirmed_at": zulu(confirmed.confirmed_at)}


def dump_call(call: Call) -> dict[str, Any]:
    """A call owed: which booking, and why; whoever calls asks booking for the number."""
    return {
        "id": call.id,
        "booking_id": call.booking_id,
        "revision": call.revision,
        "reason": call.reason.value,
        "made_at": zulu(call.made_at),
    }


def dump_preview(shown: Preview) -> dict[str, Any]:
    """A message as its guest would read it; a text with its parts as networks bill them."""
    letter, parts = shown.letter, shown.segments
    return {
        "channel": letter.key.channel.value,
        "language": letter.language,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "segments": parts and {"alphabet": parts.alphabet, "units": parts.units, "count": parts.count},
    }


def refusal(code: str, problem: ValidationError) -> dict[str, Any]:
    """The refusal of a question that can't be read, field by field."""
    wrong = [{"field": place, "problem": told} for place, told in _places(problem.messages_dict)]
    return {"refused": {"code": code, "detail": "Something in the request is not valid.", "fields": wrong}}


def _places(found: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every place that is wrong, such as `terms.due.0.anchor`, and what is."""
    for name, texts in found.items():
        if isinstance(texts, Mapping):
            yield from _places(texts, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", " ".join(map(str, texts if isinstance(texts, list) else [texts]))
