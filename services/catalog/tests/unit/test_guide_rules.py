"""Every rule of the guide has its row here: answers that make it fire, and what then follows at La Belle."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from catalog.adapters.guide_book import rulebook
from catalog.domain.guide.advice import Advice, Recommendation
from catalog.domain.guide.engine import advise
from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import STOPPING, Need, Verdict

from services.catalog.tests.guide_clinic import COUPLES, DEEP, EVALUATION, LA_BELLE, PAIN, PRENATAL, SESSION, SWEDISH

BOOK = rulebook()
MASSAGES = {SWEDISH, DEEP, PAIN, COUPLES}


def told(answers: str, treatments: Any = LA_BELLE) -> Advice:
    return advise(BOOK, frozenset(Word(word) for word in answers.split()), treatments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`answers` make `rule` fire; of what follows, only what is named is looked at."""

    rule: str
    answers: str
    recommends: str = ""
    suggests: Iterable[Any] | None = None
    verdicts: dict[Any, str] | None = None
    minutes: int | None = None
    needs: str = ""


def stops(rule: str, answer: str, recommends: str) -> Row:
    return Row(rule=rule, answers=f"{answer} stress", recommends=recommends, suggests=[])


def therapy(rule: str, answers: str) -> Row:
    return Row(rule=rule, answers=answers, recommends="physical_therapy", suggests=[EVALUATION])


def massage(rule: str, answers: str, *suggests: Any, minutes: int) -> Row:
    return Row(rule=rule, answers=answers, recommends="massage", suggests=suggests, minutes=minutes)


def caution(rule: str, answers: str, **verdicts: str) -> Row:
    by_name = {"swedish": SWEDISH, "deep": DEEP, "pain": PAIN, "couples": COUPLES, "session": SESSION}
    return Row(rule=rule, answers=answers, verdicts={by_name[name]: verdict for name, verdict in verdicts.items()})


ALL_CLEARANCE = {"swedish": "clearance", "deep": "clearance", "pain": "clearance", "couples": "clearance"}

