"""What a run comes to: figures, each beside its limit, and whether the ratio meets its target."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What the ratio of a figure to its limit must be: at least, or at most, `ratio`."""

    sense: Literal["≤", "≥"]
    ratio: float

    def met(self, ratio: float) -> bool:
        return ratio <= self.ratio if self.sense == "≤" else ratio >= self.ratio

    def __str__(self) -> str:
        return f"{self.sense} {self.ratio:g} ×"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. `limit` and `target` are None for what is told without a limit.

    `must_be` is for what is counted and not compared; `spent` says how many
    milliseconds of processor time one of it cost each process.
    """

    row: str
    what: str
    unit: str
    value: float
    limit: float | None = None
    limit_is: str = ""
    target: Target | None = None
    rounds: tuple[float, ...] = ()
    note: str = ""
    must_be: float | None = None
    spent: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The figure over its limit; None where there is nothing to divide by."""
        return self.value / self.limit if self.limit else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.must_be is not None:
            return self.value == self.must_be
        if self.target is None or self.ratio is None:
            return None
        return self.target.met(self.ratio)


def at_most(ratio: float) -> Target:
    return Target("≤", ratio)


def at_least(ratio: float) -> Target:
    return Target("≥", ratio)


def median(values: Sequence[float]) -> float:
    """The middle value; a ValueError when there are none."""
    if not values:
        raise ValueError("nothing was measured")
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of the values do not exceed."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)  # rounded up
    return ordered[max(0, min(len(ordered), int(rank)) - 1)]
