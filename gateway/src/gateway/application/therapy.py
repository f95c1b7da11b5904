"""What physical therapy needs, as staff ask the booking service. Each method is one RPC, with `Booking`'s promises."""

from typing import Any

from messaging.bus import Bus

from gateway.application.service import Answer, Service


class Therapy:
    """The booking service behind `bus`, for staff who see to referrals and their kin."""

    def __init__(self, bus: Bus) -> None:
        self._service = Service(bus, "booking")

    async def open_needs(self, *, after: str | None, limit: int) -> Answer:
        """{items}: what bookings lack, the soonest due first."""
        return await self._service.read("open_needs", after=after, limit=limit)

    async def running_out(self, *, after: str | None, limit: int, actor: str) -> Answer:
        """{items}: documents that run out, by the next booking that relies on them; who has seen them is noted."""
        return await self._service.write("running_out", after=after, limit=limit, actor=actor)

    async def resolve(
        self,
        *,
        booking_id: str,
        need_id: str,
        how: str,
        actor: str,
        reason: str,
        if_revision: int | None = None,
    ) -> Answer:
        """{booking} with the need resolved: `verified`, `self_pay`, or `release`, which cancels the booking."""
        return await self._service.write(
            "resolve_need",
            booking_id=booking_id,
            need_id=need_id,
            how=how,
            actor=actor,
            reason=reason,
            if_revision=if_revision,
        )

    async def documents(
        self, *, kind: str, booking_id: str | None, after: str | None, limit: int, actor: str
    ) -> Answer:
        """{items}: documents, the newest first. Not a read to the service: it writes down who has seen them."""
        return await self._service.write(
            "documents", kind=kind, booking_id=booking_id, after=after, limit=limit, actor=actor
        )

    async def add(
        self, *, kind: str, document_id: str | None, body_hash: str | None, actor: str, **terms: Any
    ) -> Answer:
        """{document}; the same `document_id` and `body_hash` make one document, however often."""
        return await self._service.write(
            "add_document",
            kind=kind,
            document_id=document_id,
            actor=actor,
            **({"body_hash": body_hash} if body_hash else {}),
            **terms,
        )

    async def change(
        self, how: str, *, kind: str, document_id: str, actor: str, reason: str | None = None, to: int | None = None
    ) -> Answer:
        """{document} after `verify`, `revoke`, or `reduce` to so much."""
        return await self._service.write(
            f"{how}_document", kind=kind, document_id=document_id, actor=actor, reason=reason, to=to
        )
