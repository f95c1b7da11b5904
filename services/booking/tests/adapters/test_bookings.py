"""One suite for the port `Bookings`, on the fake and on a real PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg2
import pytest
from booking.adapters.catalog_copy import ClinicMemory, load
from booking.adapters.postgres_bookings import OutcomeUnknown, PostgresBookings
from booking.adapters.tables import outbox
from booking.application.ports import AlreadyMade, Bookings, Idempotency, Taken, Transaction
from booking.domain.booking import CANCELLED, CONFIRMED, Booking, Claim, new_booking_id
from booking.domain.clinic import CancellationPolicy
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.guest import Guest
from booking.domain.hold import new_hold_id
from booking.domain.money import Money
from booking.domain.screening import Answers
from booking.domain.zones import instant
from messaging.postgres import engine_for
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, SWEDISH, clinic, entities
from services.booking.tests.fakes import FakeBookings

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(booking_url: str) -> Iterator[Engine]:
    made = engine_for(booking_url, application="test", ping_before_use=False)
    with made.begin() as connection:
        load(connection, entities(), now=NOW)
    yield made
    made.dispose()


def _real(engine: Engine, wake: Callable[[], None] = lambda: None, *, knows: bool = True) -> PostgresBookings:
    """The real thing; what `knows` the clinic can book in one statement, and otherwise has to lock and look first."""
    memory = ClinicMemory()
    if knows:
        with engine.connect() as connection:
            memory.refreshed(connection)
    return PostgresBookings(engine, memory, wake=wake)


@pytest.fixture(params=["fake", "real", "real, without the clinic in memory"])
def bookings(request: pytest.FixtureRequest) -> Bookings:
    if request.param == "fake":
        return FakeBookings(clinic())
    return _real(request.getfixturevalue("engine"), knows=request.param == "real")


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


def test_what_was_added_is_found_as_it_was(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    assert bookings.find([made.id, new_booking_id()]) == {made.id: made}
    assert bookings.claims(made.id) == sorted(claims_of(made), key=lambda claim: claim.resource_id)


def test_an_overlap_on_any_resource_is_taken_and_leaves_nothing(bookings: Bookings) -> None:
    bookings.transact(adding(a_booking()))
    late = a_booking(start=NOON + timedelta(minutes=74))
    with pytest.raises(Taken):
        bookings.transact(adding(late, BEA, ROOM_1))
    assert bookings.find([late.id]) == {}
    assert bookings.earlier(late.hold_id).booking is None
    bookings.transact(adding(a_booking(start=NOON + timedelta(minutes=75)), BEA, ROOM_1))


def test_one_hold_makes_one_booking(bookings: Bookings) -> None:
    first = bookings.transact(adding(a_booking()))
    with pytest.raises(AlreadyMade):
        bookings.transact(adding(a_booking(hold_id=first.hold_id), BEA))
    assert bookings.earlier(first.hold_id).booking == first


def test_one_idempotency_key_makes_one_booking_and_tells_another_body(bookings: Bookings) -> None:
    key = Idempotency(scope="book:guest", key="k", body_hash="abc")
    first = bookings.transact(adding(a_booking(), key=key))
    with pytest.raises(AlreadyMade):
        bookings.transact(adding(a_booking(), BEA, key=key))
    assert bookings.earlier(new_hold_id(), key).booking == first
    assert bookings.earlier(new_hold_id(), replace(key, body_hash="xyz")).key_reused
    assert bookings.earlier(new_hold_id(), replace(key, scope="book:other")).booking is None


def test_keys_are_forgotten_when_they_are_old(bookings: Bookings) -> None:
    key = Idempotency(scope="s", key="k", body_hash="abc")
    made = bookings.transact(adding(a_booking(), key=key))
    assert bookings.sweep(before=NOW) == 0
    assert bookings.sweep(before=NOW + timedelta(seconds=1)) == 1
    assert bookings.earlier(new_hold_id(), key).booking is None
    assert bookings.earlier(made.hold_id, key).booking == made


def _cancel(bookings: Bookings, made: Booking) -> Booking:
    after = replace(made, state=CANCELLED, revision=2, cancelled_at=NOW, fee_accepted=made.late_fee)

    def work(transaction: Transaction) -> None:
        assert transaction.lock(made.id) == made
        transaction.change(after)
        transaction.free(made.id)

    bookings.transact(work)
    return after


def test_a_cancelled_booking_frees_its_time_and_can_take_it_again_only_while_it_is_free(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    after = _cancel(bookings, made)
    assert bookings.find([made.id]) == {made.id: after}

    def again(transaction: Transaction) -> None:
        transaction.change(made)
        transaction.allocate_again(made.id)

    bookings.transact(again)
    with pytest.raises(Taken):
        bookings.transact(adding(a_booking()))
    _cancel(bookings, made)
    bookings.transact(adding(a_booking()))
    with pytest.raises(Taken):
        bookings.transact(again)
    assert bookings.find([made.id]) == {made.id: after}


def _moving(after: Booking) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        assert transaction.lock(after.id) is not None
        transaction.move(after, claims_of(after))

    return work


def test_a_moved_booking_gives_its_old_time_up_and_takes_the_new_one_even_where_they_overlap(
    bookings: Bookings,
) -> None:
    made = bookings.transact(adding(a_booking()))
    after = replace(made, start=NOON + timedelta(minutes=15), revision=2)
    bookings.transact(_moving(after))
    assert bookings.find([made.id]) == {made.id: after}
    assert bookings.claims(made.id) == sorted(claims_of(after), key=lambda claim: claim.resource_id)
    bookings.transact(adding(a_booking(start=NOON - timedelta(minutes=60))))


def test_a_booking_that_cannot_take_the_new_time_keeps_the_old_one(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    later = NOON + timedelta(hours=3)
    bookings.transact(adding(a_booking(start=later)))
    with pytest.raises(Taken):
        bookings.transact(_moving(replace(made, start=later, revision=2)))
    assert bookings.find([made.id]) == {made.id: made}
    with pytest.raises(Taken):
        bookings.transact(adding(a_booking()))


def test_what_raises_leaves_nothing(bookings: Bookings) -> None:
    made = a_booking()

    def work(transaction: Transaction) -> None:
        adding(made)(transaction)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bookings.transact(work)
    assert bookings.find([made.id]) == {}


# --- the real thing only ---


@dataclass
class Outcomes:
    """What came of rivals in threads."""

    made: int = 0
    taken: int = 0
    other: int = 0


def _race(engine: Engine, rivals: list[tuple[Booking, tuple[str, ...]]]) -> Outcomes:
    bookings, outcomes, lock = _real(engine), Outcomes(), threading.Lock()
    ready = threading.Barrier(len(rivals))

    def run(booking: Booking, resources: tuple[str, ...]) -> None:
        ready.wait()
        try:
            bookings.transact(adding(booking, *resources))
            name = "made"
        except Taken:
            name = "taken"
        except Exception:  # noqa: BLE001 - counted, and asserted to be none
            name = "other"
        with lock:
            setattr(outcomes, name, getattr(outcomes, name) + 1)

    threads = [threading.Thread(target=run, args=rival) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_second_of_many_racing_bookings_is_refused(engine: Engine) -> None:
    """Starts five minutes apart, resources in differing order, a couple against singles."""
    rivals = [
        (a_booking(start=NOON + timedelta(minutes=5 * n)), ((ANA, ROOM_1), (ROOM_1, BEA), (BEA, ROOM_1, ANA))[n % 3])
        for n in range(12)
    ]
    outcomes = _race(engine, rivals)
    assert (outcomes.made, outcomes.taken, outcomes.other) == (1, 11, 0)


def test_without_the_constraint_the_race_is_lost(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap"))
    outcomes = _race(engine, [(a_booking(), (ANA, ROOM_1)) for _ in range(6)])
    assert outcomes.made == 6


@pytest.mark.parametrize(
    "during",
    ["empty", "[2026-01-01,)", "(,2026-01-01)", "[2026-01-01,2026-01-02]", "[2026-01-01,infinity)"],
)
def test_the_database_itself_refuses_ranges_that_are_not_finite_and_half_open(engine: Engine, during: str) -> None:
    made = _real(engine).transact(adding(a_booking()))
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO allocations (booking_id, resource_id, during, active)"
                " VALUES (:booking, :resource, CAST(:during AS tstzrange), true)"
            ),
            {"booking": made.id, "resource": BEA, "during": during},
        )


def test_an_event_is_written_in_the_same_transaction_and_wakes_the_relay_after_it(engine: Engine) -> None:
    woken: list[int] = []

    def wake() -> None:
        with engine.connect() as connection:
            woken.append(len(connection.execute(select(outbox)).all()))

    made = _real(engine, wake).transact(adding(a_booking()))
    assert woken == [1]
    with engine.connect() as connection:
        row = connection.execute(select(outbox)).mappings().one()
    assert row["name"] == BOOKED
    assert row["body"]["data"]["booking_id"] == made.id
    assert "ana" not in str(row["body"]["data"]).lower().replace(ANA, "")


def test_a_sacrificed_transaction_is_repeated(engine: Engine) -> None:
    tries: list[int] = []

    def work(transaction: Transaction) -> str:
        connection = transaction._connection  # type: ignore[attr-defined]
        tries.append(1)
        if len(tries) < 3:
            connection.execute(text("DO $$ BEGIN RAISE 'sacrificed' USING ERRCODE = '40P01'; END $$"))
        return "done"

    assert _real(engine).transact(work) == "done"
    assert len(tries) == 3


def _end_connection(engine: Engine, pid: int) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def _end_those_in_the_pool(engine: Engine) -> None:
    other = psycopg2.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    other.autocommit = True
    other.cursor().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other.close()


def _pid(transaction: Transaction) -> int:
    connection = transaction._connection  # type: ignore[attr-defined]
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_lost_before_the_commit_is_replaced_once(engine: Engine) -> None:
    tries: list[int] = []

    def work(transaction: Transaction) -> None:
        pid = _pid(transaction)
        tries.append(1)
        if len(tries) == 1:
            _end_connection(engine, pid)
        adding(a_booking())(transaction)

    _real(engine).transact(work)
    assert len(tries) == 2


def test_a_connection_lost_during_the_commit_is_a_fault_of_unknown_outcome(engine: Engine) -> None:
    def work(transaction: Transaction) -> None:
        _end_connection(engine, _pid(transaction))

    with pytest.raises(OutcomeUnknown):
        _real(engine).transact(work)


def test_a_booking_survives_a_connection_that_died_in_the_pool(engine: Engine) -> None:
    bookings = _real(engine)
    bookings.transact(adding(a_booking()))
    _end_those_in_the_pool(engine)
    made = bookings.transact(adding(a_booking(start=NOON + timedelta(hours=3))))
    assert bookings.find([made.id]) == {made.id: made}


def test_a_booking_whose_connection_is_lost_during_the_commit_is_of_unknown_outcome(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION cut()"
            )
        )
    with pytest.raises(OutcomeUnknown):
        _real(engine).transact(adding(a_booking()))


def test_a_booking_is_judged_anew_when_the_clinic_has_changed_since_it_was_last_looked_at(engine: Engine) -> None:
    bookings = _real(engine)
    with engine.begin() as connection:
        moved = [each for each in entities() if each["data"].get("location_id") == PARIS][:1]
        moved[0]["data"] |= {"name": "La Belle Rive", "version": 2}
        load(connection, moved, now=NOW)
    seen: list[str] = []

    def work(transaction: Transaction) -> None:
        seen.append(transaction.lock_catalog([PARIS, ANA]).locations[PARIS].name)
        transaction.add(made := a_booking(), claims_of(made), None)
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=made))

    bookings.transact(work)
    assert seen == ["La Belle Paris", "La Belle Rive"]
    with engine.connect() as connection:
        assert len(connection.execute(select(outbox)).all()) == 1


def test_what_the_clinic_in_memory_forbids_is_asked_of_the_newest(engine: Engine) -> None:
    """As when a therapist has been added a moment ago: what is refused by old rules is not refused yet."""
    judged: list[str] = []

    def work(transaction: Transaction) -> str:
        transaction.lock_catalog([PARIS])
        judged.append(type(transaction).__name__)
        if len(judged) == 1:
            raise Taken
        return "served"

    assert _real(engine).transact(work) == "served"
    assert judged == ["Gathered", "PostgresTransaction"]


def test_a_reader_survives_a_connection_that_died_in_the_pool(engine: Engine) -> None:
    bookings = _real(engine)
    made = bookings.transact(adding(a_booking()))
    _end_those_in_the_pool(engine)
    assert bookings.find([made.id]) == {made.id: made}


def test_waiting_for_a_lock_has_a_limit(engine: Engine) -> None:
    made = _real(engine).transact(adding(a_booking()))
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM bookings FOR UPDATE"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            _real(engine).transact(lambda transaction: transaction.lock(made.id))


@pytest.mark.parametrize("knows", [True, False])
def test_a_confirm_waits_for_a_change_of_the_catalog_and_then_sees_it(engine: Engine, knows: bool) -> None:
    bookings = _real(engine, knows=knows)
    seen: list[str] = []

    def work(transaction: Transaction) -> None:
        seen.append(transaction.lock_catalog([PARIS, ANA]).locations[PARIS].name)
        transaction.add(made := a_booking(), claims_of(made), None)
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=made))

    with engine.begin() as connection:
        moved = [each for each in entities() if each["data"].get("location_id") == PARIS][:1]
        moved[0]["data"] |= {"name": "La Belle Rive", "version": 2}
        load(connection, moved, now=NOW)
        thread = threading.Thread(target=lambda: bookings.transact(work))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(5)
    assert seen[-1] == "La Belle Rive"
