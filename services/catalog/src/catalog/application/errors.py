"""The service's one error tree: a refusal is an answer, anything else is a fault."""

from collections.abc import Sequence

from catalog.domain.problem import Problem


class Refused(Exception):
    """An answer that says no, under a stable code; nothing was changed."""

    def __init__(self, code: str, detail: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.problems = tuple(problems)


class InvalidCatalog(Refused):
    """The document has problems; all of them are listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("invalid_catalog", f"The document has {count}; nothing was changed.", problems)


class StorageAway(Exception):
    """A fault: the database does not answer. What was asked may be asked again."""
