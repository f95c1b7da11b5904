"""The comparison, the guide's questions, what a guest answers, and the advice."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.catalog import MODALITIES, OutsideClinic
from gateway.schemas.fields import REQUIRED, Id, Text
from gateway.schemas.values import identifier, text, texts, whole

_WORD = "^[a-z][a-z0-9_]*$"
_STEPS = ("emergency", "urgent", "serve", "safety", "need")
_RECOMMENDATIONS = ("emergency", "same_day_advice", "massage", "physical_therapy", "both", "unsure")


def _truth(description: str) -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"description": description})


def _one_of(*choices: str, description: str) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(choices), metadata={"description": description})


def _nullable(description: str) -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"description": description})


def _words(description: str) -> fields.List[str]:
    return fields.List(
        Text(most=60, pattern=_WORD),
        load_default=list,
        validate=validate.Length(max=40, error="must have at most {max} answers"),
        error_messages={**REQUIRED, "invalid": "must be a list of answers"},
        metadata={"description": f"{description} Ids of GET /v1/guide."},
    )


class InLanguage(Query):
    """In which language."""

    language = Text(
        most=35,
        pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        metadata={"description": "BCP 47; goes before Accept-Language", "example": "fr"},
    )


class Written(Answer):
    """What is written in one of the languages that there are."""

    language = text(description="BCP 47: the language that this is written in", example="en")
    fallback = _truth("It is none of those that were asked for")


class Aspect(Answer):
    """One aspect of both."""

    id = text()
    name = text()
    general = _truth("It holds in general; what one booking needs is decided by rules, not by this")
    massage = text()
    physical_therapy = text()


class Named(Answer):
    """Something that has a name."""

    id = text()
    name = text()


class Kind(Named):
    """A kind of massage."""

    text = text()


class ListsOfBoth(Answer):
    """A list for each of the two."""

    massage = texts()
    physical_therapy = texts()


class TechniquesOfBoth(Answer):
    """The techniques of each of the two."""

    massage = fields.List(fields.Nested(Named), required=True)
    physical_therapy = fields.List(fields.Nested(Named), required=True)


class Notes(Answer):
    """What to know beside it."""

    physical_therapy = text()
    together = text()
    referral = text()


class Comparison(Written):
    """Massage and physical therapy, aspect by aspect."""

    aspects = fields.List(fields.Nested(Aspect), required=True)
    best_for = fields.Nested(ListsOfBoth, required=True)
    techniques = fields.Nested(TechniquesOfBoth, required=True)
    massages = fields.List(fields.Nested(Kind), required=True)
    notes = fields.Nested(Notes, required=True)


class PossibleAnswer(Answer):
    """An answer that can be given."""

    id = text(description="What to send")
    text = text()


class GuideQuestion(Answer):
    """One screen of the guide."""

    id = text()
    field = _one_of("red_flags", "needs", "conditions", description="The field of POST /v1/guide for its answers")
    choose = _one_of("one", "several", description="How many of them can be true")
    none = _nullable("The answer that says that none of the others is true")
    ask_if = texts(description="Only asked of who gave one of these answers; empty: of everyone")
    text = text()
    answers = fields.List(fields.Nested(PossibleAnswer), required=True)


class GuideQuestions(Written):
    """What the guide asks, in order."""

    rule_version = whole()
    questions = fields.List(fields.Nested(GuideQuestion), required=True)


class AskGuide(Request):
    """What a guest answered. Nothing of it is stored or logged."""

    location_id = Id(required=True)
    red_flags = _words("Signs that need a doctor first.")
    needs = _words("What brings the guest here.")
    conditions = _words("What decides what is safe.")


class FiredRule(Answer):
    """A rule that fired, and why."""

    id = text()
    step = _one_of(*_STEPS, description="Its place in the order of the guide")
    reason = text()
    source = text(description="The public guidance that it comes from, by title")
    service_ids = fields.List(identifier(), required=True, metadata={"description": "The services that it is about"})


class Bookable(Answer):
    """A service of this branch that may be booked by somebody who answered so."""

    service_id = identifier()
    modality = _one_of(*MODALITIES, description="Which of the two")
    channel = _one_of("online", "phone", "on_request", description="How it is booked here")
    duration_minutes = fields.Integer(
        required=True, allow_none=True, strict=True, metadata={"description": "The length that suits best"}
    )
    suggested = _truth("It fits what the guest wants; the others merely do no harm")
    rules = texts(description="The rules that prefer it")


class Withheld(Answer):
    """A service of this branch that is not offered to somebody who answered so."""

    service_id = identifier()
    verdict = _one_of(
        "clearance",
        "substitute",
        "wait",
        description="Ask a clinician first; take another; or come when you are well",
    )
    rules = texts(description="The rules that say so")
    instead = fields.List(identifier(), required=True, metadata={"description": "What takes its place here"})


class GuideNeed(Answer):
    """What a booking will need."""

    need = _one_of("evaluation", "referral", "authorization", "clearance", description="What")
    general = _truth("A statement that holds in general and decides nothing here")
    rule = text()


class Advice(Written):
    """What would serve, never a diagnosis."""

    rule_version = whole()
    location_id = identifier()
    recommendation = _one_of(*_RECOMMENDATIONS, description="What the rules come to")
    emergency_number = _nullable("The number to call now, for an emergency alone")
    call = _nullable("The branch's number, where a word with us is the way on")
    rules = fields.List(fields.Nested(FiredRule), required=True)
    bookable = fields.List(fields.Nested(Bookable), required=True)
    withheld = fields.List(fields.Nested(Withheld), required=True)
    needs = fields.List(fields.Nested(GuideNeed), required=True)
    series = fields.List(
        fields.String(validate=validate.OneOf(MODALITIES)),
        required=True,
        metadata={"description": "Both, in this order: several sessions of each"},
    )
    not_here = _truth("Physical therapy would serve, and this branch has none")
    outside_clinics = fields.List(fields.Nested(OutsideClinic), required=True)
