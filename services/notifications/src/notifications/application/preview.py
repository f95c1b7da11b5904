"""Use case: show staff what a message about a real booking would say, and what it would cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from notifications.application.ports import Letter, Writer
from notifications.application.wordings import Checker, Unfit
from notifications.domain.agenda import Day, day_of
from notifications.domain.facts import Facts
from notifications.domain.gsm7 import Segments, segments
from notifications.domain.rules import Rule
from notifications.domain.staff import Contact, addressed_to
from notifications.domain.values import BookingId, Channel, Key, LocationId, Recipient
from notifications.domain.wordings import Spot, Wording

_NO_TOKEN = "the-link-of-the-guest"  # noqa: S105  # stands where the guest's own link would open the booking


class UnknownBooking(Exception):
    """Booking knows no such booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAsked:
    """Which message to show, about which booking, in which language (None: the guest's), and words that are tried."""

    booking_id: BookingId
    rule: Rule
    channel: Channel
    language: str | None
    draft: Wording | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as it would be written now. `segments` are those of a text message."""

    letter: Letter
    segments: Segments | None


class WordedWriter(Writer, Protocol):
    """A writer whose locations' words can be exchanged."""

    def language_of(self, facts: Facts) -> str:
        """The language that this guest is written to in."""

    def knowing(self, words: Mapping[Spot, Wording]) -> Self:
        """The same writer with these locations' words."""


def preview(
    asked: PreviewAsked,
    *,
    facts_of: Callable[[BookingId], Facts | None],
    day_facts: Callable[[Day], Facts | None],
    words: Mapping[Spot, Wording],
    writer: WordedWriter,
    checker: Checker,
    now: datetime,
) -> Preview:
    """The message; its link opens nothing. Raises `BookingAway`, `UnknownBooking`, `Unfit` and `Unwritable`."""
    facts = facts_of(asked.booking_id)
    if facts is not None and asked.rule.of_day:
        facts = day_facts(_day(facts))
    if facts is None:
        raise UnknownBooking
    language = asked.language or writer.language_of(facts)
    if asked.draft is not None:
        spot = Spot(location_id=facts.location_id, kind=asked.rule.kind, channel=asked.channel, language=language)
        if faults := checker.faults(spot, asked.draft):
            raise Unfit(faults)
        words = {**words, spot: asked.draft}
    key = Key(booking_id=facts.booking_id, revision=facts.revision, rule=asked.rule.name, channel=asked.channel)
    guest = replace(facts.guest, locale=asked.language) if asked.language else facts.guest
    reader = replace(facts, guest=guest, manage_token=_NO_TOKEN)
    if asked.rule.recipient is not Recipient.GUEST:
        reader = addressed_to(Contact(name="", email=None, phone=None, language=language), facts)
    letter = writer.knowing(words).write(asked.rule, key, reader, now=now)
    return Preview(letter=letter, segments=segments(letter.text) if asked.channel is Channel.SMS else None)


def _day(booking: Facts) -> Day:
    """The day on which it is, of the first who treats."""
    (who, *_) = booking.practitioner_ids or (booking.location_id,)  # nobody has a location's id
    return day_of(who, LocationId(booking.location_id), booking.start, booking.place.zone)
