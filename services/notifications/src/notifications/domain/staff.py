"""How to reach who is not a guest: a practitioner, or the desk of a location."""

from dataclasses import dataclass, replace

from notifications.domain.facts import Facts, Guest
from notifications.domain.values import Recipient


@dataclass(frozen=True, slots=True)
class Post:
    """Who of staff: a practitioner by their id, or the desk of a location by the location's."""

    kind: Recipient
    subject_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How staff are written to: at what there is, in a language."""

    name: str
    email: str | None
    phone: str | None
    language: str


def post_of(recipient: Recipient, facts: Facts) -> Post | None:
    """Whom of staff a message about this booking is for; None where it is for the guest."""
    match recipient:
        case Recipient.DESK:
            return Post(recipient, facts.location_id)
        case Recipient.PRACTITIONER:
            return Post(recipient, facts.practitioner_ids[0])
        case Recipient.GUEST:
            return None


def addressed_to(contact: Contact | None, facts: Facts) -> Facts:
    """The facts as staff are written to about them: without the guest's name, contact and link.

    Without a contact there is no address, and the message is skipped for it.
    """
    reader = contact or Contact(name="", email=None, phone=None, language="en")
    guest = Guest(
        name=reader.name, email=reader.email, phone=reader.phone, locale=reader.language, zone=facts.place.zone
    )
    return replace(facts, guest=guest, manage_token="", price=None, fee=None)
