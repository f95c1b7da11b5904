from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from booking.adapters.catalog_copy import ClinicMemory, apply, is_loaded, load
from booking.adapters.postgres_bookings import PostgresBookings
from booking.adapters.postgres_calendar import PostgresCalendar
from booking.adapters.tables import metadata
from booking.application.ports import Question
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.zones import instant
from booking.migrate import migrate
from messaging.envelope import Event, MalformedEvent
from messaging.postgres import engine_for
from sqlalchemy import Engine, event, text

from services.booking.tests.booking_data import a_booking, adding
from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, SWEDISH, Told, entities, location, schedule

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DECEMBER = (instant(datetime(2026, 12, 1, tzinfo=UTC)), instant(datetime(2026, 12, 2, tzinfo=UTC)))


@pytest.fixture
def engine(booking_url: str) -> Iterator[Engine]:
    made = engine_for(booking_url, application="test", ping_before_use=False)
    yield made
    made.dispose()


@pytest.fixture
def loaded(engine: Engine) -> Engine:
    with engine.begin() as connection:
        load(connection, entities(), now=NOW)
    return engine


def calendar_of(engine: Engine) -> PostgresCalendar:
    return PostgresCalendar(engine, ClinicMemory())


def told(entity: Told, **changes: Any) -> Event:
    data = {**entity["data"], **changes}
    return Event(
        id=uuid4(),
        name=entity["name"],
        occurred_at=NOW,
        correlation_id="test-correlation",
        causation_id=None,
        aggregate_id=uuid4(),
        version=data["version"],
        data=data,
    )


def name_of_paris(clinic: Clinic) -> Question[str]:
    return Question(subject=clinic.location(PARIS).name, resource_ids=[ANA, BEA], during=DECEMBER)


def counted(engine: Engine) -> list[str]:
    """Note each use of a connection: a reader takes one for each query."""
    uses: list[str] = []
    event.listen(engine, "checkout", lambda *_: uses.append("once"))
    return uses


def test_the_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    differences = [each for each in found if each[0] not in {"remove_table", "remove_index", "add_index"}]
    assert differences == []


def test_migrating_twice_changes_nothing(postgres_url: str) -> None:
    migrate(postgres_url)
    migrate(postgres_url)


def test_until_a_snapshot_was_loaded_everything_is_refused_as_not_ready(engine: Engine) -> None:
    with engine.begin() as connection:
        apply(connection, told(location()))
        assert not is_loaded(connection)
    with pytest.raises(Refused, match="not_ready"):
        calendar_of(engine).look(name_of_paris)


def test_a_look_tells_what_is_allocated_in_one_query(loaded: Engine) -> None:
    calendar = calendar_of(loaded)
    made = a_booking()
    PostgresBookings(loaded, ClinicMemory(), wake=lambda: None).transact(adding(made, ANA, ROOM_1))
    calendar.look(name_of_paris)
    uses = counted(loaded)
    reading = calendar.look(name_of_paris)
    assert len(uses) == 1
    assert reading.subject == "La Belle Paris"
    assert reading.busy == {ANA: [(instant(made.start) - 300, instant(made.end) + 600)]}
    during = (instant(made.end) + 600, instant(made.end) + 700)
    assert calendar.allocated([ANA, BEA], during) == frozenset()
    assert calendar.allocated([ANA, BEA], (during[0] - 1, during[1])) == {ANA}


def test_a_look_sees_a_change_of_the_catalog_that_another_process_took_in(loaded: Engine) -> None:
    calendar = calendar_of(loaded)
    calendar.look(name_of_paris)
    with loaded.begin() as connection:
        apply(connection, told(location(), name="La Belle Rive", version=2))
    assert calendar.look(name_of_paris).subject == "La Belle Rive"


def test_a_refusal_by_what_is_in_memory_stands_only_if_that_is_the_newest(loaded: Engine) -> None:
    with loaded.begin() as connection:
        apply(connection, told(location(), deleted=True, version=2))
    calendar = calendar_of(loaded)
    with pytest.raises(Refused, match="unknown_location"):
        calendar.look(name_of_paris)
    with loaded.begin() as connection:
        apply(connection, told(location(), version=3))
    assert calendar.look(name_of_paris).subject == "La Belle Paris"


