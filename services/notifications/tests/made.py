"""Bookings and messages to test with, each made from a plain case by naming what differs."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifications.application.ports import Claimed
from notifications.domain.agenda import day_of
from notifications.domain.facts import Appointment, Facts, Guest, Money, Offer, Place, Session
from notifications.domain.values import BookingId, Change, Channel, Happening, Key, LocationId

LOCATION = "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2"
BOOKING = BookingId("9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10")
ANA = "fb52e11d-749e-513a-912e-3e66827457c2"
ENTRY = "c1f6a0b2-93d4-4d0e-9a67-0b7e5d2f8e43"
START = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # Tuesday, 10:30 in Paris
MADE_AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


def at(text: str) -> datetime:
    """An instant from `2026-12-01 09:30`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def change(**differences: Any) -> Change:
    """A booking that has just been made, eight days ahead. Moving `start` moves its end and cutoff along."""
    start = differences.get("start", START)
    plain = Change(
        happening=Happening.BOOKED,
        booking_id=BOOKING,
        location_id=LocationId(LOCATION),
        revision=1,
        happened_at=differences.get("made_at", MADE_AT),
        made_at=MADE_AT,
        start=start,
        end=start + timedelta(minutes=60),
        free_until=start - timedelta(hours=12),
        undo_until=None,
        recipient_zone="Europe/Paris",
        channels=(Channel.EMAIL, Channel.SMS),
        modality="massage",
        zone="Europe/Paris",
    )
    return replace(plain, **differences)


SERIES = BookingId("6d6f0c9e-6f7b-4c55-9a3d-3b8f7f2d4a10")


def session(number: int, **differences: Any) -> Change:
    """One of four weekly sessions that were booked as one wish, from 0."""
    booking_id = BookingId(f"00000000-0000-4000-8000-00000000000{number}")
    start = START + timedelta(weeks=number)
    return change(booking_id=booking_id, start=start, series_id=SERIES, **differences)


def cancelled(**differences: Any) -> Change:
    """The same booking, cancelled a day later."""
    happened_at = differences.get("happened_at", MADE_AT + timedelta(days=1))
    plain = change(
        happening=Happening.CANCELLED,
        revision=2,
        happened_at=happened_at,
        undo_until=happened_at + timedelta(minutes=3),
    )
    return replace(plain, **differences)


def reinstated(**differences: Any) -> Change:
    """The same booking, its cancellation undone after a minute and a half."""
    happened_at = MADE_AT + timedelta(days=1, seconds=90)
    return replace(change(happening=Happening.REINSTATED, revision=3, happened_at=happened_at), **differences)


def rescheduled(**differences: Any) -> Change:
    """The same booking, moved two days later, a day after it was made."""
    start = differences.pop("start", START + timedelta(days=2))
    happened_at = MADE_AT + timedelta(days=1)
    plain = change(happening=Happening.RESCHEDULED, revision=2, happened_at=happened_at, start=start)
    return replace(plain, **differences)


def offered(**differences: Any) -> Change:
    """A guest who has waited for eight days is offered that time, and has half an hour to answer."""
    happened_at = differences.pop("happened_at", START - timedelta(hours=20))
    plain = change(
        happening=Happening.WAITLIST_OFFERED,
        happened_at=happened_at,
        free_until=START,
        deadline=happened_at + timedelta(minutes=30),
    )
    return replace(plain, **differences)


def key(rule: str = "confirmation", channel: Channel = Channel.EMAIL, revision: int = 1) -> Key:
    return Key(booking_id=BOOKING, revision=revision, rule=rule, channel=channel)


