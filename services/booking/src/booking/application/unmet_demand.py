"""Read what was looked for in vain."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.application.ports import Desk
from booking.application.waitlist_ports import Unmet
from booking.domain.errors import Refused
from booking.domain.ids import LocationId

WIDEST = timedelta(days=62)


def unmet_demand(location_id: LocationId | None, *, since: datetime, until: datetime, desk: Desk) -> Sequence[Unmet]:
    """Return the counts of the hours that begin in `[since, until)`, or refuse a range that cannot be read at once."""
    if until <= since:
        raise Refused("range_inverted", "The end of the range must come after its beginning.")
    if until - since > WIDEST:
        raise Refused("range_too_wide", "Ask for at most 62 days at once.", days=WIDEST.days)
    return desk.demand.unmet(location_id, since, until)