def test_older_and_repeated_events_change_nothing(loaded: Engine) -> None:
    with loaded.begin() as connection:
        apply(connection, told(location(), name="Newest", version=5))
        apply(connection, told(location(), name="Older", version=4))
        apply(connection, told(location(), name="Twice", version=5))
    assert calendar_of(loaded).look(name_of_paris).subject == "Newest"


def test_a_rebuild_equals_a_replay(loaded: Engine) -> None:
    changes = [told(schedule(ANA), weekly=[], version=2), told(location(), name="Rive", version=2)]
    with loaded.begin() as connection:
        for each in changes:
            apply(connection, each)
    replayed = calendar_of(loaded).known()
    snapshot = {(each["name"], str(each["data"])): each for each in entities()}
    after = [*snapshot.values(), *({"name": each.name, "data": each.data} for each in changes)]
    with loaded.begin() as connection:
        load(connection, after, now=NOW + timedelta(days=1), replace=True)
    rebuilt = calendar_of(loaded).known()
    assert (rebuilt.locations, rebuilt.schedules) == (replayed.locations, replayed.schedules)
    assert (rebuilt.services, rebuilt.rooms) == (replayed.services, replayed.rooms)


def test_a_snapshot_older_than_an_event_does_not_undo_it_unless_it_is_to_replace_everything(loaded: Engine) -> None:
    calendar = calendar_of(loaded)
    with loaded.begin() as connection:
        apply(connection, told(location(), name="Newest", version=5))
        load(connection, entities(), now=NOW)
    assert calendar.look(name_of_paris).subject == "Newest"
    with loaded.begin() as connection:
        load(connection, [each for each in entities() if SWEDISH not in str(each)], now=NOW, replace=True)
    assert calendar.look(name_of_paris).subject == "La Belle Paris"
    assert calendar.known().services[SWEDISH].deleted


def test_an_event_that_booking_cannot_read_is_malformed_and_one_it_does_not_know_is_ignored(loaded: Engine) -> None:
    with loaded.begin() as connection:
        apply(connection, told({"name": "catalog.colour_changed.v1", "data": {"version": 1}}))
        for broken in ({"zone": "Mars/Base"}, {"opening_hours": [{"weekday": 9, "from": "09:00", "to": "10:00"}]}):
            with pytest.raises(MalformedEvent):
                apply(connection, told(location(), **broken))


def test_every_limit_that_the_driver_leaves_unset_is_set(loaded: Engine) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")
    with loaded.connect() as connection:
        shown = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
    assert shown == ["4s", "2s", "10s", "UTC"]


def test_a_past_that_grows_does_not_make_looking_slower(loaded: Engine) -> None:
    """The plan reads the constraint's own index by resource and time, whatever lies in other times."""
    booking = a_booking()
    PostgresBookings(loaded, ClinicMemory(), wake=lambda: None).transact(adding(booking, ANA, ROOM_1))
    with loaded.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a test machine may be busy
        connection.execute(
            text(
                "INSERT INTO allocations (booking_id, resource_id, during, active)"
                " SELECT :booking, :resource, tstzrange(at, at + interval '1 hour'), true"
                " FROM generate_series(timestamptz '2020-01-01', timestamptz '2021-03-01', interval '1 hour') AS at"
            ),
            {"booking": booking.id, "resource": ANA},
        )
        connection.execute(text("ANALYZE allocations"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT * FROM unnest(CAST(:ids AS uuid[])) AS wanted (id) JOIN allocations"
                " ON allocations.resource_id = wanted.id AND allocations.active"
                " AND allocations.during && tstzrange(to_timestamp(:since), to_timestamp(:until))"
            ),
            {"ids": [ANA, BEA], "since": DECEMBER[0], "until": DECEMBER[1]},
        ).scalars()
        assert "allocations_no_overlap" in " ".join(plan)
