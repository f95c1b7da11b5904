"""The words that everything here shares: who, which booking, which message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

BookingId = NewType("BookingId", str)
LocationId = NewType("LocationId", str)
FIRST_REVISION = 1


class Channel(StrEnum):
    """A way to reach a guest."""

    EMAIL = "email"
    SMS = "sms"


class Recipient(StrEnum):
    """Whom a message is for."""

    GUEST = "guest"
    PRACTITIONER = "practitioner"
    DESK = "desk"


class State(StrEnum):
    """Where a message stands. `DELIVERED` is read from its receipt and never stored: see `domain.receipt`."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Happening(StrEnum):
    """What happened to a booking, as far as messages care."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    RESCHEDULED = "rescheduled"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    REVERTED = "reverted"
    PARTY_CHANGED = "party_changed"
    WAITLIST_JOINED = "waitlist_joined"
    WAITLIST_OFFERED = "waitlist_offered"
    DISPLACED = "displaced"
    NEED_OPENED = "need_opened"
    NEED_DUE_SOON = "need_due_soon"
    DOCUMENT_RUNNING_OUT = "document_running_out"


class Reason(StrEnum):
    """Why a message was not sent, or not sent in the plain way."""

    MADE_INSIDE_WINDOW = "made_inside_window"  # the confirmation had just said the same
    SUPERSEDED = "superseded"  # a later revision of the booking voids what this one owed
    ALREADY_TOLD = "already_told"  # an earlier message said so, and nothing since has said otherwise
    TOLD_WITH_SERIES = "told_with_series"  # one message is for all that was booked as one wish
    RULE_OFF = "rule_off"  # the location does not send it, or not on this channel
    BY_TEXT = "by_text"  # an e-mail in a text's place: the text arrived, or nothing says that it did not
    BOOKING_NOT_CONFIRMED = "booking_not_confirmed"
    BOOKING_NOT_CANCELLED = "booking_not_cancelled"
    BOOKING_NOT_COMPLETED = "booking_not_completed"
    NOTHING_TO_SAY = "nothing_to_say"  # the treatment has no such text
    NOTHING_THAT_DAY = "nothing_that_day"  # the practitioner has no appointment left on it
    FITS_AGAIN = "fits_again"  # the clinic changed back, or staff let it stand
    NOTHING_LACKS = "nothing_lacks"  # the document has come, or is not needed any more
    OFFER_ENDED = "offer_ended"  # it was answered, or lapsed
    WAITS_NO_LONGER = "waits_no_longer"  # a time is offered already, or the guest left the waitlist
    BOOKING_UNKNOWN = "booking_unknown"
    BOOKING_UNREACHABLE = "booking_unreachable"  # its state could not be learnt while it was of use
    TOO_LATE = "too_late"
    QUIET_HOURS = "quiet_hours"  # no decent hour was left before its use ended
    NO_ADDRESS = "no_address"
    ADDRESS_BOUNCED = "address_bounced"  # an earlier e-mail came back: nobody reads it there
    NUMBER_SILENCED = "number_silenced"  # its owner answered STOP, here or at the provider
    DECLINED = "declined"  # the guest wants no messages of this kind
    CHANNEL_NOT_CONFIGURED = "channel_not_configured"
    REJECTED = "rejected"  # by the provider, for good
    UNDELIVERED = "undelivered"  # the provider took it, and its network could not deliver it
    GAVE_UP = "gave_up"  # the provider kept failing
    UNWRITABLE = "unwritable"  # its template or its facts are broken
    OUTCOME_UNKNOWN = "outcome_unknown"  # handed over, and nobody knows what became of it
    REPEATED = "repeated"  # sent again under the same identity, since the first outcome was unknown


TELLS_NOTHING = frozenset(
    {
        Reason.NO_ADDRESS,
        Reason.ADDRESS_BOUNCED,
        Reason.NUMBER_SILENCED,
        Reason.CHANNEL_NOT_CONFIGURED,
        Reason.QUIET_HOURS,
        Reason.RULE_OFF,
        Reason.BY_TEXT,
    }
)
"""Why a message that was still true did not go out on its channel: it is no comfort for one that failed on another."""


class CallReason(StrEnum):
    """Why staff should call a guest."""

    NO_CHANNEL = "no_channel"  # something is owed that no channel can carry
    ANSWER_TO_READ = "answer_to_read"  # they answered a text with something that only a person understands


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event about a booking, as notifications reads it. Times are aware UTC.

    An offer to a guest who waits is read as a booking of one revision, under its own id: `made_at` is when they began
    to wait, and `deadline` until when they can accept. So is a place on the waitlist: they wait from `start` to `end`,
    which is the `deadline`. Where an appointment needs a document, `deadline` is until when.
    """

    happening: Happening
    booking_id: BookingId
    location_id: LocationId
    revision: int
    happened_at: datetime
    made_at: datetime
    start: datetime
    end: datetime
    free_until: datetime
    undo_until: datetime | None
    recipient_zone: str
    channels: tuple[Channel, ...]
    deadline: datetime | None = None
    series_id: BookingId | None = None
    """The series that was booked with it, as one wish. Messages about all of it go by this id as by a booking's."""
    modality: str | None = None
    """`massage` or `physical_therapy`; None where booking did not say."""
    zone: str = "UTC"
    """The location's."""
    practitioner_ids: tuple[str, ...] = ()
    """Who treats; nobody where booking did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What makes a message one message: it is owed once under this key, and providers get it to tell repeats."""

    booking_id: BookingId
    revision: int
    rule: str
    channel: Channel
    recipient: Recipient = Recipient.GUEST

    def __str__(self) -> str:
        """The key as providers get it. A guest is not named in it: so it was before anybody else was written to."""
        whom = "" if self.recipient is Recipient.GUEST else f":{self.recipient}"
        return f"{self.booking_id}:{self.revision}:{self.rule}:{self.channel}{whom}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a change owes: due at a time, of use until another; or skipped from the outset.

    With `instead_after` it takes the place of the text under the same key, if that is not known to have arrived when
    so much time has passed.
    """

    key: Key
    location_id: LocationId
    due_at: datetime
    useful_until: datetime
    start: datetime
    skipped: Reason | None = None
    instead_after: timedelta | None = None
    modality: str | None = None
    practitioner_id: str | None = None
    """Whose day it is about, where it is about a day: it then runs from `start` until `useful_until`."""
