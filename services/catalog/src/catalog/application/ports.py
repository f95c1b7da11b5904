"""What the use cases ask of the outside."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from messaging.envelope import Event

from catalog.application.published import Published


class Writing(Protocol):
    """One transaction with the catalog to itself: no other one writes until it ends."""

    def entities(self) -> Sequence[Published]:
        """Everything there is, tombstones included."""

    def save(self, entity: Published) -> None:
        """Put this version in the place of the one before."""

    def record(self, event: Event) -> None:
        """Owe this event to the world; it leaves if and only if the transaction commits."""


class Catalog(Protocol):
    """Where the catalog is kept."""

    def write(self) -> AbstractContextManager[Writing]:
        """Commit at the end of the block, or, when it raises, change nothing."""

    def snapshot(self) -> Sequence[Published]:
        """Everything there is at one instant, tombstones included, in the order of `Kind`."""


class Vitals(Protocol):
    """Signs of life. Each raises `StorageAway` while the database does not answer."""

    def relay_seen_at(self) -> datetime | None:
        """When the outbox's relay last said that it lives; None when it has never run."""
