"""What reached the guest: the demo's e-mail and SMS receivers, read through HTTP."""

import json

from tests.outside.client import Api, Json
from tests.outside.until import until

CONFIRMED = [("confirmation", "email"), ("confirmation", "sms")]


def about(api: Api, booking: Json) -> list[Json]:
    """Return the messages that reached the receivers and concern this booking, the oldest first."""
    return [message for message in api.messages() if booking["id"] in json.dumps(message)]


def sent_about(api: Api, booking: Json, *, count: int, within: float = 30) -> list[Json]:
    """Wait until at least `count` messages about the booking have arrived, and return them all."""
    return until(
        lambda: about(api, booking),
        within=within,
        expecting=f"{count} messages about booking {booking['id']}",
        enough=lambda found: len(found) >= count,
    )


def kinds(messages: list[Json]) -> list[tuple[str, str]]:
    """Return (rule, channel) of each message, sorted; the rule is what the message's key names."""
    return sorted((rule_of(message), message["channel"]) for message in messages)


def as_read(messages: list[Json]) -> list[Json]:
    """Return the messages as the guest sees them: mail programs show two copies of one Message-ID once.

    For the one moment that SMTP leaves open, a sender killed between the server's acceptance and our mark: the e-mail
    is repeated under its identity (docs/adr/0036). Text messages have keys that their provider honours: each counts.
    """
    seen: dict[str, Json] = {}
    for number, message in enumerate(messages):
        seen.setdefault(message["key"] if message["channel"] == "email" else str(number), message)
    return list(seen.values())


def rule_of(message: Json) -> str:
    """Return the one of RULES that a message's key names."""
    for rule in RULES:
        if rule in message["key"]:
            return rule
    raise AssertionError(f"no known rule in the key {message['key']!r}")


RULES = (
    "series_confirmation",  # before the one that it contains
    "confirmation",
    "party_change",  # likewise
    "change",
    "first_reminder",
    "second_reminder",
    "cancellation",
    "waitlist_offer",
    "waitlist_joined",
    "document_due",
    "preparation",
    "aftercare",
    "displaced",
    "document_running_out",
    "daily_agenda",
)
