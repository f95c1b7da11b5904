"""What booking says about a booking just before a message about it goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from notifications.domain.values import BookingId, Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the appointment is. `phone` is E.164; `address` the lines of a letter."""

    name: str
    zone: str
    phone: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whom the message is for."""

    name: str
    email: str | None
    phone: str | None
    locale: str
    zone: str

    def address(self, channel: Channel) -> str | None:
        """Where a channel reaches them, if it does."""
        return {Channel.EMAIL: self.email, Channel.SMS: self.phone}[channel] or None

    def is_reached(self, *, without: Channel, silenced: bool, bounced: bool = False) -> bool:
        """Whether another channel than `without` still reaches them.

        `silenced` says that their number is, `bounced` that their e-mails come back.
        """
        dead = {Channel.SMS: silenced, Channel.EMAIL: bounced}
        return any(channel is not without and self.address(channel) and not dead[channel] for channel in Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an offer has beside a booking: the place on the waitlist, and until when it can be accepted.

    A place on the waitlist by itself has the same: until when its guest waits.
    """

    entry_id: str
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One appointment of a series."""

    booking_id: BookingId
    revision: int
    start: datetime
    end: datetime
    discreet_name: str
    practitioners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One appointment of a practitioner's day. `guest` are initials; empty where nobody is named."""

    start: datetime
    minutes: int
    discreet_name: str
    rooms: tuple[str, ...]
    guest: str

    @property
    def end(self) -> datetime:
        """When the treatment ends."""
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A booking as it stands, or an offer of one.

    Or a wait for one, from `start` to `end`. Or a series: then like its first session to come, with all `sessions`. Or
    a practitioner's day: then from its first appointment to its last, with all `appointments`, and no guest.

    `discreet_name` is the only name of the service that a message may carry.
    """

    booking_id: BookingId
    location_id: str
    revision: int
    state: str
    start: datetime
    end: datetime
    duration_minutes: int
    discreet_name: str
    practitioners: tuple[str, ...]
    place: Place
    guest: Guest
    price: Money | None
    fee: Money | None
    free_until: datetime
    manage_token: str
    offer: Offer | None = None
    document_due: datetime | None = None
    """Until when a document is still needed, if one is."""
    document_ending: bool = True
    """Whether it relies on a document that runs out; so it is taken to be where booking does not say."""
    sessions: tuple[Session, ...] = ()
    """Of a series: those that stand and are to come, in order."""
    preparation: Mapping[str, str] = field(default_factory=dict)
    """What the guest does before, by language, that of the service first; nothing where nothing is to be done."""
    aftercare: Mapping[str, str] = field(default_factory=dict)
    """What they do after, likewise."""
    follows: bool = False
    """Whether it is a later part of a visit, of which an earlier one stands."""
    displaced: bool = True
    """Whether the clinic cannot keep it as it stands; so it is taken to be where booking does not say."""
    practitioner_ids: tuple[str, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    """Of a practitioner's day: those that stand, in order."""
