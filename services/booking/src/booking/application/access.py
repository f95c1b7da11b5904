"""Who may touch a booking: its guest, by the token, or staff, whom the gateway has let in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from booking.domain.audit import BOOKING, GUEST, Actor, Note, Plain
from booking.domain.booking import Booking, check_manage_token, check_revision
from booking.domain.errors import Refused
from booking.domain.ids import BookingId


class Access(Protocol):
    """Which booking is meant, who asks, and why (None: it explains itself)."""

    @property
    def booking_id(self) -> BookingId: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def reason(self) -> str | None: ...

    def checked(self, found: Booking | None, *, key: bytes) -> Booking:
        """Return the booking if the caller may touch it as it is, or refuse."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestAccess:
    """The guest: the token that opens the booking, and the revision the caller speaks of (None: any)."""

    booking_id: BookingId
    token: str
    revision: int | None = None

    @property
    def actor(self) -> Actor:
        """The guest, whoever they are."""
        return GUEST

    @property
    def reason(self) -> str | None:
        """Guests need give none."""
        return None

    def checked(self, found: Booking | None, *, key: bytes) -> Booking:
        """Return the booking, or refuse; one that does not exist is refused as a wrong token is."""
        booking = check_manage_token(self.booking_id, found, self.token, key)
        check_revision(booking, self.revision)
        return booking


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAccess:
    """Staff: they need no token."""

    booking_id: BookingId
    actor: Actor
    reason: str | None = None
    revision: int | None = None

    def checked(self, found: Booking | None, *, key: bytes) -> Booking:  # noqa: ARG002 - it opens nothing here
        """Return the booking, or refuse `unknown_booking` or another revision."""
        if found is None:
            raise Refused("unknown_booking", "There is no such booking.")
        check_revision(found, self.revision)
        return found


def note(access: Access, action: str, *, at: datetime, detail: Mapping[str, Plain] | None = None) -> Note:
    """Return the note that this was done to the booking."""
    return Note(
        at=at,
        actor=access.actor,
        action=action,
        subject_kind=BOOKING,
        subject_id=access.booking_id,
        reason=access.reason,
        detail=detail or {},
    )
