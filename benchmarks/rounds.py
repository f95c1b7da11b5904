"""Us and the limits in turn, in short rounds: a slow minute of the machine is everybody's."""

from collections.abc import Callable, Mapping

from benchmarks.figures import median

Measured = dict[str, list[float]]
"""What each side's rounds came to."""


def in_turn(sides: Mapping[str, Callable[[int], float]], *, rounds: int) -> Measured:
    """Measure each side once a round, each round starting with another one; a side is given the round's number."""
    measured: Measured = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            measured[name].append(sides[name](number))
    return measured


def medians(measured: Measured) -> dict[str, float]:
    """The median round of each side."""
    return {name: median(values) for name, values in measured.items()}
