"""A message as the demo's inbox keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import Message as EmailPart
from typing import Any, Literal
from uuid import uuid4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with an e-mail; `text` is None where it is not text."""

    filename: str
    content_type: str
    text: str | None

    def as_json(self) -> dict[str, Any]:
        return {"filename": self.filename, "content_type": self.content_type, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One e-mail or text message, as it arrived. `key` is the sender's name for it, the same for every attempt."""

    id: str
    channel: Literal["email", "sms"]
    to: str
    subject: str | None
    text: str
    html: str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    key: str | None
    received_at: datetime
    is_answer: bool = False
    """Whether the guest wrote it, in answer to what they got; `to` is then their own number."""

    def as_json(self) -> dict[str, Any]:
        """The form in which /demo/messages tells it."""
        return {
            "id": self.id,
            "channel": self.channel,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": dict(self.headers),
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "key": self.key,
            "received_at": self.received_at.isoformat(),
        }


def text_message(*, to: str, text: str, key: str, received_at: datetime, is_answer: bool = False) -> Message:
    """A text message; with `is_answer` one that the guest sent."""
    return Message(
        id=str(uuid4()),
        channel="sms",
        to=to,
        subject=None,
        text=text,
        html=None,
        key=key,
        received_at=received_at,
        is_answer=is_answer,
    )


def email(content: bytes, *, recipient: str, received_at: datetime) -> Message:
    """An e-mail as it came over SMTP, for one of its recipients."""
    # The modern policy parses a header anew each time it is looked at: four times the work of all the rest.
    parsed = message_from_bytes(content, policy=policy.compat32)
    subject, key = parsed["Subject"], parsed["Message-ID"]
    leaves = [part for part in parsed.walk() if not part.is_multipart()]
    attached = [part for part in leaves if _is_attached(part)]
    shown = [part for part in leaves if part not in attached]
    return Message(
        id=str(uuid4()),
        channel="email",
        to=recipient,
        subject=_words(subject) if subject else None,
        text=_first(shown, "text/plain") or "",
        html=_first(shown, "text/html"),
        headers={name: _words(value) for name, value in parsed.items()},
        attachments=tuple(_attachment(part) for part in attached),
        key=_words(key) if key else None,
        received_at=received_at,
    )


def source_of(content: bytes) -> str:
    """An e-mail as it came over the wire, as far as it is text."""
    return _clean(content.decode(errors="replace").replace("\r\n", "\n"))


def _is_attached(part: EmailPart) -> bool:
    """Whether it is a file: said to be, or nothing that one reads."""
    return part.get_content_disposition() == "attachment" or part.get_content_type() not in {"text/plain", "text/html"}


def _first(parts: Sequence[EmailPart], content_type: str) -> str | None:
    return next((_text(part) for part in parts if part.get_content_type() == content_type), None)


def _attachment(part: EmailPart) -> Attachment:
    return Attachment(
        filename=_clean(part.get_filename() or "file"),
        content_type=part.get_content_type(),
        text=_text(part) if part.get_content_maintype() == "text" else None,
    )


def _text(part: EmailPart) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        text = content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # a charset that Python does not know
        text = content.decode(errors="replace")
    return _clean(text.replace("\r\n", "\n"))


def _words(header: Header | str) -> str:
    """A header as people read it (RFC 2047), on one line."""
    try:
        words = str(make_header(decode_header(header)))
    except (MessageError, LookupError, ValueError):  # no encoding that there is: as it came
        words = str(header)
    return _clean("".join(words.splitlines()))


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\x00", "")
