"""The waitlist and unmet demand of the booking service, as the gateway asks it, with the promises of `Booking`'s."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from messaging.bus import Bus

from gateway.application.idempotency import Idempotency
from gateway.application.papers import papers_on_the_wire
from gateway.application.service import Answer, Service


class Waitlist:
    """The booking service behind `bus`, for who waits and for who wants to know."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def join(
        self, *, since: datetime, until: datetime, idempotency: Idempotency | None = None, **wanted: Any
    ) -> Answer:
        """{entry, token, replayed}: somebody waits for a start in `[since, until)`."""
        return await self._service.write(
            "join_waitlist",
            since=since.isoformat(),
            until=until.isoformat(),
            idempotency=idempotency.as_wire() if idempotency else None,
            **wanted,
        )

    async def entry(self, *, entry_id: str, token: str) -> Answer:
        """{entry} as it is now, with the offer that stands, to who has its token."""
        return await self._service.read("waitlist_entry", entry_id=entry_id, token=token)

    async def leave(self, *, entry_id: str, token: str) -> Answer:
        """{entry}, given up. Doing so twice is no error."""
        return await self._service.write("leave_waitlist", entry_id=entry_id, token=token)

    async def decline(self, *, entry_id: str, token: str) -> Answer:
        """{entry}, waiting on in its place. Doing so twice is no error."""
        return await self._service.write("decline_offer", entry_id=entry_id, token=token)

    async def accept(
        self,
        *,
        entry_id: str,
        token: str,
        screening: Mapping[str, Any] | None = None,
        guests: Sequence[Mapping[str, Any]] = (),
        referral: Mapping[str, Any] | None = None,
        payer: str | None = None,
    ) -> Answer:
        """The offer made a booking: {booking, manage_token, replayed}. One offer makes one, however often."""
        return await self._service.write(
            "accept_offer",
            entry_id=entry_id,
            token=token,
            screening=screening,
            guests=list(guests),
            **papers_on_the_wire(referral=referral, payer=payer),
        )

    async def listed(
        self, *, limit: int, location_id: str | None = None, state: str | None = None, after: str | None = None
    ) -> Answer:
        """{items}: at most `limit` entries after one, in the order in which they were made."""
        return await self._service.read("waitlist", limit=limit, location_id=location_id, state=state, after=after)

    async def unmet_demand(self, *, since: datetime, until: datetime, location_id: str | None = None) -> Answer:
        """{items}: what was looked for in vain, hour by hour."""
        return await self._service.read(
            "unmet_demand", since=since.isoformat(), until=until.isoformat(), location_id=location_id
        )
