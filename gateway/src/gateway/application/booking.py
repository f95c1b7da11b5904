"""The booking service, as the gateway asks it: availability, holds, bookings.

Each method is one RPC. It returns the service's answer, or raises `Refused` (nothing changed), `Unavailable`
(nothing was done) or, for what changes something, `OutcomeUnknown`. Instants are aware; times in answers are ISO 8601
with the location's offset.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from messaging.bus import Bus

from gateway.application.idempotency import Idempotency
from gateway.application.papers import papers_on_the_wire
from gateway.application.service import Answer, Service


class Booking:
    """The booking service behind `bus`."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def availability(
        self,
        *,
        location_id: str,
        service_id: str,
        since: datetime,
        until: datetime,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        preferences: Mapping[str, Any] | None = None,
        hold: Mapping[str, str] | None = None,
        moving: Mapping[str, str] | None = None,
    ) -> Answer:
        """The free slots that start in `[since, until)`.

        Those of the asker's own `hold` {id, token}, or of the booking that they are `moving` {id, manage_token}, count
        as free.
        """
        return await self._service.read(
            "availability",
            location_id=location_id,
            service_id=service_id,
            since=since.isoformat(),
            until=until.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            hold=hold,
            booking=moving,
            **_wished(preferences),
        )

    async def explain(
        self,
        *,
        location_id: str,
        service_id: str,
        start: datetime,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        preferences: Mapping[str, Any] | None = None,
        guests: Sequence[Mapping[str, Any]] | None = None,
        moving: Mapping[str, str] | None = None,
        for_staff: bool = False,
    ) -> Answer:
        """Why a start is not offered: in a word, or for staff also what keeps each resource.

        What the booking that is `moving` claims is no reason: {id, manage_token}, or for staff {id, actor}.
        """
        return await self._service.read(
            "explain_to_staff" if for_staff else "explain",
            location_id=location_id,
            service_id=service_id,
            start=start.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            booking=moving,
            **_wished(preferences),
            **_party(guests, None),
        )

    async def search(
        self,
        *,
        location_id: str,
        service_id: str,
        since: datetime,
        until: datetime,
        guests: Sequence[Mapping[str, Any]] | None = None,
        add_on_ids: Sequence[str] | None = None,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        preferences: Mapping[str, Any] | None = None,
        hold: Mapping[str, str] | None = None,
    ) -> Answer:
        """The free slots for several guests, or with add-ons, with who could serve each."""
        return await self._service.read(
            "search",
            location_id=location_id,
            service_id=service_id,
            since=since.isoformat(),
            until=until.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            hold=hold,
            **_wished(preferences),
            **_party(guests, add_on_ids),
        )

    async def by_time(
        self, *, location_id: str, guests: int, since: datetime, until: datetime, modality: str | None = None
    ) -> Answer:
        """{zone, times, instead}: everything that can be had within a few hours, and what else where nothing can."""
        return await self._service.read(
            "by_time",
            location_id=location_id,
            guests=guests,
            since=since.isoformat(),
            until=until.isoformat(),
            modality=modality,
        )

    async def hold(
        self,
        *,
        location_id: str,
        service_id: str,
        start: datetime,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
        add_on_ids: Sequence[str] | None = None,
        guests: Sequence[Mapping[str, Any]] | None = None,
        preferences: Mapping[str, Any] | None = None,
        idempotency: Idempotency | None = None,
    ) -> Answer:
        """Claim a slot for ten minutes. `replayed` says that the same key had been answered before."""
        return await self._service.write(
            "hold",
            location_id=location_id,
            service_id=service_id,
            start=start.isoformat(),
            duration_minutes=duration_minutes,
            practitioner_id=practitioner_id,
            idempotency=idempotency.as_wire() if idempotency else None,
            **_wished(preferences),
            **_party(guests, add_on_ids),
        )

    async def extend_hold(self, *, hold_id: str, token: str) -> Answer:
        """The hold with more time and a new token; the old token goes on working until its own expiry."""
        return await self._service.write("extend_hold", hold_id=hold_id, token=token)

    async def release_hold(self, *, hold_id: str, token: str) -> None:
        """Give the hold's time back. Doing so twice is no error."""
        await self._service.write("release_hold", hold_id=hold_id, token=token)

    async def describe_hold(self, *, hold_id: str, token: str) -> Answer:
        """The hold as it is now, with its `state` and, once booked, its `booking_id`."""
        return await self._service.read("describe_hold", hold_id=hold_id, token=token)

    async def book(
        self,
        *,
        hold_id: str,
        hold_token: str,
        guest: Mapping[str, Any],
        screening: Mapping[str, Any] | None = None,
        guests: Sequence[Mapping[str, Any]] = (),
        referral: Mapping[str, Any] | None = None,
        payer: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> Answer:
        """Make the hold a booking: {booking, manage_token, replayed}. One hold makes one booking, however often."""
        return await self._service.write(
            "book",
            hold_id=hold_id,
            hold_token=hold_token,
            guest=guest,
            screening=screening,
            **papers_on_the_wire(referral=referral, payer=payer),
            idempotency=idempotency.as_wire() if idempotency else None,
            **({"guests": guests} if guests else {}),
        )

    async def booking(self, *, booking_id: str, manage_token: str) -> Answer:
        """{booking} as it is now, to who has its token."""
        return await self._service.read("booking", booking_id=booking_id, manage_token=manage_token)

    async def cancel(
        self,
        *,
        booking_id: str,
        manage_token: str,
        accept_fee: bool = False,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking}, cancelled. After the free time only with `accept_fee`; `if_revision` guards an older view."""
        return await self._service.write(
            "cancel",
            booking_id=booking_id,
            manage_token=manage_token,
            accept_fee=accept_fee,
            if_revision=if_revision,
        )

    async def undo_cancel(self, *, booking_id: str, manage_token: str, if_revision: int | None = None) -> Answer:
        """{booking}, standing again, if its time is still free and the three minutes are not over."""
        return await self._service.write(
            "undo_cancel", booking_id=booking_id, manage_token=manage_token, if_revision=if_revision
        )

    async def reschedule(
        self,
        *,
        booking_id: str,
        manage_token: str,
        start: datetime,
        practitioner_id: str | None = None,
        screening: Mapping[str, Any] | None = None,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking}, moved. The old time is given up only when the new one has been taken."""
        return await self._service.write(
            "reschedule",
            booking_id=booking_id,
            manage_token=manage_token,
            start=start.isoformat(),
            practitioner_id=practitioner_id,
            screening=screening,
            if_revision=if_revision,
        )

    async def cancel_guest(
        self,
        *,
        booking_id: str,
        manage_token: str,
        guest: int,
        then: str,
        accept_fee: bool = False,
        screening: Mapping[str, Any] | None = None,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking} after one guest of a party gave up: `then` is single or keep_place."""
        return await self._service.write(
            "cancel_guest",
            booking_id=booking_id,
            manage_token=manage_token,
            guest=guest,
            then=then,
            accept_fee=accept_fee,
            screening=screening,
            if_revision=if_revision,
        )

    async def name_guest(
        self, *, booking_id: str, manage_token: str, guest: int, who: Mapping[str, Any], if_revision: int | None = None
    ) -> Answer:
        """{booking} with `who` at a place that was kept free."""
        return await self._service.write(
            "name_guest",
            booking_id=booking_id,
            manage_token=manage_token,
            guest=guest,
            who=who,
            if_revision=if_revision,
        )


def _party(guests: Sequence[Mapping[str, Any]] | None, add_on_ids: Sequence[str] | None) -> dict[str, Sequence[Any]]:
    """What is said of several guests and of add-ons, where anything is."""
    said: dict[str, Sequence[Any]] = {}
    if guests is not None:
        said["guests"] = guests
    if add_on_ids:
        said["add_on_ids"] = add_on_ids
    return said


def _wished(preferences: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """What is wished of whoever treats the guest, where anything is."""
    return {"preferences": preferences} if preferences else {}
