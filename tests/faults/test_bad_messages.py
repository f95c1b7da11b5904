"""Messages that are doubled, stale or poison harm nobody, and a parked one can be replayed."""

import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta

from tests.checker.reading import change, rows
from tests.outside.broker import as_json, publish, put
from tests.outside.client import a_guest, ok
from tests.outside.messages import CONFIRMED, about, kinds, sent_about
from tests.outside.stack import StackPlatform
from tests.outside.until import until

QUEUE = "notifications.booking.v1"


def test_an_event_delivered_many_times_has_its_effect_once(stack: StackPlatform) -> None:
    api = stack.api
    booking = api.booked(api.a_slot(after=timedelta(days=3)))
    sent_about(api, booking, count=2)
    event = _event_about(stack, booking["id"])
    for _ in range(5):
        publish(
            stack.amqp_url,
            exchange="booking",
            key="booking.booked.v1",
            body=as_json(event),
            message_id=event["id"],
        )
    sent_about(api, api.booked(api.a_slot(after=timedelta(days=4))), count=2)
    assert kinds(about(api, booking)) == CONFIRMED


def test_an_older_revision_that_arrives_late_changes_nothing(stack: StackPlatform) -> None:
    api = stack.api
    booking = api.booked(api.a_slot(after=timedelta(days=3)))
    sent_about(api, booking, count=2)
    stale = _event_about(stack, booking["id"])
    ok(api.cancel(booking))
    publish(
        stack.amqp_url,
        exchange="booking",
        key="booking.booked.v1",
        body=as_json({**stale, "id": str(uuid.uuid4())}),
    )
    api.forward(timedelta(minutes=4))
    found = sent_about(api, booking, count=4)
    assert kinds(found) == [("cancellation", "email"), ("cancellation", "sms"), *CONFIRMED]


def test_a_message_that_is_no_event_is_parked_and_holds_up_nobody(stack: StackPlatform) -> None:
    before = {row["id"] for row in _parked(stack)}
    put(stack.amqp_url, queue=QUEUE, body=b"this is no event", content_type="text/plain")
    put(stack.amqp_url, queue=QUEUE, body=as_json({"id": str(uuid.uuid4()), "name": "booking.booked.v1"}))
    api = stack.api
    sent_about(api, api.booked(api.a_slot(after=timedelta(days=3))), count=2)
    until(
        lambda: [row for row in _parked(stack) if row["id"] not in before],
        within=60,
        expecting="both messages in the list of parked ones",
        enough=lambda found: len(found) == 2,
    )
    # As an operator would who has seen that they are nothing: /readyz names what is parked until somebody acts.
    change(stack.databases["notifications"], "DELETE FROM inbox WHERE parked_at IS NOT NULL AND handled_at IS NULL")


def test_a_poison_message_is_parked_and_sent_after_its_replay(stack: StackPlatform) -> None:
    api = stack.api
    database = stack.databases["notifications"]
    hold = api.held(after=timedelta(days=3))
    before = {row["id"] for row in _parked(stack)}
    # Fewer tries than usual, so that nobody has to wait twenty minutes for the last.
    stack.stop_process("notifications")
    stack.start_process("notifications", SLOTWELL_INBOX_ATTEMPTS="4")
    # The event itself is right; what it is written into is broken until somebody mends it.
    change(database, "ALTER TABLE bookings RENAME TO bookings_mislaid")
    try:
        booking = ok(api.book(hold, a_guest()), 201)
        parked = until(
            lambda: [row for row in _parked(stack) if row["id"] not in before],
            within=90,
            expecting="the event about the booking to be parked",
        )
    finally:
        change(database, "ALTER TABLE bookings_mislaid RENAME TO bookings")
    assert about(api, booking) == []
    _command(stack, "replay", parked[0]["id"])
    assert kinds(sent_about(api, booking, count=2)) == CONFIRMED
    assert parked[0]["id"] not in {row["id"] for row in _parked(stack)}


def _event_about(stack: StackPlatform, booking_id: str) -> dict[str, object]:
    found = rows(
        stack.databases["booking"],
        "SELECT body FROM outbox WHERE body->>'aggregate_id' = %s ORDER BY seq LIMIT 1",
        [booking_id],
    )
    event: dict[str, object] = found[0][0]
    return event


def _parked(stack: StackPlatform) -> list[dict[str, str]]:
    lines = _command(stack, "list").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def _command(stack: StackPlatform, *arguments: str) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "messaging.parked",
            "--database-url",
            stack.databases["notifications"],
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
