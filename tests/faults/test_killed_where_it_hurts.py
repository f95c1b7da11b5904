"""Processes killed by SIGKILL at the worst points: what was acknowledged stands, and is told exactly once."""

import time
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from tests.checker.history import bookings, lost, unpublished
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, a_guest, ok
from tests.outside.messages import CONFIRMED, about, as_read, kinds, sent_about
from tests.outside.stack import StackPlatform
from tests.outside.until import until


@dataclass(frozen=True, slots=True)
class Death:
    """A process, and the point at which it dies.

    `mail_repeated`: SMTP knows no keys, so an e-mail whose acceptance was not noted is sent once more under its
    Message-ID (docs/adr/0036), and its reader's program shows it once. Everything else arrives exactly once.
    """

    process: str
    failpoint: str
    mail_repeated: bool = False


DEATHS = [
    Death("booking", "booking.after_commit_before_wake"),
    Death("booking-relay", "relay.before_publish"),
    Death("booking-relay", "relay.after_publish_before_mark"),
    Death("notifications", "inbox.inside_transaction"),
    Death("notifications-sender", "sender.after_claim"),
    Death("notifications-sender", "sender.after_provider_accepts", mail_repeated=True),
]


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: death.failpoint)
def test_a_booking_outlives_a_process_killed_at(stack: StackPlatform, death: Death) -> None:
    api = stack.api
    hold = api.held(after=timedelta(days=3))
    guest, key = a_guest(), f"fault-{death.failpoint}-{hold['id']}"
    stack.stop_process(death.process)
    stack.start_process(death.process, failpoints=(death.failpoint,))
    stack.wait_ready()

    first = _asked_once(api, hold, guest, key)
    stack.wait_until_killed(death.process)
    stack.start_process(death.process)
    booking = ok(first, 201) if first is not None and first.status_code == 201 else _booked(api, hold, guest, key)

    until(
        lambda: _arrived(api, booking, death),
        within=60,
        expecting="one confirmation on each channel",
        enough=lambda read: read == CONFIRMED,
    )
    _another_booking_goes_all_the_way(api)
    assert _arrived(api, booking, death) == CONFIRMED
    assert list(bookings(stack.databases["booking"])).count(booking["id"]) == 1
    assert lost(stack.databases["booking"], [booking["id"]]) == []
    assert overlaps(stack.databases["booking"]) == []
    until(lambda: unpublished(stack.databases["booking"]) == 0, within=30, expecting="an empty outbox")


def _arrived(api: Api, booking: Json, death: Death) -> list[tuple[str, str]]:
    """Return (rule, channel) of everything that the receivers were given about the booking."""
    found = about(api, booking)
    if death.mail_repeated:
        assert sum(message["channel"] == "email" for message in found) <= 2
        found = as_read(found)
    return kinds(found)


def _asked_once(api: Api, hold: Json, guest: Json, key: str) -> httpx.Response | None:
    """Ask for the booking once; None if the connection broke under it."""
    try:
        return api.book(hold, guest, key=key)
    except httpx.TransportError:
        return None


def _booked(api: Api, hold: Json, guest: Json, key: str) -> Json:
    """Repeat the same request until it is answered, as a client does after 503."""
    answer = until(
        lambda: api.book(hold, guest, key=key),
        within=60,
        every=0.5,
        expecting="the booking, asked for again with the same key",
        enough=lambda seen: seen.status_code != 503,
    )
    assert answer.status_code in {200, 201}, answer.text
    found: Json = answer.json()
    return found


def _another_booking_goes_all_the_way(api: Api) -> None:
    """When a later booking's messages have arrived, a second copy of an earlier one would have, too."""
    deadline = time.monotonic() + 30
    hold = api.held(after=timedelta(days=4))
    booking = _booked(api, hold, a_guest(), f"witness-{hold['id']}")
    sent_about(api, booking, count=2, within=max(1.0, deadline - time.monotonic()))
