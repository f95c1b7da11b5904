"""Whether a rulebook means something: every word known, every answer listened to, every reason in every language."""

from collections import Counter
from collections.abc import Iterator
from types import NoneType

from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import Caution, Needs, Rule, Rulebook, Series, Serves, Step, Trait, Verdict
from catalog.domain.guide.safety import ASKED
from catalog.domain.languages import LANGUAGES, Texts
from catalog.domain.service import Modality

_OUTCOMES: dict[Step, tuple[type, ...]] = {
    Step.EMERGENCY: (NoneType,),
    Step.URGENT: (NoneType,),
    Step.SERVE: (Serves,),
    Step.SAFETY: (Caution,),
    Step.NEED: (Needs, Series),
}


def problems_of_book(book: Rulebook) -> Iterator[str]:
    """Everything that is wrong with the book; nothing when it is sound."""
    yield from _twice("rule", [rule.id for rule in book.rules])
    yield from _twice("question", [question.id for question in book.questions.each])
    yield from _twice("answer", [choice.id for question in book.questions.each for choice in question.choices])
    for rule in book.rules:
        yield from (f"{rule.id}: {problem}" for problem in _problems_of_rule(rule, book))
    for question in book.questions.each:
        yield from (f"{question.id}: {problem}" for problem in _untranslated(question.text))
        for choice in question.choices:
            yield from (f"{choice.id}: {problem}" for problem in _untranslated(choice.text))
        given = question.ask_if | (frozenset({question.only_with}) if question.only_with else frozenset())
        unknown = given - book.questions.words
        yield from (f"{question.id}: nobody can answer {word!r}" for word in sorted(unknown))
    yield from (f"no rule listens to {word!r}" for word in sorted(_unheard(book)))
    for words in book.asked_together.values():
        yield from (f"nobody can answer {word!r}" for word in sorted(words - book.questions.words))


def _problems_of_rule(rule: Rule, book: Rulebook) -> Iterator[str]:
    yield from _untranslated(rule.reason)
    if not rule.source:
        yield "names no source"
    if not rule.words:
        yield "fires on anything"
    yield from (f"nobody can answer {word!r}" for word in sorted(rule.words - book.questions.words - _derived(book)))
    if not isinstance(rule.outcome, _OUTCOMES[rule.step]):
        yield f"has an outcome that does not belong to the step {rule.step}"
    yield from (f"no service is known for {trait!r}" for trait in sorted(_traits(rule) - book.known_by.keys()))


def _untranslated(texts: Texts) -> Iterator[str]:
    yield from (f"is not written in {language}" for language in LANGUAGES if not texts.get(language))


def _derived(book: Rulebook) -> set[Word]:
    """What follows from answers, and from rules before."""
    return {
        ASKED,
        *(Word(f"untold.{question.id}") for question in book.questions.each),
        *(Word(f"serves.{modality}") for modality in Modality),
        *(Word(f"verdict.{verdict}") for verdict in Verdict),
    }


def _traits(rule: Rule) -> set[Trait]:
    if isinstance(rule.outcome, Serves):
        return {*rule.outcome.prefers, *rule.outcome.without}
    if isinstance(rule.outcome, Caution):
        return {*rule.outcome.traits, *rule.outcome.without, *rule.outcome.instead}
    return set()


def _unheard(book: Rulebook) -> set[Word]:
    """Answers that change nothing, although they are not there to say "none of these"."""
    heard = {word for rule in book.rules for word in rule.words}
    silent = {question.none for question in book.questions.each}
    # A choice of one among several may be there to say "not the others".
    silent |= {choice.id for question in book.questions.each if question.one for choice in question.choices}
    return set(book.questions.words) - heard - silent


def _twice(what: str, ids: list[str]) -> Iterator[str]:
    yield from (f"a second {what} is called {id_!r}" for id_, count in Counter(ids).items() if count > 1)
