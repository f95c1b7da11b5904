"""The booking service: its calls (`calls/`), the catalog's events, and what it does by itself."""

from typing import Any

from messaging.bus import BusError
from messaging.inbox import DatabaseAway
from messaging.nameko_ext import ask, every, rpc, subscribe
from nameko.extensions import DependencyProvider
from runtime.health import report
from runtime.logs import get_logger

from booking.adapters import catalog_copy, health
from booking.adapters.storage import storage
from booking.application.offer_times import NOTHING_DONE, offer_times
from booking.application.ports import StorageAway
from booking.application.sweep import sweep
from booking.application.warn_documents import warn_documents
from booking.application.warn_needs import warn_needs
from booking.calls.agenda import Overview
from booking.calls.appointments import Appointments
from booking.calls.attendance import Attendance
from booking.calls.displacements import Displacements
from booking.calls.feeds import Feeds
from booking.calls.front_desk import FrontDesk
from booking.calls.holding import Holding
from booking.calls.imports import Imports
from booking.calls.looking import Looking
from booking.calls.parties import Parties
from booking.calls.series import Serial
from booking.calls.therapy import Therapy
from booking.calls.waitlist import Waiting
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


class BookingService(
    Looking,
    Holding,
    Appointments,
    Attendance,
    Parties,
    Feeds,
    Waiting,
    Imports,
    FrontDesk,
    Overview,
    Displacements,
    Serial,
    Therapy,
):
    """Free times, holds, bookings, and who waits for one."""

    name = "booking"
    outside: Outside = OutsideProvider()  # type: ignore[assignment]  # nameko puts in what it provides
    config: Any = ConfigProvider()

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        here = self.outside
        return {"ok": report(health.parts(here.engine, here.holds, now=here.desk.real_clock.now()))}

    @subscribe("booking.catalog.v1")
    def catalog_changed(self, body: Any) -> None:
        """Take in what the catalog says, and list the bookings that no longer fit."""
        self.outside.inbox.receive(body, self.outside.changes.apply)
        self.outside.waker.wake()

    @every(seconds=1, expected_exceptions=DatabaseAway)
    def retry_events(self) -> None:
        """Try again what could not be taken in."""
        self.outside.inbox.retry_due(self.outside.changes.apply)

    @every(seconds=1, expected_exceptions=(BusError, StorageAway))
    def load_catalog(self) -> None:
        """Ask the catalog for all of it, as long as nobody has yet."""
        with storage(), self.outside.engine.connect() as connection:
            if catalog_copy.is_loaded(connection):
                return
        answer = ask(self.config["AMQP_URI"], "catalog", "snapshot", {}, timeout=SNAPSHOT_WITHIN)
        with storage(), self.outside.engine.begin() as connection:
            now = self.outside.desk.real_clock.now()
            changed = self.outside.changes.load(connection, answer["ok"]["entities"], loaded_at=now)
        log.info("catalog loaded", changed=changed)

    @every(seconds=5, expected_exceptions=StorageAway)
    def offer_times(self) -> None:
        """Offer freed times to those who wait."""
        done = offer_times(desk=self.outside.desk)
        if done != NOTHING_DONE:
            log.info("waitlist", lapsed=done.lapsed, offered=done.offered)

    @every(seconds=5, expected_exceptions=StorageAway)
    def warn_needs(self) -> None:
        """Tell of what appointments lack and is due soon."""
        warned = warn_needs(desk=self.outside.desk)
        if warned:
            log.info("needs due soon", told=warned)

    @every(seconds=20, expected_exceptions=StorageAway)
    def warn_documents(self) -> None:
        """Tell of documents that run out while appointments rely on them."""
        warned = warn_documents(desk=self.outside.desk)
        if warned:
            log.info("documents running out", told=warned)

    @every(seconds=60, expected_exceptions=StorageAway)
    def count_demand(self) -> None:
        """Write down what was looked for in vain."""
        self.outside.desk.demand.flush()

    @every(seconds=600, expected_exceptions=(DatabaseAway, StorageAway))
    def tidy(self) -> None:
        """Forget what need not be kept."""
        swept = sweep(desk=self.outside.desk)
        log.info("tidied", keys=swept.keys, entries=swept.entries, events=self.outside.inbox.prune())
