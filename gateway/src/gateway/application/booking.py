"""The booking service, as the gateway asks it: availability, holds, bookings.

Each method is one RPC. It returns the service's answer, or raises `Refused` (nothing changed), `Unavailable`
(nothing was done) or, for what changes something, `OutcomeUnknown`. Instants are aware; times in answers are ISO 8601
with the location's offset.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation, failpoints

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable, WrongField
from gateway.application.idempotency import Idempotency

READ_SECONDS = 3.0
WRITE_SECONDS = 5.0

Answer = dict[str, Any]


class Booking:
    """The booking service behind `bus`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def availability(
        self,
        *,
        location_id: str,
        service_id: str,
        since: datetime,
        until: datetime,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        hold: Mapping[str, str] | None = None,
        moving: Mapping[str, str] | None = None,
    ) -> Answer:
        """The free slots that start in `[since, until)`.

        Those of the asker's own `hold` {id, token}, or of the booking that they are `moving` {id, manage_token}, count
        as free.
        """
        return await self._read(
            "availability",
            location_id=location_id,
            service_id=service_id,
            since=since.isoformat(),
            until=until.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            hold=hold,
            booking=moving,
        )

    async def hold(
        self,
        *,
        location_id: str,
        service_id: str,
        start: datetime,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> Answer:
        """Claim a slot for ten minutes. `replayed` says that the same key had been answered before."""
        return await self._write(
            "hold",
            location_id=location_id,
            service_id=service_id,
            start=start.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            idempotency=idempotency.as_wire() if idempotency else None,
        )

    async def extend_hold(self, *, hold_id: str, token: str) -> Answer:
        """The hold with more time and a new token; the old token goes on working until its own expiry."""
        return await self._write("extend_hold", hold_id=hold_id, token=token)

    async def release_hold(self, *, hold_id: str, token: str) -> None:
        """Give the hold's time back. Doing so twice is no error."""
        await self._write("release_hold", hold_id=hold_id, token=token)

    async def describe_hold(self, *, hold_id: str, token: str) -> Answer:
        """The hold as it is now, with its `state` and, once booked, its `booking_id`."""
        return await self._read("describe_hold", hold_id=hold_id, token=token)

    async def book(
        self,
        *,
        hold_id: str,
        hold_token: str,
        guest: Mapping[str, Any],
        screening: Mapping[str, Any] | None = None,
        idempotency: Idempotency | None = None,
    ) -> Answer:
        """Make the hold a booking: {booking, manage_token, replayed}. One hold makes one booking, however often."""
        return await self._write(
            "book",
            hold_id=hold_id,
            hold_token=hold_token,
            guest=guest,
            screening=screening,
            idempotency=idempotency.as_wire() if idempotency else None,
        )

    async def booking(self, *, booking_id: str, manage_token: str) -> Answer:
        """{booking} as it is now, to who has its token."""
        return await self._read("booking", booking_id=booking_id, manage_token=manage_token)

    async def cancel(
        self,
        *,
        booking_id: str,
        manage_token: str,
        accept_fee: bool = False,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking}, cancelled. After the free time only with `accept_fee`; `if_revision` guards an older view."""
        return await self._write(
            "cancel",
            booking_id=booking_id,
            manage_token=manage_token,
            accept_fee=accept_fee,
            if_revision=if_revision,
        )

    async def undo_cancel(self, *, booking_id: str, manage_token: str, if_revision: int | None = None) -> Answer:
        """{booking}, standing again, if its time is still free and the three minutes are not over."""
        return await self._write(
            "undo_cancel", booking_id=booking_id, manage_token=manage_token, if_revision=if_revision
        )

    async def reschedule(
        self,
        *,
        booking_id: str,
        manage_token: str,
        start: datetime,
        practitioner_id: str | None = None,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking}, moved. The old time is given up only when the new one has been taken."""
        return await self._write(
            "reschedule",
            booking_id=booking_id,
            manage_token=manage_token,
            start=start.isoformat(),
            practitioner_id=practitioner_id,
            if_revision=if_revision,
        )

    async def _read(self, method: str, **asked: Any) -> Answer:
        try:
            return await self._ask(method, asked, READ_SECONDS)
        except (BrokerAway, DeadlinePassed, RemoteFault) as cause:
            raise Unavailable("booking") from cause

    async def _write(self, method: str, **asked: Any) -> Answer:
        try:
            return await self._ask(method, asked, WRITE_SECONDS)
        except BrokerAway as cause:
            raise Unavailable("booking") from cause
        except (DeadlinePassed, RemoteFault) as cause:
            # A fault may have struck after the commit, as an answer may be lost after it.
            raise OutcomeUnknown("booking") from cause

    async def _ask(self, method: str, asked: Mapping[str, Any], seconds: float) -> Answer:
        facts = {name: value for name, value in asked.items() if value is not None}
        answer: Answer = await self._bus.call(
            "booking", method, facts, timeout=seconds, correlation_id=correlation.current()
        )
        failpoints.hit("gateway.after_call")
        refusal = answer.get("refused")
        if refusal is not None and refusal["code"] == "unavailable":
            raise Unavailable("booking")
        if refusal is not None:
            raise refusal_from(refusal)
        done: Answer = answer["ok"]
        return done


def refusal_from(wire: Mapping[str, Any]) -> Refused:
    """The refusal that a service sent as data."""
    return Refused(
        code=wire["code"],
        detail=wire.get("detail", ""),
        fields=[WrongField(field=one["field"], problem=one["problem"]) for one in wire.get("fields") or ()],
        extra=wire.get("extra") or {},
    )
