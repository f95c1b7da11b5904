"""Series of sessions, as the gateway asks the booking service for them, with the promises of `Booking`'s."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from messaging.bus import Bus

from gateway.application.idempotency import Idempotency
from gateway.application.papers import papers_on_the_wire
from gateway.application.service import Answer, Service


class Series:
    """The booking service behind `bus`, for who comes several times."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def plan(self, *, starting: datetime, **wanted: Any) -> Answer:
        """{location, complete, sessions, screening}: the times that the series would get. Nothing is held."""
        return await self._service.read("plan_series", starting=starting.isoformat(), **wanted)

    async def book(
        self,
        *,
        starting: datetime,
        referral: Mapping[str, Any] | None = None,
        payer: str | None = None,
        idempotency: Idempotency | None = None,
        **wanted: Any,
    ) -> Answer:
        """{series, token, replayed}: every session a booking, in one transaction."""
        return await self._service.write(
            "book_series",
            starting=starting.isoformat(),
            **papers_on_the_wire(referral=referral, payer=payer),
            idempotency=idempotency.as_wire() if idempotency else None,
            **wanted,
        )

    async def visits(self, *, since: datetime, until: datetime, **wanted: Any) -> Answer:
        """{zone, price, parts, visits}: the times at which several services can be had in one visit."""
        return await self._service.read("visits", since=since.isoformat(), until=until.isoformat(), **wanted)

    async def book_visit(
        self,
        *,
        start: datetime,
        referral: Mapping[str, Any] | None = None,
        payer: str | None = None,
        idempotency: Idempotency | None = None,
        **wanted: Any,
    ) -> Answer:
        """{series, token, replayed}: every part a booking, in one transaction."""
        return await self._service.write(
            "book_visit",
            start=start.isoformat(),
            **papers_on_the_wire(referral=referral, payer=payer),
            idempotency=idempotency.as_wire() if idempotency else None,
            **wanted,
        )

    async def series(self, *, series_id: str, token: str) -> Answer:
        """{series} as it is now, to who has its token."""
        return await self._service.read("series", series_id=series_id, token=token)

    async def propose(self, *, series_id: str, token: str, session: int) -> Answer:
        """The times that would fill a place that fell out, best first."""
        return await self._service.read("propose_repair", series_id=series_id, token=token, session=session)

    async def repair(
        self,
        *,
        series_id: str,
        token: str,
        session: int,
        start: datetime,
        practitioner_id: str | None = None,
        screening: Mapping[str, Any] | None = None,
    ) -> Answer:
        """{series} with that place filled. The same place filled twice with the same time is filled once."""
        return await self._service.write(
            "repair_series",
            series_id=series_id,
            token=token,
            session=session,
            start=start.isoformat(),
            practitioner_id=practitioner_id,
            screening=screening,
        )

    async def cancel(self, *, series_id: str, token: str, accept_fee: bool) -> Answer:
        """{series}, every session to come cancelled."""
        return await self._service.write("cancel_series", series_id=series_id, token=token, accept_fee=accept_fee)
