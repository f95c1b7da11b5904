"""What is not needed for an appointment can be done without, and the message says how."""

from dataclasses import replace
from typing import Any

import pytest
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.mime import address, compose
from notifications.adapters.unsubscribe_links import UnsubscribeLinks
from notifications.application.ports import Letter
from notifications.domain.declined import Declined, declinable
from notifications.domain.relevance import Send, Skip, judge
from notifications.domain.rules import BY_NAME, RULES, Rule
from notifications.domain.values import Channel, Reason, State
from notifications.domain.wordings import Spot, Wording

from services.notifications.tests.house import house
from services.notifications.tests.made import LOCATION, MADE_AT, START, facts, key

LINKS = UnsubscribeLinks("k" * 32, public_url="https://book.example/")
THANKS = replace(BY_NAME["confirmation"], optional=True)


def digest(text: str) -> bytes:
    return text.encode()[::-1].ljust(16, b".")[:16]


def write(rule: Rule, channel: Channel = Channel.EMAIL, language: str = "en", **more: Any) -> Letter:
    writer = JinjaLetters(
        public_url="https://book.example",
        organizer="hello@labelle.example",
        unsubscribe=lambda kind, guest: LINKS.link(declinable(kind, guest, digest=digest)),
        **more,
    )
    guest = replace(facts().guest, locale=language)
    return writer.write(rule, key(rule.name, channel), facts(guest=guest), now=MADE_AT)


def headers(letter: Letter) -> list[str]:
    content = compose(letter, sender=address("La Belle <hello@labelle.example>")).content.decode()
    return [line for line in content.split("\r\n\r\n")[0].split("\r\n") if line.startswith("List-")]


def test_nothing_that_an_appointment_needs_can_be_declined() -> None:
    assert {rule.name for rule in RULES if rule.optional} == {"aftercare"}
    told = {"confirmation", "change", "party_change", "cancellation"}
    needed = told | {"first_reminder", "second_reminder", "document_due"}
    for name in needed:
        letter = write(BY_NAME[name])
        assert headers(letter) == []
        assert "/u/" not in letter.text + letter.html


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No more messages of this kind"),
        ("fr", "Ne plus recevoir de messages de ce genre"),
        ("es", "No recibir más mensajes de este tipo"),
    ],
)
def test_an_optional_message_says_how_to_end_it_to_people_and_to_programs(language: str, words: str) -> None:
    letter = write(THANKS, language=language)
    link = letter.unsubscribe_url
    assert link.startswith("https://book.example/u/confirmation.")
    assert headers(letter) == [f"List-Unsubscribe: <{link}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    assert f"\n{words}" in letter.text
    assert link in letter.text
    assert f'href="{link}"' in letter.html


def test_a_locations_own_words_do_not_lose_it() -> None:
    spot = Spot(location_id=LOCATION, kind=THANKS.kind, channel=Channel.EMAIL, language="en")
    letter = write(THANKS, words=lambda: {spot: Wording(subject="Thank you", text="Thank you!")})
    assert letter.text == f"Thank you!\n\nNo more messages of this kind:\n{letter.unsubscribe_url}\n"
    assert letter.unsubscribe_url in letter.html


def test_a_text_message_carries_no_such_link_for_stop_ends_texts() -> None:
    assert "/u/" not in write(THANKS, Channel.SMS).text


def test_one_click_is_promised_over_https_only() -> None:
    letter = replace(write(THANKS), unsubscribe_url="http://127.0.0.1:8080/u/x")
    assert headers(letter) == ["List-Unsubscribe: <http://127.0.0.1:8080/u/x>"]


def test_a_link_says_what_it_was_made_for_and_names_nobody() -> None:
    what = declinable("thanks", facts().guest, digest=digest)
    assert len(what) == 2
    link = LINKS.link(what)
    assert LINKS.read(link.rpartition("/")[2]) == what
    assert "camille" not in link.lower()
    assert declinable("thanks", replace(facts().guest, email="CAMILLE@example.com"), digest=digest) == what


@pytest.mark.parametrize("change", ["kind", "address", "proof", "secret", "cut", "nothing", "strange", "long"])
def test_a_link_that_was_not_made_here_says_nothing(change: str) -> None:
    kind, *digests, proof = LINKS.link({Declined(b"x" * 16, "thanks")}).rpartition("/")[2].split(".")
    token = {
        "kind": ".".join(["reminder", *digests, proof]),
        "address": ".".join([kind, "A" * 22, proof]),
        "proof": ".".join([kind, *digests, "A" * 22]),
        "secret": UnsubscribeLinks("o" * 32, public_url="").link({Declined(b"x" * 16, "thanks")}).rpartition("/")[2],
        "cut": ".".join([kind, *digests]),
        "nothing": "",
        "strange": "é.é.é",
        "long": "a" * 100_000,
    }[change]
    assert LINKS.read(token) == frozenset()


def test_who_does_without_gets_none() -> None:
    moments: dict[str, Any] = {"start": START, "useful_until": START, "told": (), "now": MADE_AT}
    assert judge(key(), facts=facts(), declined=True, **moments) == Skip(Reason.DECLINED)
    assert judge(key(), facts=facts(), **moments) == Send()


async def test_the_sender_asks_before_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BY_NAME, "confirmation", THANKS)
    made = house()
    made.ledger.unwanted = {Declined(b"camille@example.com"[::-1], "confirmation")}
    await made.works()
    assert made.row() == (State.SKIPPED, Reason.DECLINED)
    assert made.sent() == []
