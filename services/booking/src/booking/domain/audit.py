"""Who did what, when and why: one note for each thing that was done to a booking or a block after it was made.

A note holds ids, times and words of ours. Nothing about health and no contact ever stands in it; a reason is a few
words of staff about the appointment, never about the guest's body.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

Actor = NewType("Actor", str)
"""Who acts: `guest`, `admin` (the installation's token), or later `user:` and an id."""
GUEST = Actor("guest")

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""

BOOKING = "booking"
BLOCK = "block"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that was done. `action` is a verb of the clinic (`check_in`), `subject` a kind and an id."""

    at: datetime
    actor: Actor
    action: str
    subject_kind: str
    subject_id: str
    reason: str | None = None
    detail: Mapping[str, Plain] = field(default_factory=dict)
