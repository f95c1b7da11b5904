"""Bookings and guests of every sort, on whom words are tried before they are saved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from notifications.domain.facts import Appointment, Facts, Guest, Money, Offer, Place, Session
from notifications.domain.values import BookingId

_START = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)

FULL = Facts(
    booking_id=BookingId("00000000-0000-4000-8000-000000000000"),
    location_id="00000000-0000-4000-8000-000000000001",
    revision=1,
    state="confirmed",
    start=_START,
    end=_START + timedelta(minutes=60),
    duration_minutes=60,
    discreet_name="Appointment",
    practitioners=("Ana Moreau", "Marc Olivier"),
    place=Place(
        name="La Belle Paris",
        zone="Europe/Paris",
        phone="+33199001010",
        address=("14 rue des Tilleuls", "75011 Paris"),
    ),
    guest=Guest(
        name="Camille Durand-Rousseau",
        email="guest@example.com",
        phone="+33199001234",
        locale="en",
        zone="America/Toronto",
    ),
    price=Money(amount=Decimal("1250.50"), currency="EUR"),
    fee=Money(amount=Decimal("47.50"), currency="EUR"),
    free_until=_START - timedelta(hours=12),
    manage_token="0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",  # noqa: S106  (as long as a real one, and opens nothing)
)
BARE = replace(
    FULL,
    practitioners=(),
    place=replace(FULL.place, phone="", address=()),
    guest=replace(FULL.guest, name="", zone="Europe/Paris"),
    price=None,
    fee=None,
)
OFFERED = replace(FULL, state="offered", offer=Offer(entry_id=FULL.booking_id, deadline=_START - timedelta(hours=2)))
WAITING = replace(
    FULL,
    state="waiting",
    end=_START + timedelta(days=5),
    price=None,
    fee=None,
    offer=Offer(entry_id=FULL.booking_id, deadline=_START + timedelta(days=5)),
)
LACKING = replace(FULL, document_due=_START - timedelta(days=1))
_ADVICE = {"en": "Drink plenty of water.\nRest for an hour, and take it easy until tomorrow."}
ADVISED = replace(FULL, preparation=_ADVICE, aftercare=_ADVICE)
SERIES = replace(
    FULL,
    price=None,
    sessions=tuple(
        Session(
            booking_id=FULL.booking_id,
            revision=1,
            start=_START + timedelta(weeks=week),
            end=_START + timedelta(weeks=week, minutes=60),
            discreet_name=FULL.discreet_name,
            practitioners=FULL.practitioners,
        )
        for week in range(30)
    ),
)
AGENDA = replace(
    FULL,
    practitioners=FULL.practitioners[:1],
    end=_START + timedelta(minutes=75 * 7 + 60),
    duration_minutes=8 * 60,
    guest=replace(FULL.guest, name="Ana Moreau", zone=FULL.place.zone),
    price=None,
    fee=None,
    manage_token="",
    appointments=tuple(
        Appointment(
            start=_START + timedelta(minutes=75 * turn),
            minutes=60,
            discreet_name=FULL.discreet_name,
            rooms=("Tilleul",) if turn else (),
            guest="C. D." if turn else "",
        )
        for turn in range(8)
    ),
)
EARLY, LATE = _START - timedelta(days=8), _START - timedelta(hours=1)
