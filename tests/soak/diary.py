"""What the clients did, operation by operation."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that a client wanted, however often it had to ask. Times are real, in seconds."""

    kind: str
    begun: float
    ended: float
    requests: int
    status: int  # of the last answer; 0 if none came

    @property
    def answered(self) -> bool:
        """Whether the client got a definite answer."""
        return self.status not in {0, 503}

    @property
    def succeeded(self) -> bool:
        """Whether it got what it wanted."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class Diary:
    """The operations of one seed."""

    operations: list[Operation] = field(default_factory=list)
    unanswered: int = 0  # single requests that got 503 or nothing

    def first_success(self, kind: str, after: float) -> float | None:
        """Return when the first operation of this kind that began after a moment succeeded."""
        ends = [each.ended for each in self.operations if each.kind == kind and each.begun >= after and each.succeeded]
        return min(ends, default=None)

    def kinds(self) -> list[str]:
        """Return the kinds of operations, the most frequent first."""
        counted: dict[str, int] = {}
        for each in self.operations:
            counted[each.kind] = counted.get(each.kind, 0) + 1
        return sorted(counted, key=lambda kind: -counted[kind])
