"""Bookings to write down, and the real thing to write them with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.postgres_bookings import PostgresBookings
from booking.application.ports import Idempotency, Transaction
from booking.domain.booking import CONFIRMED, Booking, Claim, new_booking_id
from booking.domain.clinic import CancellationPolicy
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.guest import Guest
from booking.domain.hold import new_hold_id
from booking.domain.money import Money
from booking.domain.screening import Answers
from booking.domain.zones import instant
from sqlalchemy import Engine

from services.booking.tests.clinic_data import ANA, PARIS, ROOM_1, SWEDISH

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def real(engine: Engine, wake: Callable[[], None] = lambda: None, *, knows: bool = True) -> PostgresBookings:
    """The real thing; what `knows` the clinic can book in one statement, and otherwise has to lock and look first."""
    memory = ClinicMemory()
    if knows:
        with engine.connect() as connection:
            memory.refreshed(connection)
    return PostgresBookings(engine, memory, wake=wake)


def a_booking(**changes: object) -> Booking:
    made = Booking(
        id=new_booking_id(),
        hold_id=new_hold_id(),
        state=CONFIRMED,
        revision=1,
        generation=1,
        location_id=PARIS,
        service_id=SWEDISH,
        practitioner_ids=(ANA,),
        start=NOON,
        minutes=60,
        zone="Europe/Paris",
        price=Money(amount=Decimal("80.00"), currency="EUR"),
        policy=CancellationPolicy(free_until_hours=12, fee_percent=50),
        guest=Guest(
            name="Ana Moreau",
            email="ana@example.com",
            phone="+33199001234",
            phone_typed="01 99 00 12 34",
            locale="fr",
            zone=None,
        ),
        screening=Answers(version=3, all_clear=True),
        made_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def claims_of(booking: Booking, *resources: str) -> list[Claim]:
    during = (instant(booking.start) - 300, instant(booking.end) + 600)
    return [Claim(resource_id=each, during=during) for each in resources or (ANA, ROOM_1)]


def adding(booking: Booking, *resources: str, key: Idempotency | None = None) -> Callable[[Transaction], Booking]:
    def work(transaction: Transaction) -> Booking:
        transaction.lock_catalog([PARIS, SWEDISH, *resources])
        transaction.add(booking, claims_of(booking, *resources), key)
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=booking))
        return booking

    return work
