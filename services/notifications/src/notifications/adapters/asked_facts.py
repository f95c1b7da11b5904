"""Booking's facts about one booking, asked for by the service itself; senders ask for batches on their own bus."""

from messaging.bus import BrokerAway, DeadlinePassed, RemoteFault
from messaging.nameko_ext import ask

from notifications.application.ports import BookingAway
from notifications.domain.agenda import Day
from notifications.domain.facts import Facts
from notifications.domain.values import BookingId
from notifications.schemas import ValidationError, dump_day, load_day, load_facts

_DEADLINE = 2.0  # who asks us waits three seconds


def asked_facts(amqp_url: str, booking_id: BookingId) -> Facts | None:
    """The booking as it stands, None if there is no such booking, or `BookingAway`."""
    try:
        answer = ask(amqp_url, "booking", "message_facts", {"booking_ids": [booking_id]}, timeout=_DEADLINE)
        view = answer["ok"]["bookings"].get(booking_id)
        return load_facts(view) if view is not None else None
    except (BrokerAway, DeadlinePassed, RemoteFault, ValidationError, KeyError, TypeError, AttributeError) as problem:
        raise BookingAway(type(problem).__name__) from problem


def asked_day(amqp_url: str, day: Day) -> Facts | None:
    """What stands on a practitioner's day, None if there is no such practitioner, or `BookingAway`."""
    try:
        answer = ask(amqp_url, "booking", "practitioner_days", {"days": [dump_day(day)]}, timeout=_DEADLINE)
        view = answer["ok"]["days"].get(day.id)
        return load_day(day, view) if view is not None else None
    except (BrokerAway, DeadlinePassed, RemoteFault, ValidationError, KeyError, TypeError, AttributeError) as problem:
        raise BookingAway(type(problem).__name__) from problem