def facts(**differences: Any) -> Facts:
    """What booking says of the booking: confirmed, as it was made."""
    plain = Facts(
        booking_id=BOOKING,
        revision=1,
        location_id=LOCATION,
        state="confirmed",
        start=START,
        end=START + timedelta(minutes=60),
        duration_minutes=60,
        discreet_name="Appointment at La Belle",
        practitioners=("Ana Moreau",),
        practitioner_ids=(ANA,),
        place=Place(
            name="La Belle Paris",
            zone="Europe/Paris",
            phone="+33199001010",
            address=("14 rue des Tilleuls", "75011 Paris"),
        ),
        guest=Guest(
            name="Camille Roux",
            email="camille@example.com",
            phone="+33199001234",
            locale="en",
            zone="Europe/Paris",
        ),
        price=Money(amount=Decimal("95.00"), currency="EUR"),
        fee=Money(amount=Decimal("47.50"), currency="EUR"),
        free_until=START - timedelta(hours=12),
        manage_token="bWFuYWdlLXRva2Vu-t0k3n_",
    )
    return replace(plain, **differences)


def offer_facts(**differences: Any) -> Facts:
    """What booking says of the offer: it stands."""
    offer = Offer(entry_id=ENTRY, deadline=START - timedelta(hours=19, minutes=30))
    return facts(state="offered", fee=None, offer=offer, **differences)


def joined(**differences: Any) -> Change:
    """A guest begins to wait for any of that week's days."""
    plain = change(
        happening=Happening.WAITLIST_JOINED,
        booking_id=BookingId(ENTRY),
        start=at("2026-11-30 23:00"),
        end=at("2026-12-05 23:00"),
        free_until=at("2026-12-05 23:00"),
        deadline=at("2026-12-05 23:00"),
    )
    return replace(plain, **differences)


def wait_facts(**differences: Any) -> Facts:
    """What booking says of their place on the list: they wait."""
    plain = facts(
        booking_id=BookingId(ENTRY),
        state="waiting",
        start=at("2026-11-30 23:00"),
        end=at("2026-12-05 23:00"),
        free_until=at("2026-12-05 23:00"),
        practitioners=(),
        practitioner_ids=(),
        price=None,
        fee=None,
        offer=Offer(entry_id=ENTRY, deadline=at("2026-12-05 23:00")),
    )
    return replace(plain, **differences)


def series_facts(*numbers: int, **differences: Any) -> Facts:
    """What booking says of that series: these sessions stand and are to come."""
    sessions = tuple(
        Session(
            booking_id=each.booking_id,
            revision=1,
            start=each.start,
            end=each.end,
            discreet_name="Appointment at La Belle",
            practitioners=("Ana Moreau",),
        )
        for each in map(session, numbers)
    )
    state = "confirmed" if sessions else "cancelled"
    plain = facts(booking_id=SERIES, state=state, price=None, sessions=sessions)
    return replace(plain, **({"start": sessions[0].start, "end": sessions[0].end} if sessions else {}) | differences)


def agenda_facts(*starts: datetime, **differences: Any) -> Facts:
    """What booking says of Ana's first of December in Paris: these appointments of an hour stand."""
    appointments = tuple(
        Appointment(start=each, minutes=60, discreet_name="Appointment at La Belle", rooms=("Tilleul",), guest="C. R.")
        for each in starts
    )
    day = day_of(ANA, LocationId(LOCATION), START, "Europe/Paris")
    start, end = (starts[0], appointments[-1].end) if starts else (day.since, day.until)
    nobody = Guest(name="", email=None, phone=None, locale="en", zone="Europe/Paris")
    plain = facts(
        booking_id=day.id,
        start=start,
        end=end,
        guest=nobody,
        price=None,
        fee=None,
        free_until=start,
        manage_token="",
        appointments=appointments,
        duration_minutes=60 * len(appointments),
        discreet_name="Appointment at La Belle" if appointments else "",
    )
    return replace(plain, **differences)


def claimed(which: Key | None = None, **differences: Any) -> Claimed:
    """A message in a sender's hands for the first time."""
    plain = Claimed(
        key=which or key(),
        lease=str(uuid.uuid4()),
        start=START,
        useful_until=START,
        attempts=0,
        unknown=0,
        correlation_id="4f0c2d1e9b7a4c61",
    )
    return replace(plain, **differences)
