"""Use case: a guest wants no more messages of one kind, or wants them again."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from notifications.domain.declined import Declined


class Wishes(Protocol):
    """What guests do without, in one transaction."""

    def decline(self, what: Declined, *, now: datetime) -> None:
        """They want no more of it; saying so twice is no error."""

    def want(self, what: Declined, *, now: datetime) -> None:
        """They want it again."""

    def has_declined(self, what: Declined) -> bool:
        """Whether they do without it."""


def set_wish(what: Collection[Declined], *, declined: bool, wishes: Wishes, now: datetime) -> None:
    """Have it so on every address of the guest."""
    for one in what:
        if declined:
            wishes.decline(one, now=now)
        else:
            wishes.want(one, now=now)
