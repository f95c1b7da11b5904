"""Words that staff write: what is refused when saving, and what a guest then reads."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.jinja_wordings import JinjaChecker
from notifications.domain.rules import BY_NAME
from notifications.domain.values import Channel
from notifications.domain.wordings import VARIABLES, Spot, Wording

from services.notifications.tests.made import LOCATION, MADE_AT, facts, key

WRITER = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
CHECKER = JinjaChecker(WRITER.samples())
SMS = Spot(location_id=LOCATION, kind="confirmation", channel=Channel.SMS, language="en")
EMAIL = replace(SMS, channel=Channel.EMAIL)


def problems(text: str, *, subject: str | None = None) -> list[tuple[str, str]]:
    spot = SMS if subject is None else EMAIL
    return [(fault.part, fault.problem) for fault in CHECKER.faults(spot, Wording(text=text, subject=subject or ""))]


@pytest.mark.parametrize(
    "text",
    [
        "See you {{ day }} at {{ time }}. {{ manage_url }}",
        "{% if fee %}Late: {{ fee }}{% else %}No fee{% endif %} {{ time }}",
        "{{ place | upper }}{% for line in address %}, {{ line }}{% endfor %}",
        "{{ address | join(', ') }} {{ time }}",
        "{{ guest ~ ', ' if guest else '' }}{{ time }}",
        "{{ minutes }}{% if minutes > 30 and not free %} long{% endif %}",
    ],
)
def test_words_that_always_work_are_taken(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must say something"),
        ("  \n", "must say something"),
        ("{{ gest }} {{ time }}", "unknown: gest"),
        ("{% if fee %}{{ diagnosis }}{% endif %}{{ time }}", "unknown: diagnosis"),  # also where no sample comes by
        ("{{ time }", "line 1: "),
        ("{% if %}", "line 1: "),
        ("{% for i in range(1000000000) %}x{% endfor %}", "a loop may only go over address or sessions"),
        (
            "{% for a in address %}{% for b in address %}x{% endfor %}{% endfor %}",
            "a loop may only go over address or sessions",
        ),
        (
            "{% for a in address recursive %}{{ loop(address) }}{% endfor %}",
            "a loop may only go over address or sessions",
        ),
        ("{{ 'x' * 1000000000 }}", "Mul is not allowed"),
        ("{{ 10 ** 10 ** 10 }}", "Pow is not allowed"),
        ("{{ ''.__class__.__mro__ }}", "Getattr is not allowed"),
        ("{{ address[0] }}", "Getitem is not allowed"),
        ("{{ cycler }}", "unknown: cycler"),
        ("{% include 'en/foot.txt' %}", "Include is not allowed"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "Macro is not allowed"),
        ("{% set x = 1 %}{{ x }}", "Assign is not allowed"),
        ("{{ guest | replace('a', 'aaaa') }}", "the filter replace is not among"),
        ("{{ time | nothing }}", "the filter nothing is not among"),
        ("{{ address | first | upper }}", "does not work for some guests"),  # an address may have no lines
        ("{% if fee %}{{ fee }}{% endif %}", "says nothing to some guests"),
        ("{{ guest }}", "says nothing to some guests"),
        ("x" * 4001, "at most 4000 characters"),
        ("x" * 1000 + "{{ time }}", "takes 7 parts"),
        ("я" * 500, "takes 8 parts"),
        ("{{ " + "(" * 3000 + "1" + ")" * 900 + " }}", ""),
        ("{{ (((((" + "not " * 900 + "fee))))) }} x", ""),
    ],
)
def test_words_that_could_fail_are_refused_when_saving(text: str, words: str) -> None:
    found = problems(text)
    assert found
    assert {part for part, _ in found} == {"text"}
    assert any(words in problem for _, problem in found), found


def test_a_subject_belongs_to_mail_and_is_one_line() -> None:
    assert problems("Hello {{ time }}", subject="{{ day }}") == []
    assert problems("Hello", subject="") == [("subject", "must say something")]
    assert problems("Hello", subject="one\ntwo") == [("subject", "must be one line")]
    assert problems("Hello", subject="x" * 201) == [("subject", "must have at most 200 characters")]
    (fault,) = CHECKER.faults(SMS, Wording(text="Hello", subject="Hello"))
    assert fault.part == "subject"


@given(st.text(alphabet="{}%|[]()'\"._ \nabcdefgiortimenaddress~*<>=1", max_size=80))
def test_whatever_is_typed_is_judged_and_never_breaks_anything(text: str) -> None:
    wording = Wording(text=text)
    if not CHECKER.faults(SMS, wording):
        written = WRITER.knowing({SMS: wording}).write(
            BY_NAME["confirmation"], key(channel=Channel.SMS), facts(), now=MADE_AT
        )
        assert written.text


def test_the_allowlist_is_what_templates_see_and_holds_nothing_of_health() -> None:
    for sample in WRITER.samples():
        assert sample.keys() == VARIABLES.keys()
    told = str(WRITER.samples())
    assert "guest@example.com" not in told
    assert "+33199001234" not in told


def own(text: str, subject: str = "Booked, {{ day }}") -> JinjaLetters:
    return WRITER.knowing({EMAIL: Wording(text=text, subject=subject), SMS: Wording(text=text)})


def test_a_locations_words_take_the_place_of_the_houses_there_and_nowhere_else() -> None:
    writer = own("Bonjour {{ guest }}, {{ time }}.")
    letter = writer.write(BY_NAME["confirmation"], key(), facts(), now=MADE_AT)
    assert (letter.subject, letter.text) == ("Booked, Tuesday 1 December", "Bonjour Camille Roux, 10:30.\n")
    assert letter.attachment is not None
    text = writer.write(BY_NAME["confirmation"], key(channel=Channel.SMS), facts(), now=MADE_AT)
    assert text.text == "Bonjour Camille Roux, 10:30."
    for other in (facts(location_id="another"), facts(guest=replace(facts().guest, locale="fr"))):
        assert "Bonjour Camille" not in writer.write(BY_NAME["confirmation"], key(), other, now=MADE_AT).text
    assert "Bonjour" not in writer.write(BY_NAME["first_reminder"], key(), facts(), now=MADE_AT).text


def test_its_html_is_its_text_in_the_houses_look_and_turns_dark() -> None:
    letter = own("Hello <b>{{ guest }}</b>,\n{{ time }}.\n\nSee {{ manage_url }} or {{ site_url }}").write(
        BY_NAME["confirmation"], key(), facts(), now=MADE_AT
    )
    assert "Hello &lt;b&gt;Camille Roux&lt;/b&gt;,<br>10:30." in letter.html
    hrefs = re.findall(r'href="([^"]+)"', letter.html)
    assert hrefs == [f"https://book.example/m/{facts().booking_id}/{facts().manage_token}", "https://book.example"]
    assert "prefers-color-scheme: dark" in letter.html
    assert letter.html.count("<p ") == 2


def test_a_name_with_a_template_in_it_is_a_name() -> None:
    guest = replace(facts().guest, name="{{ manage_url }}{% for x in address %}")
    letter = own("Hello {{ guest }}").write(BY_NAME["confirmation"], key(), facts(guest=guest), now=MADE_AT)
    assert letter.text == "Hello {{ manage_url }}{% for x in address %}\n"


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("rule", sorted(BY_NAME))
def test_the_house_speaks_three_languages_whole_and_cheaply(language: str, rule: str) -> None:
    english = WRITER.write(BY_NAME[rule], key(rule), facts(), now=MADE_AT)
    guest = replace(facts().guest, locale=language)
    mail = WRITER.write(BY_NAME[rule], key(rule), facts(guest=guest), now=MADE_AT)
    text = WRITER.write(BY_NAME[rule], key(rule, Channel.SMS), facts(guest=guest), now=MADE_AT)
    assert (mail.language, text.language) == (language, language)
    assert f'<html lang="{language}">' in mail.html
    assert len(mail.text.splitlines()) == len(english.text.splitlines())
    if language != "en":
        said = set(re.findall(r"[A-Za-z']{4,}", mail.text + text.text))
        assert not said & {"your", "When", "Where", "appointment", "cancel", "until", "free", "charge", "attached"}
        assert mail.subject != english.subject
    assert text.text.isascii() or all(ord(letter) < 256 for letter in text.text)
    assert text.text.count("{") == mail.html.count("{{") == 0
