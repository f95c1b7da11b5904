"""What the guide asks, and which answers cannot all be true."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NewType

from catalog.domain.languages import Texts

Word = NewType("Word", str)
"""An answer, or something that follows from answers: `stress`, `untold.diagnosis`, `serves.massage`."""

FIELDS = ("red_flags", "needs", "conditions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that can be given."""

    id: Word
    text: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One screen of the guide.

    It is asked of those who gave an answer of `ask_if`, or of everyone. `none` contradicts its other answers; when only
    `one` may be chosen any two do; and all of them contradict answers without `only_with`.
    """

    id: str
    field: str
    one: bool
    none: Word | None
    ask_if: frozenset[Word]
    only_with: Word | None
    text: Texts
    choices: tuple[Choice, ...]

    @property
    def words(self) -> frozenset[Word]:
        return frozenset(choice.id for choice in self.choices)

    def is_asked(self, words: frozenset[Word]) -> bool:
        """Whether it makes sense to somebody who answered so far."""
        return not self.ask_if or not self.ask_if.isdisjoint(words)


class Contradictory(Exception):
    """Answers that cannot all be true: the field that they stand in, and the words at odds."""

    def __init__(self, field: str, words: tuple[Word, ...]) -> None:
        super().__init__(field)  # what was answered is nobody's business: it stays out of the text
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class Questions:
    """All of them, in the order in which they are asked."""

    each: tuple[Question, ...]

    @property
    def words(self) -> frozenset[Word]:
        """Every answer that can be given."""
        return frozenset(word for question in self.each for word in question.words)

    def words_of(self, field: str) -> frozenset[Word]:
        """The answers that may stand in this field."""
        return frozenset(word for question in self.each if question.field == field for word in question.words)

    def untold(self, words: frozenset[Word]) -> Iterator[Word]:
        """What was left open: `untold.trimester` of somebody pregnant who has not said how far along."""
        for question in self.each:
            if question.is_asked(words) and question.words.isdisjoint(words):
                yield Word(f"untold.{question.id}")

    def agree(self, words: frozenset[Word]) -> None:
        """Raise `Contradictory` for the first answers that cannot all be true."""
        for question in self.each:
            given = tuple(choice.id for choice in question.choices if choice.id in words)
            if len(given) > 1 and (question.one or question.none in given):
                raise Contradictory(question.field, given)
            if given and question.only_with is not None and question.only_with not in words:
                raise Contradictory(question.field, (*given, question.only_with))
