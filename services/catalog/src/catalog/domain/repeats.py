"""What stands in a list for a second time."""

from collections.abc import Hashable, Iterator, Sequence


def repeats(values: Sequence[Hashable]) -> Iterator[int]:
    """The places of values that occurred before."""
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)
