"""What a guest has answered so far. It travels in the bodies of forms alone: in no address, no cookie, no log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.application.guide import FIELDS

_ANSWER, _CHOICE = "a-", "q-"

Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answering:
    """The guide's questions, and the answers to those that make sense after the answers before them."""

    questions: Sequence[Question]
    words: frozenset[str]

    def asked(self) -> list[Question]:
        """The questions of this guest's way, in order."""
        return [one for one in self.questions if not one["ask_if"] or not self.words.isdisjoint(one["ask_if"])]

    def question(self, id_: str | None) -> Question:
        """The question of this id, or the first one."""
        return next((one for one in self.asked() if one["id"] == id_), self.questions[0])

    def beside(self, question: Question, *, steps: int) -> Question | None:
        """The question so many steps further on this guest's way; None past its ends."""
        way = [one["id"] for one in self.asked()]
        place = way.index(question["id"]) + steps
        return self.asked()[place] if 0 <= place < len(way) else None

    def given(self, question: Question) -> frozenset[str]:
        """The answers to one question."""
        return self.words.intersection(_words_of(question))

    def without(self, question: Question) -> "Answering":
        """The same with one question unanswered."""
        return Answering(self.questions, self.words - _words_of(question))

    def but(self, question: Question, words: frozenset[str]) -> "Answering":
        """The same with these answers to one question."""
        return answering(self.questions, self.without(question).words | words)

    def by_field(self) -> dict[str, list[str]]:
        """What the guide is asked with."""
        return {
            field: sorted(word for one in self.questions if one["field"] == field for word in self.given(one))
            for field in FIELDS
        }

    def carried(self, *, besides: Question | None = None) -> Iterator[str]:
        """The names of the hidden fields that keep the answers, those to the question on the screen aside."""
        kept = self.words if besides is None else self.without(besides).words
        return (f"{_ANSWER}{word}" for word in sorted(kept))

    def in_danger(self) -> bool:
        """Whether a sign was named that ends the questions."""
        return any(self.given(one) - {one["none"]} for one in self.questions if one["field"] == "red_flags")


def answering(questions: Sequence[Question], words: frozenset[str]) -> Answering:
    """The answers that stand: those to questions that are no longer asked fall away, as do words that are none."""
    kept: frozenset[str] = frozenset()
    for question in questions:
        if not question["ask_if"] or not kept.isdisjoint(question["ask_if"]):
            kept |= words & _words_of(question)
    return Answering(questions, kept)


def read_answers(questions: Sequence[Question], form: Mapping[str, str]) -> Answering:
    """The answers in a form: a box each where several may be true, a choice where one is."""
    ticked = {name.removeprefix(_ANSWER) for name in form if name.startswith(_ANSWER)}
    chosen = {value for name, value in form.items() if name.startswith(_CHOICE)}
    return answering(questions, frozenset(ticked | chosen))


def _words_of(question: Question) -> frozenset[str]:
    return frozenset(answer["id"] for answer in question["answers"])
