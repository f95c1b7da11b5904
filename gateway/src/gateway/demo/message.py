"""A message as the demo's inbox keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
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


def text_message(*, to: str, text: str, key: str, received_at: datetime) -> Message:
    """A text message."""
    return Message(
        id=str(uuid4()),
        channel="sms",
        to=to,
        subject=None,
        text=text,
        html=None,
        key=key,
        received_at=received_at,
    )


def email(content: bytes, *, recipient: str, received_at: datetime) -> Message:
    """An e-mail as it came over SMTP, for one of its recipients."""
    parsed = message_from_bytes(content, policy=policy.default)
    return Message(
        id=str(uuid4()),
        channel="email",
        to=recipient,
        subject=_clean(str(parsed["Subject"])) if parsed["Subject"] else None,
        text=_body(parsed, "plain") or "",
        html=_body(parsed, "html"),
        headers={name: _clean(str(value)) for name, value in parsed.items()},
        attachments=tuple(_attachment(part) for part in parsed.iter_attachments()),
        key=_clean(str(parsed["Message-ID"])) if parsed["Message-ID"] else None,
        received_at=received_at,
    )


def _body(parsed: EmailMessage, kind: Literal["plain", "html"]) -> str | None:
    part = parsed.get_body((kind,))
    return _text(part) if part is not None else None


def _attachment(part: MIMEPart) -> Attachment:
    return Attachment(
        filename=_clean(part.get_filename() or "file"),
        content_type=part.get_content_type(),
        text=_text(part) if part.get_content_maintype() == "text" else None,
    )


def _text(part: MIMEPart) -> str:
    """The part's text; PostgreSQL keeps no NUL."""
    try:
        content = part.get_content()
    except LookupError:  # a charset that Python does not know
        content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        content = content.decode(errors="replace")
    return str(content).replace("\r\n", "\n").replace("\x00", "")


def _clean(text: str) -> str:
    return text.replace("\x00", "")
