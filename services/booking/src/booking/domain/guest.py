"""Who the appointment is for, and how to reach them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import Problem, Refused

_EMAIL = re.compile(r"(?P<local>[^\s@\"(),:;<>\[\\\]]{1,64})@(?P<domain>[^\s@\"(),:;<>\[\\\]]{1,253})")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_LONGEST_NAME = 200

ParsePhone = Callable[[str, str], str | None]
"""From what was typed and a region (`FR`) to E.164, or None if it is no phone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What the guest typed."""

    name: str
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A guest who can be reached by e-mail or phone. `phone` is E.164, `phone_typed` what they wrote."""

    name: str
    email: str | None
    phone: str | None
    phone_typed: str | None
    locale: str | None
    zone: str | None

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels on which messages reach them."""
        return tuple(name for name, contact in (("email", self.email), ("sms", self.phone)) if contact is not None)


def guest(
    contact: Contact, *, region: str, parse_phone: ParsePhone, field: str = "guest", reachable: bool = True
) -> Guest:
    """Return the guest, or refuse a contact that could not be written to; problems are told of `field`.

    Someone who comes along need not be `reachable`.
    """
    name = " ".join(contact.name.split())
    problems = []
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        problems.append(Problem(field=f"{field}.name", problem=f"Give a name of 1 to {_LONGEST_NAME} characters."))
    if contact.locale is not None and not _LOCALE.fullmatch(contact.locale):
        problems.append(Problem(field=f"{field}.locale", problem="Give a language tag such as fr or en-CA."))
    if contact.zone is not None and not _is_zone(contact.zone):
        problems.append(Problem(field=f"{field}.zone", problem="Give an IANA time zone such as Europe/Paris."))
    if problems:
        raise Refused("invalid_request", "The guest's details need mending.", fields=problems)
    email = (contact.email or "").strip() or None
    typed = (contact.phone or "").strip() or None
    if reachable and email is None and typed is None:
        raise Refused(
            "contact_required",
            "Give an e-mail address or a phone number, so that we can confirm.",
            fields=[
                Problem(field=f"{field}.{each}", problem="One of the two is needed.") for each in ("email", "phone")
            ],
        )
    if email is not None and not is_email(email):
        raise Refused(
            "email_invalid",
            "This is not an e-mail address.",
            fields=[Problem(field=f"{field}.email", problem="Give an address such as ana@example.com.")],
        )
    phone = parse_phone(typed, region) if typed is not None else None
    if typed is not None and phone is None:
        raise Refused(
            "phone_invalid",
            "This is not a phone number we can read.",
            fields=[
                Problem(
                    field=f"{field}.phone", problem="Give a number with its country code, such as +33 1 99 00 12 34."
                )
            ],
        )
    return Guest(name=name, email=email, phone=phone, phone_typed=typed, locale=contact.locale, zone=contact.zone)


def is_email(text: str) -> bool:
    """Say whether mail could be sent there: one @, a printable local part without quotes, a domain with a dot."""
    match = _EMAIL.fullmatch(text)
    if match is None or len(text) > 254 or not text.isprintable():
        return False
    local, domain = match["local"], match["domain"]
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return False
    labels = domain.split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name such as "Europe", which is a folder
        return False
    return True
