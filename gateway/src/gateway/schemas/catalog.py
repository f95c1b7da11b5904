"""Branches, services and practitioners, and how to ask for them."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Query
from gateway.schemas.fields import Choice, Id, Text, WholeInQuery
from gateway.schemas.values import Address, Money, Question, Screening, identifier, text, texts, whole

MODALITIES = ("massage", "physical_therapy")


def maybe(**more: object) -> fields.String:
    """A text that may be null."""
    return fields.String(required=True, allow_none=True, metadata=more)


def in_language() -> Text:
    """The parameter that asks for a language."""
    about = "Texts in this language, where the clinic has them; the clinic's own otherwise, named in `untranslated`"
    return Text(most=3, pattern="^[a-z]{2,3}$", metadata={"description": about, "example": "fr"})


_CLOCK = validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$")


class OpeningHours(Answer):
    """When a branch is open on one day of the week; `to` at or before `from` is past midnight."""

    weekday = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 6), metadata={"description": "0 is Monday"}
    )
    opens = fields.String(required=True, data_key="from", validate=_CLOCK)
    closes = fields.String(required=True, data_key="to", validate=_CLOCK)


class Closure(Answer):
    """Days on which a branch is closed, both included."""

    from_date = text(format="date")
    to_date = text(format="date")
    reason = text()


class OutsideClinic(Answer):
    """Somebody else's practice, for what is not done here."""

    name = text()
    phone = maybe(description="E.164")
    website = maybe(format="uri")
    address = maybe()
    note = maybe()


class Translated(Answer):
    """In which language its texts are. A copy from before there were several languages does not say."""

    language = fields.String(metadata={"description": "The language that was asked for", "example": "fr"})
    own_language = fields.String(metadata={"description": "The language of what is not translated", "example": "en"})
    untranslated = fields.List(
        fields.String(), metadata={"description": "Which texts are in `own_language`", "example": ["best_for.2"]}
    )


class Location(Translated):
    """A branch. Its clock times are those of its `zone`."""

    id = identifier()
    name = text(example="La Belle Paris")
    zone = text(example="Europe/Paris", description="IANA time zone")
    region = text(example="FR", description="Phone numbers without + are read as its country's")
    phone = text(example="+33199001010", description="E.164")
    emergency_number = text(example="112")
    address = fields.Nested(Address, required=True)
    currency = text(example="EUR")
    opening_hours = fields.List(fields.Nested(OpeningHours), required=True)
    closures = fields.List(fields.Nested(Closure), required=True)
    outside_clinics = fields.List(
        fields.Nested(OutsideClinic), metadata={"description": "Where to go for what is not done here"}
    )


class Duration(Answer):
    """A length that is offered, and what it costs."""

    minutes = whole()
    price = fields.Nested(Money, required=True)


class AddOnPrice(Answer):
    """An add-on that is to be had at a branch."""

    id = text()
    price = fields.Nested(Money, required=True)


class Offer(Answer):
    """How a service is offered at one branch."""

    location_id = identifier()
    channel = fields.String(
        required=True,
        validate=validate.OneOf(["online", "phone", "on_request"]),
        metadata={"description": "Only `online` can be held and booked here"},
    )
    minimum_notice_minutes = whole(description="How long before the start it can still be booked")
    horizon_days = whole(description="How far ahead it can be booked")
    start_grid_minutes = whole(description="Appointments start on multiples of this in the branch's clock")
    durations = fields.List(fields.Nested(Duration), required=True)
    add_ons = fields.List(fields.Nested(AddOnPrice), metadata={"description": "Add-ons that are to be had here"})


class Cancellation(Answer):
    """Until when cancelling is free, and what it costs after that."""

    free_until_hours = whole(description="Hours before the start")
    fee_percent = whole(description="Share of the price that a later cancellation costs")
    no_show_fee_percent = fields.Integer(metadata={"description": "Share of the price that not coming costs"})
    text = fields.String(allow_none=True, metadata={"description": "The policy in the clinic's words"})


class AddOn(Answer):
    """What may be had with a service. Only what is `online` can be held and booked here."""

    id = text()
    name = text()
    summary = maybe()
    minutes = whole(description="By how much it lengthens the treatment")
    channel = text(description="How it is asked for", example="online")
    questions = fields.List(fields.Nested(Question), required=True)


class Service(Translated):
    """What can be booked."""

    id = identifier()
    modality = fields.String(required=True, validate=validate.OneOf(MODALITIES))
    name = text(example="Deep tissue massage")
    summary = text()
    key = fields.String(allow_none=True, metadata={"description": "Its short name in addresses", "example": "swedish"})
    techniques = texts()
    technique_ids = fields.List(
        fields.String(allow_none=True), metadata={"description": "The name of each technique for programs, or null"}
    )
    best_for = texts()
    preparation = fields.String(allow_none=True, metadata={"description": "What a guest does before"})
    aftercare = fields.String(allow_none=True, metadata={"description": "What a guest does after"})
    add_ons = fields.List(fields.Nested(AddOn))
    guests = fields.Integer(
        metadata={"description": "How many guests come to one booking, each with a practitioner of their own"}
    )
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask, or null"}
    )
    cancellation = fields.Nested(Cancellation, required=True)
    offers = fields.List(fields.Nested(Offer), required=True)


class Practitioner(Translated):
    """Someone who gives treatments."""

    id = identifier()
    name = text(example="Ana Moreau")
    title = text(example="Massage therapist")
    gender = fields.String(
        allow_none=True,
        validate=validate.OneOf(["female", "male", "other"]),
        metadata={"description": "As they want it told"},
    )
    languages = texts(description="BCP 47")
    location_ids = fields.List(identifier(), required=True)


class Paged(Query):
    """Which part of a list."""

    limit = WholeInQuery(least=1, most=100, load_default=50, metadata={"description": "How many at most"})
    cursor = Text(
        most=48,
        pattern="^[A-Za-z0-9_-]{48}$",
        metadata={"description": "`next_cursor` of the page before"},
    )
    language = in_language()


class ShowService(Query):
    """In which language."""

    language = in_language()


class FindLocations(Paged):
    """Which branches."""

    modality = Choice(*MODALITIES, metadata={"description": "Only branches that offer it"})


class FindServices(Paged):
    """Which services."""

    modality = Choice(*MODALITIES)
    location_id = Id(metadata={"description": "Only services offered at this branch"})


class FindPractitioners(Paged):
    """Which practitioners."""

    modality = Choice(*MODALITIES, metadata={"description": "Only those who give services of it"})
    location_id = Id(metadata={"description": "Only those who work at this branch"})
    service_id = Id(metadata={"description": "Only those who can give this service"})


class Nothing(Query):
    """An address that takes no parameters."""


class Locations(Answer):
    """One page of branches."""

    items = fields.List(fields.Nested(Location), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Services(Answer):
    """One page of services."""

    items = fields.List(fields.Nested(Service), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Practitioners(Answer):
    """One page of practitioners."""

    items = fields.List(fields.Nested(Practitioner), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
