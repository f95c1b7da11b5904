"""Delivery receipts of providers, each in its own words, told in ours.

Sources: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks,
https://developer.vonage.com/en/api/messages (message status), docs/sms.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.api.sms_callbacks import Callback
from gateway.application.errors import Refused

_DELIVERED = {"delivered", "read"}
_UNDELIVERED = {"undelivered", "failed", "rejected", "undeliverable", "expired", "canceled"}
_MESSAGE_ID = re.compile(r"<?([^@<>]{1,200})@[^@<>]+>?")
# A code and nothing else: what providers write in words may quote a number.
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_AMOUNT = re.compile(r"\d{1,6}(\.\d{1,8})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A receipt: the provider's name for the message, ours if it gave it back, and how far it came."""

    provider_id: str
    key: str | None
    fate: str
    problem: str | None = None
    cost: Mapping[str, str] | None = None
    gone: bool | None = None


def from_twilio(callback: Callback, *, key: str | None) -> Told:
    """`key` stood in the address that Twilio was told to call."""
    return Told(
        provider_id=callback.text("MessageSid")[:255],
        key=key,
        fate=_fate(callback.text("MessageStatus")),
        problem=_code(callback.said.get("ErrorCode")),
    )


def from_vonage(callback: Callback) -> Told:
    error, usage = callback.said.get("error"), callback.said.get("usage")
    return Told(
        provider_id=callback.text("message_uuid")[:255],
        key=callback.text("client_ref", required=False) or None,
        fate=_fate(callback.text("status")),
        problem=_code(error.get("title")) if isinstance(error, dict) else None,
        cost=_cost(usage.get("price"), usage.get("currency")) if isinstance(usage, dict) else None,
    )


def from_http(callback: Callback) -> Told:
    status, cost = callback.text("status"), callback.said.get("cost")
    if status not in ("accepted", "delivered", "undelivered"):
        raise Refused(code="callback_unreadable", detail="status is none of accepted, delivered, undelivered.")
    return Told(
        provider_id=callback.text("id")[:255],
        key=callback.text("key", required=False) or None,
        fate=status,
        problem=_code(callback.said.get("problem")),
        cost=_cost(cost.get("amount"), cost.get("currency")) if isinstance(cost, dict) else None,
    )


def from_mail(callback: Callback) -> Told:
    """`bounced` is for good: nothing arrives at that address. The message is known by the Message-ID that it had."""
    status, message_id = callback.text("status"), callback.text("message_id")[:255]
    if status not in ("delivered", "undelivered", "bounced"):
        raise Refused(code="callback_unreadable", detail="status is none of delivered, undelivered, bounced.")
    named = _MESSAGE_ID.fullmatch(message_id)
    return Told(
        provider_id=message_id,
        key=named[1].replace(".", ":") if named else None,
        fate="delivered" if status == "delivered" else "undelivered",
        problem=_code(callback.said.get("problem")),
        gone=status == "bounced",
    )


def _fate(status: str) -> str:
    """A status that is newer than this list means no more than that the provider has the message."""
    if status in _DELIVERED:
        return "delivered"
    return "undelivered" if status in _UNDELIVERED else "accepted"


def _code(given: object) -> str | None:
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return text if _CODE.fullmatch(text) else None


def _cost(amount: object, currency: object) -> Mapping[str, str] | None:
    if not (isinstance(amount, str | int | float) and isinstance(currency, str)):
        return None
    if not (_AMOUNT.fullmatch(str(amount)) and _CURRENCY.fullmatch(currency)):
        return None
    return {"amount": str(amount), "currency": currency}
