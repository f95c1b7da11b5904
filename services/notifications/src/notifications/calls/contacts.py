"""What staff ask about who of staff is written to, and where."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate
from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from notifications.adapters.postgres_contacts import every_contact, save_contact
from notifications.domain.replies import LANGUAGES
from notifications.domain.staff import Contact, Post
from notifications.domain.values import Recipient
from notifications.outside import Outside
from notifications.schemas import ValidationError
from notifications.staff_schemas import refusal

log = get_logger(__name__)


class _Contact(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 200))
    email = fields.Email(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^\+[1-9][0-9]{6,14}$"))
    language = fields.String(required=True, validate=validate.OneOf(sorted(LANGUAGES)))


class _Asked(Schema):
    kind = fields.String(required=True, validate=validate.OneOf([Recipient.PRACTITIONER.value, Recipient.DESK.value]))
    subject_id = fields.UUID(required=True)
    contact = fields.Nested(_Contact, load_default=None, allow_none=True)
    by = fields.String(required=True, validate=validate.Length(1, 200))


_ASKED = _Asked()


class ContactCalls:
    """Calls that only staff make. nameko finds them on whatever class inherits them."""

    outside: Outside

    @rpc
    def contacts(self) -> dict[str, Any]:
        """How practitioners and desks are reached."""
        with self.outside.engine.connect() as connection:
            return {"ok": {"items": [_dump(post, contact) for post, contact in every_contact(connection)]}}

    @rpc
    def save_contact(self, **message: Any) -> dict[str, Any]:
        """Reach one of them so from now on; without a contact not at all."""
        try:
            asked: Mapping[str, Any] = _ASKED.load(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        post = Post(Recipient(asked["kind"]), str(asked["subject_id"]))
        contact = Contact(**asked["contact"]) if asked["contact"] is not None else None
        with self.outside.engine.begin() as connection:
            save_contact(connection, post, contact, by=asked["by"], now=self.outside.clock.now())
        log.info("contact saved", kind=post.kind.value, subject_id=post.subject_id, gone=contact is None)
        return {"ok": {}}


def _dump(post: Post, contact: Contact) -> dict[str, Any]:
    return {
        "kind": post.kind.value,
        "subject_id": post.subject_id,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "language": contact.language,
    }
