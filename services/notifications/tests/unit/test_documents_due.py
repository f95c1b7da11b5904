"""A guest whose appointment still needs a document is told in time, once, and of nothing that others may not know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.domain.gsm7 import segments
from notifications.domain.plan import owed_by
from notifications.domain.relevance import Send, Skip, Verdict, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.values import Change, Channel, Happening, Reason

from services.notifications.tests.made import START, at, change, facts, key

TOLD_AT = START - timedelta(hours=50)
DUE = START - timedelta(hours=24)


def due_soon(**differences: object) -> Change:
    plain = change(happening=Happening.NEED_DUE_SOON, happened_at=TOLD_AT, deadline=DUE)
    return replace(plain, **differences)  # type: ignore[arg-type]


def verdict(*, due: bool = True, later: timedelta = timedelta()) -> Verdict:
    known = replace(facts(), document_due=DUE if due else None)
    rule = key("document_due")
    return judge(rule, start=START, useful_until=DUE, facts=known, told=(), now=TOLD_AT + later)


def test_it_is_told_at_once_and_is_of_use_until_it_is_due() -> None:
    messages = owed_by(due_soon())
    assert {each.key.rule for each in messages} == {"document_due"}
    assert {(each.due_at, each.useful_until) for each in messages} == {(TOLD_AT, DUE)}


def test_a_need_that_opens_far_ahead_owes_nothing_yet() -> None:
    assert owed_by(due_soon(happening=Happening.NEED_OPENED)) == ()


def test_the_telephone_is_left_alone_at_night() -> None:
    messages = {each.key.channel: each.due_at for each in owed_by(due_soon(happened_at=at("2026-11-29 22:30")))}
    assert messages == {Channel.EMAIL: at("2026-11-29 22:30"), Channel.SMS: at("2026-11-30 07:00")}


def test_it_is_not_told_once_nothing_lacks_or_it_is_too_late() -> None:
    assert verdict() == Send()
    assert verdict(due=False) == Skip(Reason.NOTHING_LACKS)
    assert verdict(later=timedelta(hours=27)) == Skip(Reason.TOO_LATE)


def test_a_document_that_runs_out_is_told_at_once_unless_a_newer_one_is_there() -> None:
    ending = change(happening=Happening.DOCUMENT_RUNNING_OUT, happened_at=TOLD_AT)
    messages = owed_by(ending)
    assert {(each.key.rule, each.due_at, each.useful_until) for each in messages} == {
        ("document_running_out", TOLD_AT, START)
    }
    rule = key("document_running_out")

    def judged(**differences: object) -> Verdict:
        known = replace(facts(), **differences)  # type: ignore[arg-type]
        return judge(rule, start=START, useful_until=START, facts=known, told=(), now=TOLD_AT)

    assert judged() == judged(document_ending=True) == Send()
    assert judged(document_ending=False) == Skip(Reason.NOTHING_LACKS)


@pytest.mark.parametrize("name", ["document_due", "document_running_out"])
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_no_word_of_it_speaks_of_health(language: str, name: str) -> None:
    writer = JinjaLetters(public_url="https://book.example/", organizer="hello@labelle.example")
    known = replace(facts(), document_due=DUE)
    known = replace(known, guest=replace(known.guest, locale=language))
    rule = BY_NAME[name]
    for channel in Channel:
        letter = writer.write(rule, key(name, channel), known, now=TOLD_AT)
        told = f"{letter.subject} {letter.text} {letter.html}".casefold()
        assert not any(
            word in told
            for word in ("referral", "doctor", "therap", "ordonnance", "médecin", "kiné", "volante", "médico", "seguro")
        )
        assert name == "document_running_out" or "2026" in told or "30" in told
        if channel is Channel.SMS:
            assert segments(letter.text).count <= 3
