"""The waitlist and unmet demand: how to ask, and the answers."""

from marshmallow import fields, validate

from gateway.schemas import therapy
from gateway.schemas.availability import in_order
from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.bookings import BookedGuest, BookedLocation, BookedService, Guest
from gateway.schemas.fields import Choice, Id, Instant, InstantInQuery, Text, Whole
from gateway.schemas.paging import Page
from gateway.schemas.parties import LISTED, MOST_GUESTS, NESTED, AddOnGot, ScreeningOutcome, add_on_ids, guests_wanted
from gateway.schemas.preferences import preferences, preferred
from gateway.schemas.values import Money, Person, Screening, identifier, instant, text, whole

STATES = ("waiting", "offered", "accepted", "expired", "withdrawn")

_TIME_OF_DAY = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"


def _time_of_day(description: str) -> Text:
    return Text(most=5, pattern=_TIME_OF_DAY, allow_none=True, metadata={"description": description})


class WhoComesAlong(Request):
    """Another guest of a party. The one who joins is written to, so no contact is needed."""

    name = Text(required=True, most=200, metadata={"example": "Luc Moreau"})
    email = Text(most=254, allow_none=True, metadata={"format": "email", "example": "luc@example.com"})
    phone = Text(most=40, allow_none=True, metadata={"example": "+33 1 99 00 12 35"})


class JoinWaitlist(Request):
    """What is waited for, when it would do, and whom to tell."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    since = Instant(required=True, data_key="from", metadata={"example": "2026-12-01T00:00:00+01:00"})
    until = Instant(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-08T00:00:00+01:00", "description": "At most 62 days after `from`"},
    )
    duration_minutes = Whole(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(allow_none=True, metadata={"description": "Only with this practitioner; anyone if left out"})
    weekdays = fields.List(
        Whole(least=0, most=6),
        allow_none=True,
        validate=validate.Length(min=1, max=7, error="must name one to seven days"),
        metadata={"description": "Only on these days, 0 for Monday; any if left out", "example": [0, 4]},
    )
    earliest = _time_of_day("No start before this time on the branch's wall")
    latest = _time_of_day("Only starts before this time on the branch's wall")
    preferences = preferences("What all guests wish alike; where `guests` are named, each has their own")
    add_on_ids = add_on_ids("What is had with it; of several guests, by each of them")
    guests = guests_wanted()
    guest = fields.Nested(Guest, required=True, error_messages=NESTED)
    companions = fields.List(
        fields.Nested(WhoComesAlong, required=True, error_messages=NESTED),
        validate=validate.Length(max=MOST_GUESTS, error=f"must have at most {MOST_GUESTS} entries"),
        error_messages=LISTED,
        metadata={"description": "Of a party, everyone but `guest`, in the order of `guests`"},
    )

    _range = in_order()


class CompanionsAnswers(Request):
    """What the safety questions of one who comes along came to."""

    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=NESTED)


class AcceptOffer(Request):
    """The answers to the safety questions, where the service asks some; of physical therapy, who pays."""

    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=NESTED)
    guests = fields.List(
        fields.Nested(CompanionsAnswers, required=True, error_messages=NESTED),
        validate=validate.Length(max=MOST_GUESTS, error=f"must have at most {MOST_GUESTS} entries"),
        error_messages=LISTED,
        metadata={"description": "Of a party, the answers of everyone but the first guest, in order"},
    )
    referral = therapy.referral()
    payer = therapy.payer()


class FindEntries(Page):
    """Which entries."""

    location_id = Id(metadata={"description": "Only this branch's"})
    state = Choice(*STATES, metadata={"description": "Only those in this state"})


class FindUnmetDemand(Query):
    """Which hours: those that begin in `[from, to)`."""

    location_id = Id(metadata={"description": "Only this branch's"})
    since = InstantInQuery(required=True, data_key="from", metadata={"example": "2026-12-01T00:00:00+01:00"})
    until = InstantInQuery(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-08T00:00:00+01:00", "description": "At most 62 days after `from`"},
    )

    _range = in_order()


class WaitlistOffer(Answer):
    """A time that is the guest's alone until `deadline`."""

    id = identifier()
    start = instant()
    end = instant()
    practitioners = fields.List(fields.Nested(Person), required=True)
    price = fields.Nested(Money, required=True)
    deadline = instant(description="After it the time goes to the next who waits")


class WaitingPart(Answer):
    """One guest of a party who waits: what they asked for, and what they will be asked."""

    name = text(example="Luc Moreau")
    duration_minutes = whole(description="Add-ons included")
    practitioner = fields.Nested(
        Person, required=True, allow_none=True, metadata={"description": "Whom they asked for; of an offer, who it is"}
    )
    preferences = preferred()
    add_ons = fields.List(fields.Nested(AddOnGot), required=True)
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask them, or null"}
    )


class WaitlistEntry(Answer):
    """Somebody who waits, or waited."""

    id = identifier()
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    location = fields.Nested(BookedLocation, required=True)
    service = fields.Nested(BookedService, required=True)
    duration_minutes = whole()
    practitioner = fields.Nested(Person, required=True, allow_none=True)
    preferences = preferred()
    since = fields.String(required=True, data_key="from", metadata={"format": "date-time"})
    until = fields.String(required=True, data_key="to", metadata={"format": "date-time"})
    weekdays = fields.List(fields.Integer(strict=True), required=True, allow_none=True)
    earliest = fields.String(required=True, allow_none=True, metadata={"example": "14:30"})
    latest = fields.String(required=True, allow_none=True, metadata={"example": "18:00"})
    guest = fields.Nested(BookedGuest, required=True)
    made_at = instant()
    ended_at = instant(nullable=True, description="30 days later the entry is erased")
    offer = fields.Nested(
        WaitlistOffer, required=True, allow_none=True, metadata={"description": "The offer that stands, or null"}
    )
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask, or null"}
    )
    guests = fields.List(
        fields.Nested(WaitingPart),
        required=True,
        metadata={"description": "Each guest's part, where they are several or have add-ons; otherwise empty"},
    )
    booking_id = fields.String(
        allow_none=True, metadata={"format": "uuid", "description": "What an accepted offer became"}
    )


class NewWaitlistEntry(WaitlistEntry):
    """An entry that was just made, with the token that opens it."""

    token = text(description="Opens this entry: see, answer, leave. It stands in the guest's messages too")


class WaitlistEntries(Answer):
    """One page of entries, in the order in which they were made."""

    items = fields.List(fields.Nested(WaitlistEntry), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UnmetHour(Answer):
    """What was looked for in vain in one hour. It says nothing about anybody."""

    hour = instant(description="When the hour began in which they looked, UTC")
    location_id = identifier()
    service_id = identifier()
    searches = whole(description="Searches that found no free time")
    entries = whole(description="Guests who began to wait")


class UnmetDemand(Answer):
    """The hours in which something was looked for in vain."""

    items = fields.List(fields.Nested(UnmetHour), required=True)
