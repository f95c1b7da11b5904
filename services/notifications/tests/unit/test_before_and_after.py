"""What the catalog says to do before and after a treatment: when it is owed, for whom, and for whom not."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from notifications.adapters.every_template import check_templates
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.application.ports import Unwritable
from notifications.domain.facts import Facts
from notifications.domain.moments import At
from notifications.domain.plan import owed_by
from notifications.domain.relevance import Skip, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.terms import Scope, Terms, standing
from notifications.domain.values import Change, Channel, Happening, Owed, Reason, State
from runtime.clock import FixedClock

from services.notifications.tests.fakes import FakeBookings
from services.notifications.tests.house import House
from services.notifications.tests.made import BOOKING, MADE_AT, START, at, change, facts, key, rescheduled

ADVICE = {"fr": "Buvez beaucoup d’eau.\nReposez-vous une heure.", "en": "Drink plenty of water."}


def completed(**differences: Any) -> Change:
    return change(happening=Happening.COMPLETED, revision=3, happened_at=START + timedelta(hours=1), **differences)


def therapy(**differences: Any) -> Change:
    return change(modality="physical_therapy", **differences)


def owed(which: Change, rule: str, channel: Channel = Channel.EMAIL) -> list[Owed]:
    return [one for one in owed_by(which) if (one.key.rule, one.key.channel) == (rule, channel)]


def when(which: Change, rule: str) -> datetime:
    (message,) = owed(which, rule)
    assert message.skipped is None
    return message.due_at


def test_aftercare_is_due_at_ten_the_next_day_by_the_branchs_clock_also_when_clocks_change_in_between() -> None:
    assert when(completed(), "aftercare") == at("2026-12-02 09:00")
    before_summer = at("2027-03-27 15:00")  # the night after, Paris loses an hour
    assert when(completed(start=before_summer), "aftercare") == at("2027-03-28 08:00")
    late = at("2026-12-01 22:30")  # ends half an hour into the next day
    assert when(completed(start=late), "aftercare") == at("2026-12-03 09:00")


def test_a_time_of_day_that_a_clock_change_skips_becomes_the_same_after_the_gap() -> None:
    moment = At("end", days=1, clock=time(2, 30))
    assert moment.of(change(start=at("2027-03-27 10:00"))) == at("2027-03-28 01:30")


@pytest.mark.parametrize("happening", [Happening.NO_SHOW, Happening.CANCELLED, Happening.CHECKED_IN, Happening.BOOKED])
def test_nothing_but_a_treatment_that_was_given_owes_aftercare(happening: Happening) -> None:
    assert owed(change(happening=happening, revision=3), "aftercare") == []


@pytest.mark.parametrize("state", ["no_show", "cancelled", "confirmed", "checked_in"])
def test_aftercare_is_not_sent_once_the_booking_is_not_completed_any_more(state: str) -> None:
    verdict = judge(
        key("aftercare", revision=3),
        start=START,
        useful_until=START + timedelta(days=4),
        facts=facts(state=state, revision=3, aftercare=ADVICE),
        told=(),
        now=START + timedelta(days=1),
    )
    assert verdict == Skip(Reason.BOOKING_NOT_COMPLETED)


async def test_a_completion_that_is_taken_back_voids_its_aftercare() -> None:
    house = House()
    for happened in (change(), completed(), change(happening=Happening.REVERTED, revision=4)):
        house.hears(happened)
    assert house.row("aftercare", 3) == (State.SKIPPED, Reason.SUPERSEDED)


async def test_aftercare_goes_out_once_however_often_the_completion_is_heard_and_not_without_words() -> None:
    house = on_the_morning_after(facts(state="completed", revision=3, aftercare=ADVICE))
    for _ in range(2):
        house.hears(completed())
        await house.works()
    assert (house.row("aftercare", 3), len(house.sent())) == ((State.SENT, None), 1)

    silent = on_the_morning_after(facts(state="completed", revision=3))
    silent.hears(completed())
    await silent.works()
    assert (silent.row("aftercare", 3), silent.sent()) == ((State.SKIPPED, Reason.NOTHING_TO_SAY), [])


def on_the_morning_after(known: Facts) -> House:
    return House(bookings=FakeBookings({BOOKING: known}), clock=FixedClock(START + timedelta(days=1)))


def test_preparation_is_due_two_days_before_physical_therapy_at_the_same_time_of_day() -> None:
    assert when(therapy(), "preparation") == at("2026-11-29 09:30")
    after_winter_came = at("2026-10-26 09:00")  # 10:00 in Paris, which was on summer time two days before
    booked = MADE_AT - timedelta(days=60)
    assert when(therapy(start=after_winter_came, made_at=booked), "preparation") == at("2026-10-24 08:00")


@pytest.mark.parametrize("modality", ["massage", None])
def test_no_other_treatment_owes_preparation(modality: str | None) -> None:
    assert owed(change(modality=modality), "preparation") == []


def test_who_books_later_than_two_days_before_is_told_at_once_how_to_prepare() -> None:
    booked = START - timedelta(hours=20)
    assert when(therapy(made_at=booked, happened_at=booked), "preparation") == booked


def test_a_move_owes_preparation_for_the_new_time() -> None:
    assert when(rescheduled(modality="physical_therapy"), "preparation") == at("2026-12-01 09:30")


def test_texts_say_nothing_of_it_until_a_branch_wants_them() -> None:
    (text,) = owed(therapy(), "preparation", Channel.SMS)
    assert text.skipped is Reason.RULE_OFF
    both = standing({Scope("preparation"): Terms(channels=frozenset(Channel))})
    assert {m.skipped for m in owed_by(therapy(), both) if m.key.rule == "preparation"} == {None}


@pytest.mark.parametrize(("rule", "variable"), [("preparation", "preparation"), ("aftercare", "aftercare")])
@pytest.mark.parametrize(
    ("locale", "said"), [("en", "Drink plenty of water."), ("fr-CA", "Buvez beaucoup"), ("es", "Buvez beaucoup")]
)
@pytest.mark.parametrize("channel", list(Channel))
def test_it_is_said_in_the_guests_language_or_else_in_the_catalogs_own(
    rule: str, variable: str, locale: str, said: str, channel: Channel
) -> None:
    known = facts(**{variable: ADVICE}, guest=replace(facts().guest, locale=locale))
    writer = JinjaLetters(public_url="https://book.example", organizer="La Belle <hello@labelle.example>")
    letter = writer.write(BY_NAME[rule], key(rule, channel), known, now=MADE_AT)
    assert said in letter.text
    assert "Deep tissue" not in letter.text + letter.html + letter.subject
    assert bool(letter.unsubscribe_url) is (rule == "aftercare" and channel is Channel.EMAIL)


def test_a_rule_without_its_words_is_told_at_start_with_what_where_and_how_to_mend_it(tmp_path: Path) -> None:
    check_templates()
    (tmp_path / "en" / "aftercare").mkdir(parents=True)
    for name in ("subject.txt", "email.txt", "email.html"):
        (tmp_path / "en" / "aftercare" / name).write_text("x")
    with pytest.raises(Unwritable) as problem:
        check_templates([BY_NAME["aftercare"]], tmp_path)
    missing = tmp_path / "en" / "aftercare" / "sms.txt"
    assert str(problem.value) == (
        f"the rule aftercare goes out by sms, and there is no {missing}. "
        "Write it, or take the channel from the rule in domain/rules.py."
    )
