"""What the service needs of the outside world, put together once from the settings."""

from dataclasses import dataclass
from datetime import timedelta

from messaging.inbox import Inbox
from messaging.outbox import Waker
from messaging.postgres import engine_for
from runtime.clock import SystemClock, clock_from
from runtime.secrets import derive_key
from sqlalchemy import Engine

from booking.adapters.catalog_changes import CatalogChanges
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.demand import PostgresDemand
from booking.adapters.phones import parse_phone
from booking.adapters.postgres_agenda import PostgresAgenda
from booking.adapters.postgres_bookings import PostgresBookings
from booking.adapters.postgres_calendar import PostgresCalendar
from booking.adapters.postgres_diaries import PostgresDiaries
from booking.adapters.postgres_displacements import PostgresDisplacements
from booking.adapters.postgres_series import PostgresSeries
from booking.adapters.postgres_therapy import PostgresTherapy
from booking.adapters.postgres_waitlist import PostgresWaitlist
from booking.adapters.redis_holds import RedisHolds, connect
from booking.adapters.sealing import Sealing
from booking.adapters.tables import inbox
from booking.adapters.therapy_rules import therapy_rules
from booking.application.ports import Desk
from booking.domain.patience import Patience
from booking.settings import WORKERS, BookingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The use cases' desk, and what events and health need beside it."""

    desk: Desk
    engine: Engine
    holds: RedisHolds
    inbox: Inbox
    changes: CatalogChanges
    waker: Waker

    def close(self) -> None:
        """Let go of every connection."""
        self.waker.close()
        self.engine.dispose()


def outside(settings: BookingSettings) -> Outside:
    """Return the outside that the settings describe; nothing is connected until it is used."""
    # No ping before each use: whoever reads or writes repeats once what finds its connection dead.
    engine = engine_for(
        settings.booking_database_url, application="slotwell-booking", pool_size=WORKERS, ping_before_use=False
    )
    waker = Waker(settings.booking_database_url)
    memory = ClinicMemory()
    memory_of_holds = connect(settings.redis_url, answers_within=settings.redis_seconds)
    holds = RedisHolds(memory_of_holds, installation=settings.installation)
    desk = Desk(
        calendar=PostgresCalendar(engine, memory),
        holds=holds,
        bookings=PostgresBookings(engine, memory, wake=waker.wake, sealing=Sealing(_sealing_keys(settings))),
        agenda=PostgresAgenda(engine),
        waitlist=PostgresWaitlist(engine),
        demand=PostgresDemand(engine),
        diaries=PostgresDiaries(engine),
        displacements=PostgresDisplacements(engine),
        series=PostgresSeries(engine),
        therapy=PostgresTherapy(engine),
        rules=therapy_rules(),
        parse_phone=parse_phone,
        clock=clock_from(settings),
        real_clock=SystemClock(),
        hold_lasts=settings.hold_seconds,
        offer_lasts=timedelta(minutes=settings.offer_minutes),
        hold_key=derive_key(settings.secret_key, "hold"),
        manage_key=derive_key(settings.secret_key, "manage"),
        patience=Patience(times=settings.no_shows_until_on_request, days=settings.no_shows_count_days),
    )
    return Outside(
        desk=desk,
        engine=engine,
        holds=holds,
        inbox=Inbox(engine, inbox, SystemClock()),
        changes=CatalogChanges(memory, now=desk.clock.now),
        waker=waker,
    )


def _sealing_keys(settings: BookingSettings) -> list[bytes]:
    """The keys of health data, the one to seal with first; the installation's secret opens what it sealed before."""
    return [*settings.sealing_key_bytes, derive_key(settings.secret_key, "sealing")]
