"""What holds of the guide whatever anybody answers, and whatever a branch offers."""

from collections.abc import Iterable

import pytest
from catalog.adapters.guide_book import rulebook
from catalog.domain.guide.advice import Advice, Recommendation
from catalog.domain.guide.engine import advise
from catalog.domain.guide.questions import Contradictory, Word
from catalog.domain.guide.rules import Caution, Step, Trait
from catalog.domain.guide.treatments import Treatment
from catalog.domain.identity import ServiceId, derived_id
from catalog.domain.service import Modality
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.tests.guide_clinic import LA_BELLE, PRENATAL

BOOK = rulebook()
WORDS = sorted(BOOK.questions.words)
DANGERS = sorted(word for rule in BOOK.of(Step.EMERGENCY, Step.URGENT) for word in rule.any_of)
EMERGENCIES = sorted(word for rule in BOOK.of(Step.EMERGENCY) for word in rule.any_of)
TRAITS = sorted(BOOK.known_by)

answers = st.frozensets(st.sampled_from(WORDS), max_size=10)
calm_answers = st.frozensets(st.sampled_from(sorted(set(WORDS) - set(DANGERS))), max_size=8)


@st.composite
def honest_answers(draw: st.DrawFn) -> frozenset[Word]:
    """Answers without a sign of danger that can all be true."""
    words = set(draw(calm_answers))
    for question in BOOK.questions.each:
        given_here = sorted(question.words & words)
        if question.only_with is not None and question.only_with not in words:
            words -= set(given_here)
        elif question.one or question.none in given_here:
            words -= set(given_here[1:])
    return frozenset(words)


@st.composite
def a_treatment(draw: st.DrawFn) -> Treatment:
    return Treatment(
        id=ServiceId(derived_id("service", str(draw(st.integers(0, 10_000))))),
        modality=draw(st.sampled_from(Modality)),
        traits=draw(st.frozensets(st.sampled_from(TRAITS), max_size=4)),
        minutes=tuple(draw(st.lists(st.sampled_from([30, 45, 60, 75, 90]), max_size=3, unique=True))),
        asks=draw(st.frozensets(st.sampled_from(WORDS), max_size=4)),
    )


branches = st.one_of(
    st.just((*LA_BELLE, PRENATAL)), st.lists(a_treatment(), max_size=5, unique_by=lambda each: each.id).map(tuple)
)


def agree(words: frozenset[Word]) -> bool:
    try:
        BOOK.questions.agree(words)
    except Contradictory:
        return False
    return True


@given(rest=answers, sign=st.sampled_from(EMERGENCIES), branch=branches)
def test_an_emergency_sign_always_wins(rest: frozenset[Word], sign: Word, branch: tuple[Treatment, ...]) -> None:
    said = advise(BOOK, rest | {sign}, branch)
    assert said.recommendation is Recommendation.EMERGENCY
    assert (said.offered, said.withheld, said.needed, said.series) == ((), (), (), ())
    assert all(fired.rule.step is Step.EMERGENCY for fired in said.fired)


@given(words=honest_answers(), branch=branches)
def test_nothing_that_a_rule_speaks_against_is_ever_offered(
    words: frozenset[Word], branch: tuple[Treatment, ...]
) -> None:
    said = advise(BOOK, words, branch)
    by_id = {each.id: each for each in branch}
    for one in said.offered:
        treatment = by_id[one.service]
        assert treatment.asks.isdisjoint(words), "its own safety questions would refuse the booking"
        assert not list(spoken_against(treatment, words))
    held = {one.service for one in said.withheld}
    assert held.isdisjoint(one.service for one in said.offered)
    assert all(other in {one.service for one in said.offered} for one in said.withheld for other in one.instead)


def spoken_against(treatment: Treatment, words: frozenset[Word]) -> Iterable[str]:
    """The safety rules about this treatment, found without the engine's help."""
    told = set(words)
    for question in BOOK.questions.each:
        if question.ask_if & told and not question.words & told:
            told.add(Word(f"untold.{question.id}"))
    for rule in BOOK.rules:
        about = rule.outcome
        if isinstance(about, Caution) and rule.all_of <= told and (rule.any_of & told or not rule.any_of):
            traits: set[Trait] = set(treatment.traits)
            of_kind = about.modality is None or about.modality == treatment.modality
            if of_kind and (not about.traits or about.traits & traits) and not about.without & traits:
                yield rule.id


@settings(max_examples=40)  # each tries every other answer
@given(words=honest_answers(), branch=branches)
def test_an_irrelevant_answer_never_changes_the_outcome(words: frozenset[Word], branch: tuple[Treatment, ...]) -> None:
    before = advise(BOOK, words, branch)
    asked = {word for each in branch for word in each.asks}
    for more in set(WORDS) - set(DANGERS) - words - asked:
        if agree(words | {more}):
            after = advise(BOOK, words | {more}, branch)
            # It matters to the rules that fired with it or without it, directly or by what it no longer leaves untold.
            told = {more, *set(BOOK.questions.untold(words)) ^ set(BOOK.questions.untold(words | {more}))}
            if told.isdisjoint(word for fired in (*before.fired, *after.fired) for word in fired.rule.words):
                assert after == before


@given(words=honest_answers(), branch=branches)
def test_saying_none_of_these_changes_nothing(words: frozenset[Word], branch: tuple[Treatment, ...]) -> None:
    for question in BOOK.questions.each:
        none = question.none
        if none and question.id in {"red_flags", "conditions"} and question.words.isdisjoint(words):
            unasked = [each for each in branch if none not in each.asks]
            assert advise(BOOK, words | {none}, unasked) == advise(BOOK, words, unasked)


@pytest.mark.parametrize("wish", ["stress", "sore_muscles", "relaxation"])
def test_a_pacemaker_does_not_matter_to_a_massage(wish: str) -> None:
    alone = advise(BOOK, frozenset({Word(wish)}), LA_BELLE)
    assert advise(BOOK, frozenset({Word(wish), Word("pacemaker")}), LA_BELLE) == alone


PAIRS = [
    (one, other)
    for question in BOOK.questions.each
    for one in question.words
    for other in question.words
    if one < other and (question.one or question.none in {one, other}) and question.id != "red_flags"
]


@given(pair=st.sampled_from(PAIRS), rest=calm_answers)
def test_answers_that_cannot_all_be_true_are_named(pair: tuple[Word, Word], rest: frozenset[Word]) -> None:
    with pytest.raises(Contradictory) as refused:
        advise(BOOK, rest | set(pair), LA_BELLE)
    assert refused.value.field in {"conditions", "needs", "red_flags"}
    assert len(refused.value.words) > 1


@pytest.mark.parametrize("answer", ["first_trimester", "high_risk_pregnancy"])
def test_how_far_along_contradicts_who_is_not_pregnant(answer: str) -> None:
    with pytest.raises(Contradictory):
        advise(BOOK, frozenset({Word(answer), Word("stress")}), LA_BELLE)


@given(words=honest_answers(), branch=branches)
def test_every_answer_has_advice_with_reasons(words: frozenset[Word], branch: tuple[Treatment, ...]) -> None:
    said: Advice = advise(BOOK, words, branch)
    assert said.fired
    assert said.offered or said.call or said.physical_therapy_elsewhere
    named = {rule for one in said.withheld for rule in one.rules} | {rule for one in said.offered for rule in one.rules}
    assert named <= {fired.rule.id for fired in said.fired}
