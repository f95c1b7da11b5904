"""The guide's rules and questions, and the comparison, as they lie in this package."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from catalog.adapters.yaml_documents import read_yaml
from catalog.domain.guide.questions import Choice, Question, Questions, Word
from catalog.domain.guide.rules import (
    Caution,
    Need,
    Needs,
    Outcome,
    Rule,
    Rulebook,
    RuleId,
    Series,
    Serves,
    Step,
    Trait,
    Verdict,
)
from catalog.domain.guide.soundness import problems_of_book
from catalog.domain.languages import LANGUAGES
from catalog.domain.service import Modality

_FIELDS = {"id", "step", "all_of", "any_of", "about", "outcome", "source", "reason"}


class UnsoundRules(Exception):
    """The rules as delivered mean nothing: a mistake of whoever wrote them, with every problem."""


@cache
def rulebook() -> Rulebook:
    """The rules of this release. Raises `UnsoundRules`, which a test sees before anybody else does."""
    rules, questions = _read("rules.yaml"), _read("questions.yaml")
    book = Rulebook(
        version=rules["version"],
        rules=tuple(_rule(one, rules["sources"]) for one in rules["rules"]),
        questions=Questions(tuple(_question(one) for one in questions["questions"])),
        known_by={Trait(trait): frozenset(signs) for trait, signs in rules["traits"].items()},
        asked_together={question: _words(words) for question, words in rules["asked_together"].items()},
    )
    problems = list(problems_of_book(book))
    if problems:
        raise UnsoundRules("; ".join(problems))
    return book


@cache
def comparison_texts() -> Mapping[str, Any]:
    """The comparison of the two trades; wherever there is a text, there is one in each of `LANGUAGES`."""
    texts: Mapping[str, Any] = _read("comparison.yaml")
    return texts


def _read(name: str) -> Any:
    document = read_yaml(files("catalog.guide").joinpath(name).read_text(encoding="utf-8"))
    if document.problems:
        raise UnsoundRules(f"{name}: {document.problems[0].message}")
    return document.data


def _rule(written: Mapping[str, Any], sources: Mapping[str, str]) -> Rule:
    unknown = written.keys() - _FIELDS
    if unknown:  # a typing error must not pass for a rule that listens to nothing
        raise UnsoundRules(f"{written.get('id')}: {', '.join(sorted(unknown))} is not known")
    return Rule(
        id=RuleId(written["id"]),
        step=Step(written["step"]),
        all_of=_words(written.get("all_of", ())),
        any_of=_words(written.get("any_of", ())),
        outcome=_outcome(Step(written["step"]), written.get("outcome"), written.get("about", {})),
        reason=written["reason"],
        source=sources[written["source"]],
    )


def _outcome(step: Step, written: Mapping[str, Any] | None, about: Mapping[str, Any]) -> Outcome:
    if written is None:
        return None
    if step is Step.SERVE:
        return Serves(
            modality=None if written["serves"] == "unsure" else Modality(written["serves"]),
            prefers=tuple(Trait(trait) for trait in written.get("prefers", ())),
            without=tuple(Trait(trait) for trait in written.get("without", ())),
            minutes=written.get("minutes"),
        )
    if step is Step.SAFETY:
        return Caution(
            modality=Modality(about["modality"]) if "modality" in about else None,
            traits=_traits(about.get("traits", ())),
            without=_traits(about.get("without", ())),
            verdict=Verdict(written["verdict"]),
            instead=_traits(written.get("instead", ())),
        )
    if "series" in written:
        return Series(modalities=tuple(Modality(one) for one in written["series"]))
    return Needs(need=Need(written["need"]), general=written.get("general", False))


def _question(written: Mapping[str, Any]) -> Question:
    return Question(
        id=written["id"],
        field=written["field"],
        one=written["choose"] == "one",
        none=Word(written["none"]) if "none" in written else None,
        ask_if=_words(written.get("ask_if", ())),
        only_with=Word(written["only_with"]) if "only_with" in written else None,
        text=written["text"],
        choices=tuple(
            Choice(id=Word(one["id"]), text={language: one[language] for language in LANGUAGES})
            for one in written["answers"]
        ),
    )


def _words(written: Any) -> frozenset[Word]:
    return frozenset(Word(word) for word in written)


def _traits(written: Any) -> frozenset[Trait]:
    return frozenset(Trait(trait) for trait in written)
