"""The guide itself: answers in, advice out, by the rules alone and in the order of their steps."""

from collections.abc import Sequence

from catalog.domain.guide.advice import Advice, Fired, Needed, Offered, Recommendation, Withheld
from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import STOPPING, Needs, Rule, Rulebook, Series, Serves, Step, Verdict
from catalog.domain.guide.safety import Judged, judged
from catalog.domain.guide.treatments import Treatment
from catalog.domain.identity import ServiceId
from catalog.domain.service import Modality

_STOP = {Step.EMERGENCY: Recommendation.EMERGENCY, Step.URGENT: Recommendation.SAME_DAY_ADVICE}
_USUAL_MINUTES = 60


def advise(book: Rulebook, answers: frozenset[Word], treatments: Sequence[Treatment]) -> Advice:
    """What the rules say to somebody who answered so at a branch with these treatments.

    A sign of danger ends the guide before anything else is looked at, be the other answers what they may. Otherwise
    answers that cannot all be true raise `Contradictory`.
    """
    for step in STOPPING:
        dangers = tuple(Fired(rule=rule) for rule in book.of(step) if rule.fires(answers))
        if dangers:
            return Advice(recommendation=_STOP[step], fired=dangers)
    book.questions.agree(answers)
    return _what_serves(book, answers, treatments)


def _what_serves(book: Rulebook, answers: frozenset[Word], treatments: Sequence[Treatment]) -> Advice:
    words = answers.union(book.questions.untold(answers))
    serving = [(rule, rule.outcome) for rule in book.of(Step.SERVE) if rule.fires(words)]
    wishes = [(rule, outcome) for rule, outcome in serving if isinstance(outcome, Serves)]
    modalities = {outcome.modality for _, outcome in wishes if outcome.modality is not None}
    unsure = any(outcome.modality is None for _, outcome in wishes)
    # Where somebody should look first, it is a physical therapist who looks.
    wanted = modalities | ({Modality.PHYSICAL_THERAPY} if unsure else set())
    candidates = [judged(book, words, each) for each in treatments if each.modality in wanted]
    offered, withheld = _offers(candidates, wishes)
    words = words.union(
        (Word(f"serves.{modality}") for modality in modalities),
        (Word(f"verdict.{each.verdict}") for each in candidates),
    )
    last = [rule for rule in book.of(Step.NEED) if rule.fires(words)]
    elsewhere = Modality.PHYSICAL_THERAPY in modalities and not any(
        each.modality is Modality.PHYSICAL_THERAPY for each in treatments
    )
    return Advice(
        recommendation=_recommendation(modalities),
        fired=(
            *(Fired(rule=rule) for rule, _ in serving),
            *_cautions(book, candidates),
            *(Fired(rule=rule) for rule in last),
        ),
        offered=offered,
        withheld=withheld,
        needed=tuple(
            Needed(need=rule.outcome.need, general=rule.outcome.general, rule=rule.id)
            for rule in last
            if isinstance(rule.outcome, Needs)
        ),
        series=next((rule.outcome.modalities for rule in last if isinstance(rule.outcome, Series)), ()),
        physical_therapy_elsewhere=elsewhere,
        call=unsure or not offered or any(each.verdict is Verdict.CLEARANCE for each in candidates),
    )


def _recommendation(modalities: set[Modality]) -> Recommendation:
    if len(modalities) > 1:
        return Recommendation.BOTH
    return Recommendation(next(iter(modalities))) if modalities else Recommendation.UNSURE


def _offers(
    candidates: Sequence[Judged], wishes: Sequence[tuple[Rule, Serves]]
) -> tuple[tuple[Offered, ...], tuple[Withheld, ...]]:
    safe = [each.treatment for each in candidates if each.verdict is Verdict.OFFER]
    wished = [each for each in candidates if each.verdict is Verdict.SUBSTITUTE and _liked(each.treatment, wishes)]
    fitting = {treatment.id for treatment in safe if _liked(treatment, wishes)}
    unwished = {trait for _, wish in wishes for trait in wish.without}
    fitting |= {
        treatment.id
        for treatment in safe
        if treatment.traits.isdisjoint(unwished) and any(_replaces(treatment, each) for each in wished)
    }
    offered = [_offered(treatment, wishes, suggested=_fits(treatment, safe, fitting)) for treatment in safe]
    withheld = [
        Withheld(
            service=each.treatment.id,
            verdict=each.verdict,
            rules=tuple(rule.id for rule, _ in each.cautions),
            instead=tuple(other.id for other in safe if _replaces(other, each)),
        )
        for each in candidates
        if each.verdict is not Verdict.OFFER
    ]
    offered.sort(key=lambda each: (not each.suggested, -len(each.rules)))
    return tuple(offered), tuple(withheld)


def _offered(treatment: Treatment, wishes: Sequence[tuple[Rule, Serves]], *, suggested: bool) -> Offered:
    liked = _liked(treatment, wishes)
    minutes = max((wish.minutes for _, wish in liked if wish.minutes is not None), default=_USUAL_MINUTES)
    return Offered(
        service=treatment.id,
        modality=treatment.modality,
        minutes=treatment.nearest(minutes),
        suggested=suggested,
        rules=tuple(rule.id for rule, _ in liked),
    )


def _fits(treatment: Treatment, safe: Sequence[Treatment], fitting: set[ServiceId]) -> bool:
    """Whether it is among those that fit; where none of its modality does, all of them do as well as any."""
    of_its_kind = {other.id for other in safe if other.modality is treatment.modality}
    return treatment.id in fitting or fitting.isdisjoint(of_its_kind)


def _liked(treatment: Treatment, wishes: Sequence[tuple[Rule, Serves]]) -> list[tuple[Rule, Serves]]:
    """The wishes that this treatment would fulfil."""
    return [
        (rule, wish)
        for rule, wish in wishes
        if wish.modality in {None, treatment.modality}
        and not treatment.traits.isdisjoint(wish.prefers)
        and treatment.traits.isdisjoint(wish.without)
    ]


def _replaces(other: Treatment, each: Judged) -> bool:
    return any(
        caution.verdict is Verdict.SUBSTITUTE and not other.traits.isdisjoint(caution.instead)
        for _, caution in each.cautions
    )


def _cautions(book: Rulebook, candidates: Sequence[Judged]) -> list[Fired]:
    """The safety rules that fired, in the book's order, each with the treatments that it is about."""
    about = {
        rule.id: tuple(each.treatment.id for each in candidates if rule in [one for one, _ in each.cautions])
        for rule in book.of(Step.SAFETY)
    }
    return [Fired(rule=rule, services=about[rule.id]) for rule in book.of(Step.SAFETY) if about[rule.id]]