TABLE = [
    stops("emergency.bladder_or_bowel", "loss_of_bladder_or_bowel_control", "emergency"),
    stops("emergency.saddle_numbness", "saddle_numbness", "emergency"),
    stops("emergency.progressive_weakness", "progressive_weakness", "emergency"),
    stops("emergency.chest_pain", "chest_pain", "emergency"),
    stops("emergency.breathlessness", "breathlessness", "emergency"),
    stops("emergency.stroke_signs", "stroke_signs", "emergency"),
    stops("emergency.bleeding_in_pregnancy", "bleeding_in_pregnancy pregnancy", "emergency"),
    stops("urgent.suspected_fracture", "suspected_fracture injury", "same_day_advice"),
    stops("urgent.hot_swollen_calf", "hot_swollen_calf", "same_day_advice"),
    therapy("serve.injury", "injury"),
    therapy("serve.after_surgery", "after_surgery"),
    therapy("serve.doctors_order", "doctors_order"),
    therapy("serve.lost_function", "lost_function"),
    therapy("serve.arthritis", "chronic_pain arthritis"),
    therapy("serve.herniated_disc", "chronic_pain herniated_disc"),
    therapy("serve.other_diagnosis", "chronic_pain other_diagnosis"),
    massage("serve.relaxation", "relaxation", SWEDISH, minutes=60),
    massage("serve.stress", "stress", SWEDISH, minutes=60),
    massage("serve.sleep", "sleep", SWEDISH, minutes=90),
    massage("serve.stiff_neck_and_shoulders", "stiff_neck_and_shoulders", SWEDISH, DEEP, minutes=60),
    massage("serve.sore_muscles", "sore_muscles", DEEP, minutes=60),
    massage("serve.sport_recovery", "sport_recovery", DEEP, minutes=90),
    massage("serve.wellbeing", "wellbeing", SWEDISH, minutes=60),
    massage("serve.time_for_two", "time_for_two", COUPLES, minutes=60),
    massage("serve.chronic_pain_without_diagnosis", "chronic_pain no_diagnosis", PAIN, minutes=60),
    Row(
        rule="serve.chronic_pain_unexplained",
        answers="chronic_pain",
        recommends="unsure",
        suggests=[EVALUATION],
    ),
    Row(rule="serve.unsure", answers="unsure", recommends="unsure", suggests=[EVALUATION]),
    caution("safety.blood_thinners", "sore_muscles blood_thinners", deep="substitute", pain="substitute"),
    caution("safety.blood_clot", "stress blood_clot", **ALL_CLEARANCE),
    caution("safety.severe_osteoporosis", "sore_muscles severe_osteoporosis", deep="substitute"),
    caution("safety.recent_surgery", "stress recent_surgery", **ALL_CLEARANCE),
    caution("safety.fever_or_infection", "stress fever_or_infection", **dict.fromkeys(ALL_CLEARANCE, "wait")),
    caution("safety.open_wounds", "stress open_wounds", deep="substitute", pain="substitute"),
    caution("safety.neuropathy", "chronic_pain no_diagnosis neuropathy", pain="substitute"),
    caution("safety.neuropathy_in_physical_therapy", "injury neuropathy", session="clearance"),
    caution("safety.pacemaker", "injury pacemaker", session="clearance"),
    caution(
        "safety.pregnancy",
        "stress pregnancy second_trimester usual_pregnancy",
        **dict.fromkeys(ALL_CLEARANCE, "substitute"),
    ),
    Row(
        rule="safety.pregnancy_first_trimester",
        answers="stress pregnancy first_trimester usual_pregnancy",
        verdicts={PRENATAL: "clearance"},
    ),
    Row(
        rule="safety.pregnancy_high_risk",
        answers="stress pregnancy third_trimester high_risk_pregnancy",
        verdicts={PRENATAL: "clearance"},
    ),
    Row(rule="safety.pregnancy_untold", answers="stress pregnancy", verdicts={PRENATAL: "clearance"}),
    # The session asks about pregnancy by itself; no rule of ours speaks of it there.
    caution("safety.own_question", "injury pregnancy second_trimester usual_pregnancy", session="clearance"),
    Row(rule="need.both", answers="injury stress", recommends="both", suggests=[EVALUATION, SWEDISH]),
    Row(rule="need.evaluation", answers="injury", needs="evaluation"),
    Row(rule="need.referral", answers="injury", needs="referral"),
    Row(rule="need.authorization", answers="injury", needs="authorization"),
    Row(rule="need.clearance", answers="stress blood_clot", needs="clearance"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_what_follows_from_each_rule(row: Row) -> None:
    treatments = (*LA_BELLE, PRENATAL) if row.verdicts and PRENATAL in row.verdicts else LA_BELLE
    said = told(row.answers, treatments)
    assert row.rule in {fired.rule.id for fired in said.fired}
    if row.recommends:
        assert said.recommendation == row.recommends
    if row.suggests is not None:
        assert {one.service for one in said.offered if one.suggested} == {each.id for each in row.suggests}
    if row.verdicts is not None:
        assert {one.service: str(one.verdict) for one in said.withheld} == {
            **{each.id: verdict for each, verdict in row.verdicts.items()},
            **({each.id: "substitute" for each in MASSAGES} if PRENATAL in row.verdicts else {}),
        }
    if row.minutes is not None:
        assert {one.minutes for one in said.offered if one.suggested and one.service != COUPLES.id} <= {row.minutes, 60}
        assert row.minutes in {one.minutes for one in said.offered if one.suggested}
    if row.needs:
        assert row.needs in {one.need for one in said.needed}


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    assert sorted(rule.id for rule in BOOK.rules) == sorted(row.rule for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_without_its_answers_a_rule_is_silent(row: Row) -> None:
    fired = {one.rule.id for one in told("wellbeing no_conditions").fired}
    assert row.rule not in fired or row.rule == "serve.wellbeing"


def test_signs_of_danger_offer_nothing_at_all() -> None:
    for rule in BOOK.of(*STOPPING):
        said = told(" ".join(rule.any_of))
        assert (said.offered, said.withheld, said.call) == ((), (), False)
        assert said.recommendation in {Recommendation.EMERGENCY, Recommendation.SAME_DAY_ADVICE}


def test_an_emergency_comes_before_what_is_urgent() -> None:
    assert told("suspected_fracture chest_pain").recommendation is Recommendation.EMERGENCY


def test_a_replaced_treatment_names_what_takes_its_place() -> None:
    said = told("sore_muscles blood_thinners no_red_flags")
    deep = next(one for one in said.withheld if one.service == DEEP.id)
    assert SWEDISH.id in deep.instead
    assert [one.service for one in said.offered if one.suggested] == [SWEDISH.id]


def test_a_pregnant_guest_gets_a_prenatal_massage_where_somebody_is_trained_for_it() -> None:
    answers = "stress pregnancy second_trimester usual_pregnancy"
    here = told(answers, (*LA_BELLE, PRENATAL))
    assert [one.service for one in here.offered] == [PRENATAL.id]
    elsewhere = told(answers)
    assert (elsewhere.offered, elsewhere.call) == ((), True)


def test_a_clinician_may_clear_what_the_rules_hold_back() -> None:
    said = told("stress recent_surgery")
    assert (said.offered, said.call) == ((), True)
    assert Need.CLEARANCE in {one.need for one in said.needed}


def test_physical_therapy_and_not_here() -> None:
    massage_only = [each for each in LA_BELLE if each.modality == "massage"]
    said = told("injury", massage_only)
    assert (said.recommendation, said.physical_therapy_elsewhere, said.offered) == ("physical_therapy", True, ())
    both = told("injury stress", massage_only)
    assert both.physical_therapy_elsewhere
    assert {one.service for one in both.offered} == {each.id for each in MASSAGES}
    assert not told("injury").physical_therapy_elsewhere


def test_referral_is_a_statement_in_general_and_an_evaluation_is_not() -> None:
    general = {one.need: one.general for one in told("injury").needed}
    assert general == {Need.EVALUATION: False, Need.REFERRAL: True, Need.AUTHORIZATION: True}


def test_both_is_a_series_that_begins_with_recovery() -> None:
    assert [str(one) for one in told("after_surgery sleep").series] == ["physical_therapy", "massage"]
    assert told("sleep").series == ()


def test_unsure_beside_a_wish_keeps_the_wish_and_the_call() -> None:
    said = told("unsure stress")
    assert (said.recommendation, said.call) == ("massage", True)
    assert EVALUATION.id in {one.service for one in said.offered}


def test_a_branch_that_does_not_say_what_its_massages_are_suggests_all_of_them() -> None:
    plain = [replace(each, traits=frozenset()) for each in LA_BELLE]
    assert all(one.suggested for one in told("sore_muscles", plain).offered)


def test_the_weightiest_verdict_counts() -> None:
    said = told("sore_muscles blood_thinners fever_or_infection")
    assert {one.verdict for one in said.withheld} == {Verdict.WAIT}
