"""What guests read: every kind on every channel, in words, and never what they should not."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from notifications.adapters.jinja_letters import TEMPLATES, JinjaLetters
from notifications.application.ports import Letter, Unwritable
from notifications.domain.facts import Facts, Money
from notifications.domain.gsm7 import segments, simplified
from notifications.domain.rules import BY_NAME, RULES
from notifications.domain.values import Channel

from services.notifications.tests.made import BOOKING, MADE_AT, START, facts, key, offer_facts

LINK = f"https://book.example/m/{BOOKING}/bWFuYWdlLXRva2Vu-t0k3n_"


@pytest.fixture(scope="module")
def writer() -> JinjaLetters:
    return JinjaLetters(public_url="https://book.example/", organizer="hello@labelle.example")


def write(
    writer: JinjaLetters,
    rule: str = "confirmation",
    channel: Channel = Channel.EMAIL,
    *,
    known: Facts | None = None,
    now: datetime = MADE_AT,
) -> Letter:
    return writer.write(BY_NAME[rule], key(rule, channel), known or facts(), now=now)


def test_there_is_a_template_for_every_kind_channel_and_language(writer: JinjaLetters) -> None:
    for language in writer.languages:
        for rule in RULES:
            folder = TEMPLATES / language / rule.kind
            wanted = {"sms.txt", "subject.txt", "email.txt", "email.html"}
            assert wanted <= {path.name for path in folder.iterdir()}, folder


def test_a_confirmation_says_when_where_with_whom_and_what_it_costs(writer: JinjaLetters) -> None:
    letter = write(writer)
    assert letter.subject == "Booked: Tuesday 1 December, 10:30, La Belle Paris"
    assert letter.text == (
        "You are booked.\n"
        "Camille Roux, we look forward to seeing you.\n"
        "\n"
        "When   Tuesday 1 December, 10:30 to 11:30 (Paris time)\n"
        "What   Appointment at La Belle, 60 minutes, €95\n"
        "With   Ana Moreau\n"
        "Where  La Belle Paris\n"
        "       14 rue des Tilleuls\n"
        "       75011 Paris\n"
        "\n"
        "See or cancel it:\n"
        f"{LINK}\n"
        "\n"
        "Cancel free of charge until Monday 30 November, 22:30. After that we charge €47.50.\n"
        "The attached file puts the time into your calendar.\n"
        "\n"
        "-- \n"
        "La Belle Paris, +33 1 99 00 10 10\n"
    )
    for fact in ("10:30", "Tuesday 1 December", "Ana Moreau", "14 rue des Tilleuls", "€95", LINK):
        assert fact in letter.html


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("confirmation", f"La Belle Paris: you are booked for Tue 1 Dec, 10:30. See or cancel: {LINK}"),
        (
            "first_reminder",
            f"La Belle Paris: we see you on Tue 1 Dec, 10:30, 14 rue des Tilleuls. Can't come? {LINK}",
        ),
        (
            "cancellation",
            (
                "La Belle Paris: your appointment on Tue 1 Dec, 10:30 is cancelled. "
                "Find another time: https://book.example"
            ),
        ),
    ],
)
def test_a_text_message_is_short_and_cheap(writer: JinjaLetters, rule: str, text: str) -> None:
    letter = write(writer, rule, Channel.SMS)
    assert letter.text == text
    assert letter.to == "+33199001234"
    assert segments(letter.text).count <= 2
    assert (letter.subject, letter.html, letter.attachment) == ("", "", None)


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Reply C to confirm."),
        ("fr", "Répondez C pour confirmer."),
        ("es", "Responda C para confirmar."),
    ],
)
def test_a_reminder_by_text_says_that_c_confirms_only_where_answers_are_heard(language: str, asked: str) -> None:
    known = facts(guest=replace(facts().guest, locale=language))
    heard, unheard = (
        write(
            JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example", answers=answers),
            "first_reminder",
            Channel.SMS,
            known=known,
        ).text
        for answers in (True, False)
    )
    assert f". {asked} " in heard
    assert heard.replace(f" {asked}", "") == unheard
    assert segments(heard).count <= 2


def test_accents_do_not_make_a_text_message_dear(writer: JinjaLetters) -> None:
    place = replace(facts().place, name="La Belle Montréal", address=("4210 avenue des Érables",))
    text = write(writer, "first_reminder", Channel.SMS, known=facts(place=place)).text
    assert "La Belle Montréal" in text
    assert text == simplified(text)
    assert segments(text).count == 2


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
@pytest.mark.parametrize("channel", list(Channel))
def test_only_the_discreet_name_ever_appears(writer: JinjaLetters, rule: str, channel: Channel) -> None:
    letter = write(writer, rule, channel)
    everything = letter.subject + letter.text + letter.html
    content = letter.attachment.content.decode() if letter.attachment else ""
    assert "massage" not in (everything + content).lower()
    assert "—" not in everything
    assert "!" not in letter.text + letter.subject
    assert [slip for slip in ("Oops", "{{", "{%", "None") if slip in everything] == []


def test_a_guest_elsewhere_reads_their_own_time_beside_the_branchs(writer: JinjaLetters) -> None:
    guest = replace(facts().guest, zone="America/Toronto")
    letter = write(writer, known=facts(guest=guest))
    assert "       04:30 in Toronto\n" in letter.text
    assert "<br>04:30 in Toronto</div>" in letter.html
    far = replace(facts().guest, zone="Pacific/Auckland")
    assert "Tuesday 1 December, 22:30" not in write(writer, known=facts(guest=far)).text
    early = facts(start=START + timedelta(hours=4), end=START + timedelta(hours=5), guest=far)
    assert "Wednesday 2 December, 02:30 in Auckland" in write(writer, known=early).text


def test_the_same_offset_is_not_told_as_another_time(writer: JinjaLetters) -> None:
    guest = replace(facts().guest, zone="Europe/Berlin")
    assert "Berlin" not in write(writer, known=facts(guest=guest)).text


@pytest.mark.parametrize(
    ("now", "fee", "words"),
    [
        (MADE_AT, True, "Cancel free of charge until Monday 30 November, 22:30. After that we charge €47.50."),
        (MADE_AT, False, "Cancel free of charge until Monday 30 November, 22:30."),
        (START - timedelta(hours=3), True, "It starts soon: cancelling now costs €47.50."),
        (START - timedelta(hours=3), False, "Can't come? Please tell us as soon as you can."),
    ],
)
def test_what_cancelling_costs_is_true_when_it_is_written(
    writer: JinjaLetters, now: datetime, fee: bool, words: str
) -> None:
    letter = write(writer, known=facts() if fee else facts(fee=None), now=now)
    assert f"\n{words}\n" in letter.text
    assert words.replace("'", "&#39;") in letter.html or words in letter.html


def test_a_cancellation_names_its_fee_only_if_there_is_one(writer: JinjaLetters) -> None:
    cancelled = facts(state="cancelled", revision=2)
    assert "The cancellation fee is €47.50." in write(writer, "cancellation", known=cancelled).text
    assert "fee" not in write(writer, "cancellation", known=replace(cancelled, fee=None)).text


@pytest.mark.parametrize(
    ("rule", "method", "status"),
    [
        ("confirmation", "PUBLISH", "CONFIRMED"),
        ("change", "PUBLISH", "CONFIRMED"),
        ("cancellation", "CANCEL", "CANCELLED"),
    ],
)
def test_the_calendar_file_is_the_appointments_own(writer: JinjaLetters, rule: str, method: str, status: str) -> None:
    letter = write(writer, rule, known=facts(revision=2))
    assert letter.attachment is not None
    calendar = Calendar.from_ical(letter.attachment.content)
    event: Any = calendar.walk("VEVENT")[0]
    assert (calendar["method"], event["status"], event["sequence"]) == (method, status, 2)
    assert event["uid"] == f"{BOOKING}@slotwell"
    assert event["dtstart"].dt == START
    assert event["url"] == f"https://book.example/bookings/{BOOKING}"
    assert b"bWFuYWdlLXRva2Vu" not in letter.attachment.content  # calendars are shared


def test_a_reminder_brings_no_second_calendar_file(writer: JinjaLetters) -> None:
    assert write(writer, "second_reminder").attachment is None


@pytest.mark.parametrize(
    ("locale", "day", "clock"),
    [
        ("en", "Tuesday 1 December", "10:30"),
        ("en-GB", "Tuesday 1 December", "10:30"),
        ("en-US", "Tuesday, December 1", "10:30\u202fAM"),
        ("de-DE", "Tuesday 1 December", "10:30"),  # no German templates: all in English, not half
        ("xx", "Tuesday 1 December", "10:30"),
        ("../../etc", "Tuesday 1 December", "10:30"),
        ("", "Tuesday 1 December", "10:30"),
    ],
)
def test_dates_read_as_the_guests_locale_writes_them(writer: JinjaLetters, locale: str, day: str, clock: str) -> None:
    guest = replace(facts().guest, locale=locale)
    text = write(writer, known=facts(guest=guest)).text
    assert f"{day}, {clock} to" in text


def test_the_first_of_a_month_is_the_first_in_french_and_the_second_is_two(writer: JinjaLetters) -> None:
    guest = replace(facts().guest, locale="fr")
    days = [(START + timedelta(days=days), START + timedelta(days=days, hours=1)) for days in (0, 1)]
    first, second = (write(writer, known=facts(guest=guest, start=start, end=end)).subject for start, end in days)
    assert "mardi 1er décembre" in first
    assert "mercredi 2 décembre" in second


def test_a_language_is_added_by_adding_its_files(tmp_path: Path) -> None:
    for source in TEMPLATES.rglob("*.*"):
        target = tmp_path / str(source.relative_to(TEMPLATES)).replace("en/", "de/", 1)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text().replace('"en/', '"de/'))
    (tmp_path / "de/confirmation/sms.txt").write_text("{{ place }}: {{ short_day }} um {{ time }}")
    writer = JinjaLetters(public_url="https://book.example", organizer="a@b.example", folder=tmp_path)
    guest = replace(facts().guest, locale="de-DE")
    text = write(writer, channel=Channel.SMS, known=facts(guest=guest)).text
    assert text == "La Belle Paris: Di., 1. Dez. um 10:30"


@pytest.mark.parametrize("source", ["{{ secret }}", "{{ place.__class__.__mro__ }}", "{{ guest.phone }}"])
def test_a_template_that_asks_for_more_than_it_may_see_writes_nothing(tmp_path: Path, source: str) -> None:
    folder = tmp_path / "en" / "confirmation"
    folder.mkdir(parents=True)
    (folder / "sms.txt").write_text(source)
    writer = JinjaLetters(public_url="https://book.example", organizer="a@b.example", folder=tmp_path)
    with pytest.raises(Unwritable, match=r"en/confirmation/sms\.txt"):
        write(writer, channel=Channel.SMS)


def test_a_broken_template_shows_at_start(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "confirmation"
    folder.mkdir(parents=True)
    (folder / "sms.txt").write_text("{% if %}")
    with pytest.raises(Unwritable, match=r"en/confirmation/sms\.txt"):
        JinjaLetters(public_url="https://book.example", organizer="a@b.example", folder=tmp_path)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_what_a_guest_typed_is_text_and_never_markup(writer: JinjaLetters, rule: str) -> None:
    guest = replace(facts().guest, name="<script>alert(1)</script> <a href='https://evil.example'>")
    tags = _Tags()
    tags.feed(write(writer, rule, known=facts(guest=guest)).html)
    assert "script" not in {tag for tag, _ in tags.seen}
    for tag, attributes in tags.seen:
        if tag == "a":
            assert str(attributes["href"]).startswith(("https://book.example", "tel:+"))


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_the_html_loads_nothing_and_turns_dark(writer: JinjaLetters, rule: str) -> None:
    html = write(writer, rule).html
    assert not re.findall(r"<(img|link|script|iframe)|url\(|@import", html)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html
    assert '<html lang="en">' in html


@pytest.mark.parametrize(
    ("money", "words"),
    [("95.00", "€95"), ("95.50", "€95.50"), ("1250.00", "€1,250"), ("0.00", "€0")],
)
def test_prices_have_cents_only_if_they_need_them(writer: JinjaLetters, money: str, words: str) -> None:
    price = Money(amount=Decimal(money), currency="EUR")
    assert f"60 minutes, {words}\n" in write(writer, known=facts(price=price)).text


def test_a_number_is_shown_in_groups_and_dialled_as_it_is(writer: JinjaLetters) -> None:
    assert '<a class="leaf" href="tel:+33199001010"' in write(writer).html
    assert ">+33 1 99 00 10 10</a>" in write(writer).html
    place = replace(facts().place, phone="ask\nus")
    assert "La Belle Paris, ask us\n" in write(writer, known=facts(place=place)).text


def test_a_fee_of_nothing_is_not_named(writer: JinjaLetters) -> None:
    nothing = Money(amount=Decimal("0.00"), currency="EUR")
    assert "charge €0" not in write(writer, known=facts(fee=nothing)).text


def test_a_booking_with_little_to_tell_still_reads_well(writer: JinjaLetters) -> None:
    bare: dict[str, Any] = {
        "price": None,
        "fee": None,
        "practitioners": (),
        "place": replace(facts().place, phone="", address=()),
        "guest": replace(facts().guest, name=""),
    }
    for rule in RULES:
        offer = {"offer": offer_facts().offer} if rule.state == "offered" else {}
        for channel in rule.carried_by:
            lacking = {"document_due": facts().start} if rule.lacking else {}
            advice: dict[str, Any] = {rule.tells: {"en": "Rest for an hour."}} if rule.tells else {}
            letter = write(writer, rule.name, channel, known=facts(**bare, **offer, **lacking, **advice))
            assert "None" not in letter.text
            assert not re.search(r"\n{3,}|, \.|,,|: \n", letter.text), letter.text
