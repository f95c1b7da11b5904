"""The safety questions of a service."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.domain.problem import Place, Problem
from catalog.domain.repeats import repeats
from catalog.domain.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    text: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Yes/no safety questions; raise the version with every change of meaning."""

    version: int
    questions: tuple[Question, ...]


def problems_of_questions(questions: Sequence[Question], place: Place) -> Iterator[Problem]:
    """Two questions of one name: an answer could not say which of them it answers."""
    ids = [question.id for question in questions]
    for index in repeats(ids):
        yield Problem(place=(*place, index, "id"), message=f"a second question is called {ids[index]!r}")
