"""A guest who waits is told of an offer at a decent hour, and only while it stands."""

from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.domain.gsm7 import segments
from notifications.domain.plan import owed_by
from notifications.domain.relevance import Send, Skip, Verdict, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.values import Channel, Reason

from services.notifications.tests.made import ENTRY, START, at, facts, key, offer_facts, offered

TOLD_AT = START - timedelta(hours=20)
EVENING = at("2026-11-30 20:30")  # 21:30 in Paris


def verdict(state: str, *, channel: Channel = Channel.EMAIL, later: timedelta = timedelta()) -> Verdict:
    return judge(
        key("waitlist_offer", channel),
        start=START,
        useful_until=TOLD_AT + timedelta(minutes=30),
        facts=replace(offer_facts(), state=state),
        told=(),
        now=TOLD_AT + later,
    )


def test_an_offer_is_told_at_once_on_every_channel_and_is_of_use_until_its_deadline() -> None:
    messages = owed_by(offered())
    assert [(each.key.rule, each.key.channel) for each in messages] == [
        ("waitlist_offer", Channel.EMAIL),
        ("waitlist_offer", Channel.SMS),
    ]
    for each in messages:
        assert each.skipped is None
        assert (each.due_at, each.useful_until) == (TOLD_AT, TOLD_AT + timedelta(minutes=30))


def test_in_quiet_hours_the_mail_goes_and_the_telephone_waits_for_the_morning() -> None:
    mail, text = owed_by(offered(happened_at=EVENING, deadline=at("2026-12-01 07:30")))
    assert mail.due_at == EVENING
    assert text.due_at == at("2026-12-01 07:00")
    assert text.skipped is None


def test_an_offer_that_stands_is_sent() -> None:
    assert verdict("offered") == Send()


@pytest.mark.parametrize("state", ["accepted", "declined", "lapsed", "revoked"])
def test_an_offer_that_was_answered_or_ended_is_not_sent(state: str) -> None:
    assert verdict(state) == Skip(Reason.OFFER_ENDED)


def test_an_offer_is_not_told_after_its_deadline() -> None:
    assert verdict("offered", later=timedelta(minutes=31)) == Skip(Reason.TOO_LATE)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_it_says_what_until_when_by_the_guests_clock_and_where_to_answer(language: str) -> None:
    writer = JinjaLetters(public_url="https://book.example/", organizer="hello@labelle.example")
    guest = replace(facts().guest, locale=language, zone="Europe/London")
    known = replace(offer_facts(), guest=guest)
    link = f"https://book.example/w/{ENTRY}/{known.manage_token}"
    mail = writer.write(BY_NAME["waitlist_offer"], key("waitlist_offer"), known, now=TOLD_AT)
    for text in (mail.text, mail.html):
        assert link in text
        assert "14:00" in text  # the deadline in London; 15:00 in Paris
        assert "10:30" in text
    assert mail.attachment is None
    text = writer.write(BY_NAME["waitlist_offer"], key("waitlist_offer", Channel.SMS), known, now=TOLD_AT)
    assert link in text.text
    assert "14:00" in text.text
    assert segments(text.text).count <= 2
