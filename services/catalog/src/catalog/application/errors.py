"""The service's one error tree: a refusal is an answer, anything else is a fault."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.domain.problem import Problem


class Refused(Exception):
    """An answer that says no, under a stable code; nothing was changed."""

    def __init__(
        self, code: str, detail: str, problems: Sequence[Problem] = (), *, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.problems = tuple(problems)
        self.extra = dict(extra or {})


class InvalidCatalog(Refused):
    """The document has problems; all of them are listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("invalid_catalog", f"The document has {count}; nothing was changed.", problems)


class UnknownLocation(Refused):
    """There is no such branch, or there is none any more."""

    def __init__(self) -> None:
        super().__init__("unknown_location", "There is no such branch.")


class UnknownAnswers(Refused):
    """Words that no question of the guide gives as an answer. They are named by their place, never repeated."""

    def __init__(self, places: Sequence[tuple[str, int]]) -> None:
        problems = [Problem(place=place, message="is not an answer to this question") for place in places]
        super().__init__("invalid_request", "Some answers are not known.", problems)


class ContradictoryAnswers(Refused):
    """Answers that cannot all be true."""

    def __init__(self, field: str, words: Sequence[str]) -> None:
        message = f"cannot all be true: {', '.join(words)}"
        super().__init__(
            "contradictory_answers", "Some answers contradict each other.", [Problem(place=(field,), message=message)]
        )


class InvalidEntry(Refused):
    """One entry has problems; all of them are listed, each at its place within the entry."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("invalid_entry", f"The entry has {count}; nothing was changed.", problems)


class StorageAway(Exception):
    """A fault: the database does not answer. What was asked may be asked again."""
