"""The guests of one booking, each with their own time, practitioner, price and answers.

Only a booking for several, or with add-ons, keeps such a list. A guest who cannot come either gives the place up or
has it kept for someone who is named until the cancellation's deadline.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .errors import Refused
from .guest import Guest
from .ids import PractitionerId
from .money import Money
from .part import GuestSought
from .preference import ANYONE, Preference
from .screening import Answers

COMING = "coming"
KEPT_FREE = "kept_free"
"""The guest does not come; the place waits for another name until the deadline, and is a late cancellation then."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyGuest:
    """One guest of a party. `guest` is None for the one who booked: they are the booking's guest."""

    guest: Guest | None
    practitioner_id: PractitionerId | None
    duration_minutes: int
    minutes: int
    """The treatment's length, add-ons included."""
    add_on_ids: tuple[str, ...]
    price: Money
    screening: Answers | None
    state: str = COMING
    withdrawn_at: datetime | None = None
    fee: Money | None = None
    """What withdrawing costs: of a place kept free, if nobody is named until the deadline. None: nothing."""
    fee_waived_at: datetime | None = None
    """When staff let them off it."""
    preference: Preference = ANYONE
    """What they wish of whoever treats them, whenever that is."""

    def sought(self, practitioner_id: PractitionerId | None = None) -> GuestSought:
        """Return what they asked for, by this practitioner or by anyone."""
        return GuestSought(
            duration_minutes=self.duration_minutes,
            practitioner_id=practitioner_id,
            add_on_ids=self.add_on_ids,
            preference=self.preference,
        )


def staying(guests: Sequence[PartyGuest]) -> tuple[PartyGuest, ...]:
    """Return those whose place is still theirs, or kept free."""
    return tuple(each for each in guests if each.state != WITHDRAWN)


def at_place(guests: Sequence[PartyGuest], place: int, state: str) -> PartyGuest:
    """Return the guest at a place (counted from 1) who is in this state, or refuse."""
    if not 1 <= place <= len(guests):
        raise Refused("unknown_guest", f"This booking has {len(guests)} guests; there is no guest {place}.")
    found = guests[place - 1]
    if found.state != state:
        raise Refused("guest_wrong_state", f"Guest {place} is {found.state.replace('_', ' ')}.", state=found.state)
    return found


def let_off(guests: Sequence[PartyGuest], place: int, *, now: datetime) -> tuple[PartyGuest, ...]:
    """Return the guests, this one (counted from 1) let off what withdrawing costs, or refuse where it is nothing."""
    found = guests[place - 1] if 1 <= place <= len(guests) else None
    if found is None:
        raise Refused("unknown_guest", f"This booking has {len(guests)} guests; there is no guest {place}.")
    if found.fee is None:
        raise Refused("no_fee", f"Guest {place} owes no fee.")
    return with_guest(guests, place, replace(found, fee_waived_at=found.fee_waived_at or now))


def with_guest(guests: Sequence[PartyGuest], place: int, guest: PartyGuest) -> tuple[PartyGuest, ...]:
    """Return the guests with this one at the place (counted from 1)."""
    return (*guests[: place - 1], guest, *guests[place:])


def served_by(
    guests: Sequence[PartyGuest], practitioner_ids: Sequence[PractitionerId | None], minutes: Sequence[int] = ()
) -> tuple[PartyGuest, ...]:
    """Return the guests, those who stay each with the practitioner at their own place among them.

    `minutes` are how long each of them is treated then; without them, as long as before.
    """
    by, lengths = iter(practitioner_ids), iter(minutes)
    return tuple(
        each
        if each.state == WITHDRAWN
        else replace(each, practitioner_id=next(by), minutes=next(lengths, each.minutes))
        for each in guests
    )
