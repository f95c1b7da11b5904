"""The port to what guests answered by text: silenced numbers, confirmations, calls owed to staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.domain.answers import Said
from notifications.domain.values import BookingId, CallReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A text that a guest sent, as its provider told it. `number` is E.164, or whatever else it came from."""

    provider: str
    provider_id: str
    number: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The appointment that an answer is about: that of the latest text to its number."""

    booking_id: BookingId
    revision: int
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A text that was heard, without its words."""

    said: Said
    length: int
    about: About | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """That a guest confirmed one revision of a booking."""

    revision: int
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that staff owe a guest. The number is booking's to tell."""

    id: int
    booking_id: BookingId
    revision: int
    reason: CallReason
    made_at: datetime


class Conversation(Protocol):
    """What was said by text and what came of it, in one transaction."""

    def about(self, number: str, *, now: datetime) -> About | None:
        """The coming appointment that this number was last texted about, if there is one."""

    def hear(self, incoming: Incoming, heard: Heard, *, now: datetime) -> bool:
        """Write down that it came; False if it had come before."""

    def silence(self, number: str, *, now: datetime) -> None:
        """No text goes to this number any more."""

    def restore(self, number: str, *, now: datetime) -> None:
        """Texts may go to it again."""

    def owe_call(self, about: About, reason: CallReason, *, now: datetime) -> None:
        """Ask staff to call the guest; a call that was made is owed again."""

    def confirmations(self, booking_id: BookingId) -> list[Confirmed]:
        """What the guest confirmed of one booking, the earliest first."""

    def calls(self, *, limit: int) -> list[Call]:
        """The calls still owed, the longest owed first."""

    def call_done(self, call_id: int, *, now: datetime) -> bool:
        """Note that the guest was called; False if no such call is owed. Doing so twice is no error."""
