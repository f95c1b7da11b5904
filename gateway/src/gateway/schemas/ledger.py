"""The ledger of messages, calls that are owed, and a location's own words: what staff send and read."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.fields import Choice, Id, InstantInQuery, Prose, Text, Whole
from gateway.schemas.messages import CHANNELS, STATES, Message
from gateway.schemas.paging import Page
from gateway.schemas.values import Money, identifier, instant, text, whole

LANGUAGES = ("en", "fr", "es")
_RULE = "^[a-z_]{1,40}$"


class FindMessages(Page):
    """Which lines of the ledger."""

    state = Choice(*STATES, metadata={"description": "Only what stands so"})
    rule = Text(most=40, pattern=_RULE, metadata={"description": "Only what this rule owed"})
    channel = Choice(*CHANNELS)
    location_id = Id()
    booking_id = Id()
    practitioner_id = Id(metadata={"description": "Only what is about this practitioner's days"})
    since = InstantInQuery(data_key="from", metadata={"description": "Due then or later"})
    until = InstantInQuery(data_key="to", metadata={"description": "Due before"})


class LedgerLine(Message):
    """One message that was owed, and which booking and branch it is about. No address and no text.

    One about a practitioner's day says whose; `booking_id` is then the day's own.
    """

    booking_id = identifier()
    location_id = identifier()
    practitioner_id = fields.String(dump_default=None, allow_none=True, metadata={"format": "uuid"})
    provider = fields.String(required=True, allow_none=True)
    provider_id = fields.String(required=True, allow_none=True, metadata={"description": "the provider's name for it"})
    problem = fields.String(required=True, allow_none=True, metadata={"description": "the code that its provider gave"})
    segments = fields.Integer(required=True, allow_none=True, metadata={"description": "parts of a text, as billed"})
    cost = fields.Nested(Money, required=True, allow_none=True)


class LedgerLines(Answer):
    """A page of the ledger, the newest lines first."""

    items = fields.List(fields.Nested(LedgerLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OwedCall(Answer):
    """A guest to be called: nothing else reaches them, or only a person understands what they wrote."""

    number = whole()
    booking_id = identifier()
    revision = whole()
    reason = fields.String(required=True, validate=validate.OneOf(["no_channel", "answer_to_read"]))
    made_at = instant()


class OwedCalls(Answer):
    """The calls that are owed, the longest owed first."""

    items = fields.List(fields.Nested(OwedCall), required=True)


class CallDone(Request):
    """Which guest was called."""

    number = Whole(least=1, most=2**53, required=True)


class Words(Request):
    """What to say: variables in double braces, as `{{ time }}`. A text message has no subject."""

    subject = Text(most=200)
    text = Prose(most=4000, required=True)


class Whose(Query):
    """Whose words."""

    location_id = Id(required=True)


class SaveWording(Request):
    """A branch's own words in place of the house's; without `words` the house's stand again."""

    location_id = Id(required=True)
    kind = Text(most=40, pattern=_RULE, required=True, metadata={"description": "which message: `confirmation`, …"})
    channel = Choice(*CHANNELS, required=True)
    language = Choice(*LANGUAGES, required=True)
    words = fields.Nested(Words, allow_none=True)


class SavedWords(Answer):
    """What is said."""

    subject = text()
    text = text()


class Wording(Answer):
    """One version of a branch's own words; without words the house's stand again."""

    kind = text()
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    version = whole()
    words = fields.Nested(SavedWords, required=True, allow_none=True)
    saved_at = instant()
    saved_by = text()


class Wordings(Answer):
    """A branch's own words, and what words may speak of."""

    items = fields.List(fields.Nested(Wording), required=True)
    variables = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "what each is"},
    )


class Version(Answer):
    """The version that stands from now on."""

    version = whole()


class Preview(Request):
    """Which message to show about which booking; `draft` tries words that are not saved."""

    booking_id = Id(required=True)
    rule = Text(most=40, pattern=_RULE, required=True)
    channel = Choice(*CHANNELS, required=True)
    language = Choice(*LANGUAGES)
    draft = fields.Nested(Words)


class Parts(Answer):
    """A text as networks count it."""

    alphabet = text()
    units = whole()
    count = whole(description="how many parts are billed")


class Previewed(Answer):
    """A message as its guest would read it; its links open nothing."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    language = text()
    subject = fields.String(required=True, allow_none=True)
    text = text()
    html = fields.String(required=True, allow_none=True)
    segments = fields.Nested(Parts, required=True, allow_none=True)
