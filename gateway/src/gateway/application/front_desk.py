"""The booking service, as staff ask it. Each method is one RPC, with the promises of `Booking`'s.

`actor` is who of staff asks: the service writes it down with the reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from messaging.bus import Bus

from gateway.application.idempotency import Idempotency
from gateway.application.papers import papers_on_the_wire
from gateway.application.service import Answer, Service


class FrontDesk:
    """The booking service behind `bus`, for staff."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def book(
        self,
        *,
        actor: str,
        referral: Mapping[str, Any] | None = None,
        payer: str | None = None,
        idempotency: Idempotency | None = None,
        **wanted: Any,
    ) -> Answer:
        """{booking, replayed} for a guest: `location_id`, `service_id`, `guest`, `start` (None: now), and so on."""
        return await self._service.write(
            "book_as_staff",
            actor=actor,
            **papers_on_the_wire(referral=referral, payer=payer),
            idempotency=idempotency.as_wire() if idempotency else None,
            **_written(wanted),
        )

    async def agenda(
        self,
        *,
        location_id: str,
        since: datetime,
        until: datetime,
        after: Mapping[str, str] | None,
        limit: int,
    ) -> Answer:
        """{items, next} of the bookings that start in `[since, until)`; `next` {start, id} is the next `after`."""
        return await self._service.read(
            "agenda",
            location_id=location_id,
            since=since.isoformat(),
            until=until.isoformat(),
            after=after,
            limit=limit,
        )

    async def story(self, booking_id: str) -> Answer:
        """{booking, timeline}."""
        return await self._service.read("story", booking_id=booking_id)

    async def block(self, *, block_id: str, actor: str, **wanted: Any) -> Answer:
        """{block}; the same id again is the same block."""
        return await self._service.write("block", block_id=block_id, actor=actor, **_written(wanted))

    async def unblock(self, *, block_id: str, actor: str) -> None:
        """Take a block away."""
        await self._service.write("unblock", block_id=block_id, actor=actor)

    async def blocks(self, *, location_id: str, since: datetime, until: datetime) -> Answer:
        """{items} that overlap `[since, until)`."""
        span = {"since": since.isoformat(), "until": until.isoformat()}
        return await self._service.read("blocks", location_id=location_id, **span)

    async def rearrange(self, *, booking_id: str, actor: str, if_revision: int | None = None, **to: Any) -> Answer:
        """{booking}, otherwise: `start`, `duration_minutes`, `practitioner_id`, `room_id`, with a `reason`."""
        return await self._service.write(
            "rearrange", booking_id=booking_id, actor=actor, if_revision=if_revision, **_written(to)
        )

    async def step(
        self,
        step: str,
        *,
        booking_id: str,
        actor: str,
        reason: str | None = None,
        if_revision: int | None = None,
        **how: bool | str | int,
    ) -> Answer:
        """{booking} after a step: `check_in`, `complete`, `no_show` (`waive_fee`), or `revert` of the last of them;
        `waive_fee` (`guest` of a party), `cancel_as_staff` (`fee`), `undo_cancel_as_staff`, `let_stand`.

        A step that was taken before is no error; a `revert` that is repeated takes the step before that back, unless
        `if_revision` guards it.
        """
        return await self._service.write(
            step, booking_id=booking_id, actor=actor, reason=reason, if_revision=if_revision, **how
        )

    async def import_bookings(self, *, csv: str, actor: str, dry_run: bool, from_line: int) -> Answer:
        """{rows, counts, fates, next_line} of the part of the sheet that there was time for; repeating it is safe."""
        return await self._service.write("import_bookings", csv=csv, actor=actor, dry_run=dry_run, from_line=from_line)

    async def displaced(self, *, limit: int, after: str | None = None) -> Answer:
        """{items, following}: bookings that a change left without what they need, by start, after that one."""
        return await self._service.read("displaced", limit=limit, after=after)

    async def would_displace(self, changes: Sequence[Mapping[str, Any]]) -> Answer:
        """{count, items}: the bookings that these changes of the catalog would displace, the first of them told."""
        return await self._service.read("displacement_preview", changes=changes)


def _written(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
