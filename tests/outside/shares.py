"""How much of a piece of work each process did, by the lines that they logged about it."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any

from tests.outside.stack import StackPlatform
from tests.outside.until import until

Line = Mapping[str, Any]


def shares(stack: StackPlatform, done: Callable[[Line], Hashable | None], *, pieces: int) -> Counter[str]:
    """Return the number of pieces that each process did, each piece once, when all have been logged.

    `done` names the piece that a line tells of, or None for a line about something else.
    """

    def count() -> Counter[str]:
        who = {piece: str(line["process"]) for line in stack.log() if (piece := done(line)) is not None}
        return Counter(who.values())

    return until(
        count,
        within=20,
        expecting=f"{pieces} pieces of work in the logs",
        enough=lambda seen: seen.total() >= pieces,
    )


def each_did_a_fifth(found: Counter[str], names: Collection[str]) -> str:
    """Check that nobody else did any of it and each at least a fifth; return it in words."""
    assert set(found) == set(names), found
    assert min(found.values()) * 5 >= found.total(), found
    return ", ".join(f"{name} {found[name]}" for name in sorted(names))
