"""Bookings from elsewhere, for staff."""

import time
from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from booking.application.import_sheet import import_part
from booking.calls.base import Calls, answered
from booking.domain.audit import Actor
from booking.schemas import imports as schemas
from booking.schemas.base import parsed
from booking.views import imports as views

log = get_logger(__name__)

_SECONDS = 2.5
"""A part is told well before whoever asked for it stops waiting."""


class Imports(Calls):
    """Calls that take over what was booked with another system, or on paper."""

    @rpc
    def import_bookings(self, **message: Any) -> dict[str, Any]:
        """Take over as many rows as there is time for, and tell their fates and where to go on."""
        until = time.monotonic() + _SECONDS

        def enough() -> bool:
            time.sleep(0)  # lets the other workers of this process answer between two rows
            return time.monotonic() > until

        def work() -> dict[str, Any]:
            asked = parsed(schemas.IMPORT, message)
            done = import_part(
                schemas.sheet(asked),
                desk=self.desk,
                actor=Actor(asked["actor"]),
                dry_run=asked["dry_run"],
                from_line=asked["from_line"],
                enough=enough,
            )
            counts = {str(fate): count for fate, count in done.counts.items()}
            log.info("bookings taken over", rows=done.rows, dry_run=asked["dry_run"], next=done.next_line, **counts)
            return views.part(done)

        return answered(work)
