"""What every route works with: `request.app.state.slotwell`."""

from dataclasses import dataclass

import asyncpg
from messaging.bus import Bus
from runtime.clock import Clock

from gateway.application.booking import Booking
from gateway.application.catalog_copy import CatalogCopy
from gateway.application.editing import Editing
from gateway.application.feeds import Feeds
from gateway.application.front_desk import FrontDesk
from gateway.application.guide import Guide
from gateway.application.notifications import Notifications
from gateway.application.series import Series
from gateway.application.therapy import Therapy
from gateway.application.waitlist import Waitlist
from gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The parts of a running gateway. They live as long as it does."""

    settings: GatewaySettings
    bus: Bus
    catalog: CatalogCopy
    booking: Booking
    feeds: Feeds
    guide: Guide
    editing: Editing
    front_desk: FrontDesk
    therapy: Therapy
    notifications: Notifications
    waitlist: Waitlist
    series: Series
    clock: Clock
    database: asyncpg.Pool
