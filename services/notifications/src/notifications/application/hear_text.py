"""Use case: a guest answered a text message; do what they said, and tell what to answer."""

import re
from datetime import datetime

from notifications.application.conversation import Conversation, Heard, Incoming
from notifications.domain.answers import Said, understood
from notifications.domain.replies import reply_to
from notifications.domain.values import CallReason

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def hear_text(incoming: Incoming, *, conversation: Conversation, site: str, now: datetime) -> str | None:
    """Do what the guest said and return the reply, or None for silence.

    A callback that comes again changes nothing and gets the same reply. The words themselves are not kept: they
    may speak of someone's health. What comes from no real number (a short code, a name) is heard and left alone.
    """
    if _E164.fullmatch(incoming.number) is None:
        conversation.hear(incoming, Heard(said=Said.OTHER, length=len(incoming.text), about=None), now=now)
        return None
    said = understood(incoming.text)
    about = conversation.about(incoming.number, now=now)
    heard = Heard(said=said.said, length=len(incoming.text), about=about)
    if conversation.hear(incoming, heard, now=now):
        match said.said:
            case Said.STOP:
                conversation.silence(incoming.number, now=now)
            case Said.START:
                conversation.restore(incoming.number, now=now)
            case Said.OTHER if about is not None:
                conversation.owe_call(about, CallReason.ANSWER_TO_READ, now=now)
            case _:  # a confirmation is the text itself, and help asks for nothing
                pass
    language = said.language or (about.language if about else None)
    return reply_to(said.said, language=language, site=site, found=about is not None)
