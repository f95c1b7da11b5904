"""A booking's own claim among the holds, while it takes a time in the database."""

from collections.abc import Collection

from booking.application.ports import Desk
from booking.domain.booking import Booking
from booking.domain.hold import Hold, claim_id_for, hold_id_for
from booking.domain.ids import PractitionerId, ResourceId
from booking.domain.ranges import Instant, Range
from booking.domain.zones import instant


def own_claim(
    booking: Booking,
    *,
    start: Instant,
    during: Range,
    resource_ids: Collection[ResourceId],
    practitioner_ids: tuple[PractitionerId, ...],
    lasts: int,
    attempt: tuple[str, str],
    desk: Desk,
) -> Hold:
    """Return a hold for `lasts` seconds, so that nobody is offered the time meanwhile.

    `attempt` names what is tried, and every try gets the same hold: one that died, or is still under way, must not
    stand in the way of the next.
    """
    now, hold_id = instant(desk.real_clock.now()), hold_id_for(desk.hold_key, *attempt)
    return Hold(
        id=hold_id,
        claim_id=claim_id_for(desk.hold_key, hold_id, ""),
        location_id=booking.location_id,
        service_id=booking.service_id,
        practitioner_id=None,
        practitioner_ids=practitioner_ids,
        resource_ids=tuple(sorted(resource_ids)),
        start=start,
        minutes=booking.minutes,
        claim=during,
        price=booking.price,
        made_at=now,
        expires_at=now + lasts,
    )
