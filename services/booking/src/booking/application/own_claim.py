"""The own claim among the holds of what takes a time in the database: a booking, or an offer."""

from collections.abc import Collection
from typing import Protocol

from booking.application.ports import Desk
from booking.domain.booking import Claim
from booking.domain.hold import Hold, claim_id_for, hold_id_for
from booking.domain.ids import LocationId, PractitionerId, ResourceId, ServiceId
from booking.domain.money import Money
from booking.domain.ranges import Instant, Range
from booking.domain.zones import instant


class Claimant(Protocol):
    """What a time is taken for."""

    @property
    def location_id(self) -> LocationId: ...

    @property
    def service_id(self) -> ServiceId: ...

    @property
    def minutes(self) -> int: ...

    @property
    def price(self) -> Money: ...


def own_claim(
    claimant: Claimant,
    *,
    start: Instant,
    during: Range,
    resource_ids: Collection[ResourceId],
    practitioner_ids: tuple[PractitionerId, ...],
    lasts: int,
    attempt: tuple[str, str],
    shorter: tuple[Claim, ...] = (),
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
        location_id=claimant.location_id,
        service_id=claimant.service_id,
        practitioner_id=None,
        practitioner_ids=practitioner_ids,
        resource_ids=tuple(sorted(resource_ids)),
        start=start,
        minutes=claimant.minutes,
        claim=during,
        price=claimant.price,
        made_at=now,
        expires_at=now + lasts,
        shorter=shorter,
    )
