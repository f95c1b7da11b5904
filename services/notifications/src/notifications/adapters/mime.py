"""A written message as an e-mail (RFC 5322): text, HTML and calendar file, with an identity made from its key."""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from email.encoders import encode_base64
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr

from notifications.application.ports import Letter
from notifications.domain.values import Key

# Headers are folded as they are written; a second folding would break the message's identity over two lines, and not
# every program unfolds before it compares.
_ON_THE_WIRE = compat32.clone(linesep="\r\n", max_line_length=0)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


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
    return f"<{str(key).replace(':', '.')}@{domain}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail as it is handed over: to whom, and its bytes."""

    to: Address
    content: bytes


def compose(letter: Letter, *, sender: Address) -> Mail:
    """The e-mail, ready to be handed over; raises `BadAddress`.

    Written with the standard library's older classes: the newer ones parse each header that they set, which was half
    of all that a sender did. What those would refuse, a line break in a header, is a space here.
    """
    to = mailbox(letter.to_name, letter.to)
    message = _with_attachment(_body(letter), letter)
    message["From"] = _shown(sender)
    message["To"] = _shown(to)
    message["Subject"] = _words(letter.subject, name="Subject")
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = message_id(letter.key, sender.domain)
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{_one_line(letter.unsubscribe_url)}>"
        if letter.unsubscribe_url.startswith("https:"):  # RFC 8058 asks for it
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    return Mail(to=to, content=message.as_bytes(policy=_ON_THE_WIRE))


def _body(letter: Letter) -> MIMEBase:
    plain = _text(letter.text, "plain")
    if not letter.html:
        return plain
    return _together("alternative", plain, _text(letter.html, "html"))


def _with_attachment(body: MIMEBase, letter: Letter) -> MIMEBase:
    if not letter.attachment:
        return body
    kind, _, parameters = letter.attachment.content_type.partition(";")
    maintype, _, subtype = kind.partition("/")
    said = dict(_parameter(text) for text in parameters.split(";") if text)
    file = MIMENonMultipart(maintype, subtype, policy=compat32, **said)
    file.set_payload(letter.attachment.content)
    encode_base64(file)
    file.add_header("Content-Disposition", "attachment", filename=letter.attachment.filename)
    return _together("mixed", body, file)


def _text(text: str, subtype: str) -> MIMEBase:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(text.encode(errors="replace"), istext=True).decode("ascii"))
    return part


def _together(subtype: str, *parts: MIMEBase) -> MIMEBase:
    for part in parts:
        del part["MIME-Version"]  # the whole says it
    # No encoded part can hold "=_" (RFC 2045, 6.7), so the boundary needs not be sought in all of them.
    return MIMEMultipart(subtype, f"=_{subtype}", parts)


def _shown(who: Address) -> str:
    """The mailbox as a header has it (RFC 5322, RFC 2047)."""
    name = _one_line(who.display_name)
    if name.isascii():
        return formataddr((name, who.addr_spec))
    return f"{_words(name, name='From')} <{who.addr_spec}>"


def _words(text: str, *, name: str) -> str:
    """Words of a header, folded and, outside ASCII, encoded (RFC 2047)."""
    line = _one_line(text)
    return Header(line, "us-ascii" if line.isascii() else "utf-8", header_name=name).encode()


def _one_line(text: str) -> str:
    return " ".join(_BREAKS.sub(" ", text).split())


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value
