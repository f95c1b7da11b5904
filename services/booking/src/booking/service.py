"""Booking's calls and events: parse, run one use case, answer."""

from collections.abc import Callable
from typing import Any

from messaging.bus import BusError
from messaging.inbox import DatabaseAway
from messaging.nameko_ext import ask, every, rpc, subscribe
from nameko.extensions import DependencyProvider
from runtime.health import report
from runtime.logs import get_logger

from booking import schemas, views
from booking.adapters import catalog_copy, health
from booking.adapters.postgres_bookings import OutcomeUnknown
from booking.adapters.storage import storage
from booking.application.access import Access
from booking.application.availability import availability
from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import hold
from booking.application.keep_hold import describe_hold, extend_hold, release_hold
from booking.application.ports import StorageAway
from booking.application.reschedule import reschedule
from booking.application.show import facts, show
from booking.application.sweep import sweep
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.outside import Outside, outside

SETTINGS = "slotwell"
"""Where in nameko's configuration the service's settings stand."""
SNAPSHOT_WITHIN = 4.0

log = get_logger(__name__)


class OutsideProvider(DependencyProvider):  # type: ignore[misc, unused-ignore]  # nameko is untyped
    """Opens the outside when the service starts and lets go of it when it stops."""

    outside: Outside

    def setup(self) -> None:
        """Put the outside together."""
        self.outside = outside(self.container.config[SETTINGS])

    def stop(self) -> None:
        """Let go of it."""
        self.outside.close()

    def get_dependency(self, worker_ctx: object) -> Outside:  # noqa: ARG002 - nameko's signature
        """Give it to a worker."""
        return self.outside


class ConfigProvider(DependencyProvider):  # type: ignore[misc, unused-ignore]  # nameko is untyped
    """nameko's configuration."""

    def get_dependency(self, worker_ctx: object) -> Any:  # noqa: ARG002 - nameko's signature
        """Give it to a worker."""
        return self.container.config


