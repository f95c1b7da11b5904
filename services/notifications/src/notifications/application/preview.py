"""Use case: show staff what a message about a real booking would say, and what it would cost."""

from dataclasses import dataclass, replace
from datetime import datetime

from notifications.application.ports import Letter, Writer
from notifications.domain.facts import Facts
from notifications.domain.gsm7 import Segments, segments
from notifications.domain.rules import Rule
from notifications.domain.values import Channel, Key

_NO_TOKEN = "the-link-of-the-guest"  # noqa: S105  # stands where the guest's own link would open the booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as it would be written now. `segments` are those of a text message."""

    letter: Letter
    segments: Segments | None


def preview(
    rule: Rule, channel: Channel, facts: Facts, *, language: str | None, writer: Writer, now: datetime
) -> Preview:
    """The message, in `language` or else in the guest's own; raises `Unwritable`. Its link opens nothing.

    A draft is shown by a writer who knows it.
    """
    guest = replace(facts.guest, locale=language) if language else facts.guest
    key = Key(booking_id=facts.booking_id, revision=facts.revision, rule=rule.name, channel=channel)
    letter = writer.write(rule, key, replace(facts, guest=guest, manage_token=_NO_TOKEN), now=now)
    return Preview(letter=letter, segments=segments(letter.text) if channel is Channel.SMS else None)
