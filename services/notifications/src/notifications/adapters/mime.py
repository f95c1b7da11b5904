"""A written message as an e-mail (RFC 5322): text, HTML and calendar file, with an identity made from its key."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.application.ports import Letter
from notifications.domain.values import Key


class BadAddress(Exception):
    """An address that no mail server would take."""


def address(text: str) -> Address:
    """A mailbox such as `ana@example.com` or `La Belle <hello@example.com>`; raises `BadAddress`."""
    name, _, spec = text.rpartition("<") if text.endswith(">") else ("", "", text)
    return mailbox(name.strip().strip('"'), spec.removesuffix(">"))


def mailbox(name: str, spec: str) -> Address:
    """The address with the name shown beside it; a domain outside ASCII is written as DNS knows it."""
    try:
        given = Address(addr_spec=spec)
        domain = given.domain.encode("idna").decode("ascii")
        found = Address(display_name=name, username=given.username, domain=domain)
        str(found)
    except (ValueError, HeaderParseError, IndexError) as problem:
        raise BadAddress from problem
    if not given.username or not domain or not given.username.isascii():
        raise BadAddress
    return found


def message_id(key: Key, domain: str) -> str:
    """The same for every attempt, so that a repeated e-mail is seen as the same one."""
    return f"<{key.booking_id}.{key.revision}.{key.rule}.{key.channel}@{domain}>"


def compose(letter: Letter, *, sender: Address) -> EmailMessage:
    """The e-mail, ready to be handed over; raises `BadAddress`."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mailbox(letter.to_name, letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = message_id(letter.key, sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.attachment:
        kind, _, parameters = letter.attachment.content_type.partition(";")
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(
            letter.attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=letter.attachment.filename,
            params=dict(_parameter(text) for text in parameters.split(";") if text),
        )
    return message


def serialised(message: EmailMessage) -> bytes:
    """The bytes to hand over, with the identity on one line: not every program unfolds before it compares."""
    return message.as_bytes().replace(b"Message-ID:\r\n <", b"Message-ID: <", 1)


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value
