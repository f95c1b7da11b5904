"""The platform's processes: the one table that `make run`, `make stack` and the tests start from."""

from dataclasses import dataclass
from enum import Enum

from launcher.problem import Problem

SERVICES = ("catalog", "booking", "notifications")
# Who owns a database; each is migrated by `python -m <owner>.migrate`.
DATABASE_OWNERS = (*SERVICES, "gateway")


class Kind(Enum):
    """What a process runs on; in the embedded default all of them share one thread."""

    NAMEKO = "nameko"
    ASYNCIO = "asyncio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the platform: `python -m <module>` alone; parts, as `module:name`, for the embedded default."""

    name: str
    module: str
    kind: Kind
    settings: str
    # NAMEKO: the service's class. ASYNCIO: `serve(settings, bus, stop=…)`.
    part: str
    demo_only: bool = False
    # What no guest waits for: it gets what the others leave of the processors.
    in_background: bool = False
    # Several of them may run; the README says why that is safe.
    scales: bool = True


PROCESSES = (
    Process(
        name="catalog",
        module="catalog.run",
        kind=Kind.NAMEKO,
        settings="catalog.settings:CatalogSettings",
        part="catalog.service:CatalogService",
    ),
    Process(
        name="booking",
        module="booking.run",
        kind=Kind.NAMEKO,
        settings="booking.settings:BookingSettings",
        part="booking.service:BookingService",
    ),
    Process(
        name="notifications",
        module="notifications.run",
        kind=Kind.NAMEKO,
        settings="notifications.settings:NotificationsSettings",
        part="notifications.service:NotificationsService",
        in_background=True,
    ),
    Process(
        name="catalog-relay",
        module="catalog.relay",
        kind=Kind.ASYNCIO,
        settings="catalog.settings:CatalogSettings",
        part="catalog.relay:serve",
    ),
    Process(
        name="booking-relay",
        module="booking.relay",
        kind=Kind.ASYNCIO,
        settings="booking.settings:BookingSettings",
        part="booking.relay:serve",
    ),
    Process(
        name="notifications-sender",
        module="notifications.sender",
        kind=Kind.ASYNCIO,
        settings="notifications.settings:NotificationsSettings",
        part="notifications.sender:serve",
        in_background=True,
    ),
    Process(
        name="demo-sink",
        module="gateway.demo.sink",
        kind=Kind.ASYNCIO,
        settings="gateway.demo.settings:SinkSettings",
        part="gateway.demo.sink:serve",
        demo_only=True,
        in_background=True,
        scales=False,
    ),
    Process(
        name="gateway",
        module="gateway.run",
        kind=Kind.ASYNCIO,
        settings="gateway.settings:GatewaySettings",
        part="gateway.run:serve",
    ),
)


def processes(*, demo: bool) -> tuple[Process, ...]:
    """The processes to run, in the order to start them."""
    return tuple(process for process in PROCESSES if demo or not process.demo_only)


def parse_scale(text: str) -> dict[str, int]:
    """Read `booking=3 notifications=2`; raises Problem for what is not a process that scales."""
    scale: dict[str, int] = {}
    names = [process.name for process in PROCESSES if process.scales]
    for part in text.replace(",", " ").split():
        name, _, count = part.partition("=")
        if name not in names:
            raise Problem(f"SCALE knows no process {name!r}; it may name {', '.join(names)}.")
        if not count.isdigit() or int(count) > 64:
            raise Problem(f"SCALE={part!r}: write a number from 0 to 64 after {name}=.")
        scale[name] = int(count)
    return scale
