"""One run: which rows, how large, and what they have come to so far."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from launcher.options import ROOT

from benchmarks import clinic
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.rounds import Measured, in_turn
from benchmarks.table import number

KEPT = ROOT / ".cache" / "bench"
RESULTS = KEPT / "figures.json"
BACKLOG = KEPT / "backlog.json"
"""Of runs that say how many reminders fall due: the whole run's figures stay beside it."""
PLANS = KEPT / "plans.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    rounds: int
    alone: int
    """Requests a round, one after the other."""
    together: int
    """Requests a round by 16 clients."""
    wide: int
    """Requests a round for 10 practitioners and 14 days."""
    events: int
    """Events a round that the relay is left with."""
    reminders: int
    """Reminders that fall due at once, each time."""
    past: tuple[int, ...]
    """How many past bookings there are when growth is looked at."""


FULL = Size(rounds=7, alone=150, together=600, wide=20, events=2000, reminders=1500, past=(1_000, 100_000, 1_000_000))
QUICK = Size(rounds=3, alone=60, together=240, wide=6, events=600, reminders=400, past=(1_000, 20_000))


@dataclass(slots=True)
class Run:
    """The ground, the size, and the figures."""

    ground: Ground
    size: Size
    figures: list[Figure] = field(default_factory=list)
    places: Iterator[clinic.Place] = field(default_factory=lambda: clinic.places(datetime.now(UTC).date()))
    warm: dict[str, float] = field(default_factory=dict)
    """Megabytes of each process once it has worked a little."""
    began: float = field(default_factory=time.monotonic)

    @property
    def tomorrow(self) -> datetime:
        """Midnight at which the first whole day begins."""
        return (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)

    def in_turn(self, *, at_most: int | None = None, **sides: Callable[[int], float]) -> Measured:
        """Measure the sides in turn, in this run's number of rounds, or fewer where one takes long."""
        return in_turn(sides, rounds=min(self.size.rounds, at_most or self.size.rounds))

    def add(self, figure: Figure) -> None:
        """Keep a figure and say it."""
        self.figures.append(figure)
        ratio = f"  {figure.ratio:.2f} of {number(figure.limit or 0)} {figure.limit_is}" if figure.ratio else ""
        met = {True: "  met", False: "  NOT MET", None: ""}[figure.met]
        said = f"{figure.what}: {number(figure.value)} {figure.unit}{ratio}{met}"
        self.say(said)

    def say(self, text: str) -> None:
        """Say how far it is."""
        sys.stdout.write(f"[{time.monotonic() - self.began:5.0f} s] {text}\n")
        sys.stdout.flush()