class BookingService:
    """Free times, holds, bookings."""

    name = "booking"
    outside: Outside = OutsideProvider()  # type: ignore[assignment]  # nameko puts in what it provides
    config: Any = ConfigProvider()

    @rpc
    def availability(self, **message: Any) -> dict[str, Any]:
        """The free times of a service at a location."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.AVAILABILITY, message)
            sought, own, desk = schemas.sought(asked), schemas.own_hold(asked), self.outside.desk
            moving = schemas.own_booking(asked)
            found = availability(sought, since=asked["since"], until=asked["until"], own=own, moving=moving, desk=desk)
            return views.availability(found)

        return _answered(work)

    @rpc
    def hold(self, **message: Any) -> dict[str, Any]:
        """Keep a slot for a while."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.HOLD, message)
            desk, key = self.outside.desk, schemas.idempotency(asked)
            held = hold(schemas.sought(asked), start=asked["start"], idempotency=key, desk=desk)
            return views.hold(held, desk.calendar.known())

        return _answered(work)

    @rpc
    def extend_hold(self, **message: Any) -> dict[str, Any]:
        """Keep it longer."""

        def work() -> dict[str, Any]:
            asked, desk = schemas.parsed(schemas.HOLD_TOKEN, message), self.outside.desk
            return views.hold(extend_hold(asked["hold_id"], asked["token"], desk=desk), desk.calendar.known())

        return _answered(work)

    @rpc
    def describe_hold(self, **message: Any) -> dict[str, Any]:
        """What is held, and what became of it."""

        def work() -> dict[str, Any]:
            asked, desk = schemas.parsed(schemas.HOLD_TOKEN, message), self.outside.desk
            return views.described(describe_hold(asked["hold_id"], asked["token"], desk=desk), desk.calendar.known())

        return _answered(work)

    @rpc
    def release_hold(self, **message: Any) -> dict[str, Any]:
        """Give it back."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.HOLD_TOKEN, message)
            release_hold(asked["hold_id"], asked["token"], desk=self.outside.desk)
            return {}

        return _answered(work)

    @rpc
    def book(self, **message: Any) -> dict[str, Any]:
        """Make the appointment."""

        def work() -> dict[str, Any]:
            asked, desk = schemas.parsed(schemas.BOOK, message), self.outside.desk
            command = Book(
                hold_id=asked["hold_id"],
                hold_token=asked["hold_token"],
                contact=schemas.contact(asked),
                screening=schemas.answers(asked),
                idempotency=schemas.idempotency(asked),
            )
            booked = book(command, desk=desk)
            made = booked.booking
            if not booked.replayed:
                log.info("booked", booking_id=made.id)
            token = manage_token(made.id, made.generation, desk.manage_key)
            return {**self._view(made), "manage_token": token, "replayed": booked.replayed}

        return _answered(work)

    @rpc
    def booking(self, **message: Any) -> dict[str, Any]:
        """One booking, for who has its token."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.SHOW, message)
            return self._view(show(asked["booking_id"], asked["manage_token"], desk=self.outside.desk))

        return _answered(work)

    @rpc
    def cancel(self, **message: Any) -> dict[str, Any]:
        """Give the appointment up."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.CANCEL, message)
            return self._view(cancel(_access(asked), accept_fee=asked["accept_fee"], desk=self.outside.desk))

        return _answered(work)

    @rpc
    def undo_cancel(self, **message: Any) -> dict[str, Any]:
        """Let it stand after all."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.UNDO_CANCEL, message)
            return self._view(undo_cancel(_access(asked), desk=self.outside.desk))

        return _answered(work)

    @rpc
    def reschedule(self, **message: Any) -> dict[str, Any]:
        """Move the appointment."""

        def work() -> dict[str, Any]:
            asked = schemas.parsed(schemas.RESCHEDULE, message)
            return self._view(reschedule(_access(asked), schemas.move(asked), desk=self.outside.desk))

        return _answered(work)

    @rpc
    def message_facts(self, **message: Any) -> dict[str, Any]:
        """What one needs to know to write to guests; only notifications asks."""

        def work() -> dict[str, Any]:
            asked, desk = schemas.parsed(schemas.FACTS, message), self.outside.desk
            clinic, found = desk.calendar.known(), facts(asked["booking_ids"], desk=desk)
            return {"bookings": {each: views.facts(made, token, clinic) for each, (made, token) in found.items()}}

        return _answered(work)

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        here = self.outside
        return {"ok": report(health.parts(here.engine, here.holds, now=here.desk.real_clock.now()))}

    @subscribe("booking.catalog.v1")
    def catalog_changed(self, body: Any) -> None:
        """Take in what the catalog says."""
        self.outside.inbox.receive(body, catalog_copy.apply)

    @every(seconds=1, expected_exceptions=DatabaseAway)
    def retry_events(self) -> None:
        """Try again what could not be taken in."""
        self.outside.inbox.retry_due(catalog_copy.apply)

    @every(seconds=1, expected_exceptions=(BusError, StorageAway))
    def load_catalog(self) -> None:
        """Ask the catalog for all of it, as long as nobody has yet."""
        with storage(), self.outside.engine.connect() as connection:
            if catalog_copy.is_loaded(connection):
                return
        answer = ask(self.config["AMQP_URI"], "catalog", "snapshot", {}, timeout=SNAPSHOT_WITHIN)
        with storage(), self.outside.engine.begin() as connection:
            now = self.outside.desk.real_clock.now()
            changed = catalog_copy.load(connection, answer["ok"]["entities"], now=now)
        log.info("catalog loaded", changed=changed)

    @every(seconds=600, expected_exceptions=(DatabaseAway, StorageAway))
    def tidy(self) -> None:
        """Forget what need not be kept."""
        log.info("tidied", keys=sweep(desk=self.outside.desk), events=self.outside.inbox.prune())

    def _view(self, made: Booking) -> dict[str, Any]:
        try:
            clinic = self.outside.desk.calendar.known()
        except StorageAway as away:
            # What was asked for may be done by now: `StorageAway` would deny it.
            raise OutcomeUnknown("the database went away before the answer") from away
        return {"booking": views.booking(made, clinic)}


def _access(asked: dict[str, Any]) -> Access:
    return Access(booking_id=asked["booking_id"], token=asked["manage_token"], revision=asked["if_revision"])


def _answered(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what the work returns, or its refusal; anything else that it raises is a fault."""
    try:
        return {"ok": work()}
    except Refused as refused:
        return {"refused": views.refusal(refused)}
    except StorageAway as away:
        # As good as a refusal: nothing was changed, and the caller may say so instead of guessing.
        log.warning("the database is away", reason=str(away))
        return {"refused": views.refusal(Refused("unavailable", "Our calendar cannot be reached just now."))}
