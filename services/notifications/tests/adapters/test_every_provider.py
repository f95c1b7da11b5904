"""What every provider's adapter promises, each against a local server that behaves as its documentation says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from notifications.adapters.smtp_email import SmtpEmail
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Rejected, Repeats, Unknown
from notifications.domain.values import Channel

from services.notifications.tests.adapters.stages import SENDER, FolderStage, http_provider, stage
from services.notifications.tests.made import MADE_AT, key

pytestmark = pytest.mark.anyio

PROVIDERS = ["smtp", "http", "twilio", "vonage", "file"]
BY_NETWORK = PROVIDERS[:-1]
BY_HTTP = ["http", "twilio", "vonage"]
TEXT = "La Belle Montréal: à 10:30, 95 €. Can't come? https://book.example/m/7"


@pytest.fixture
async def far(request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Any]:
    async with stage(request.param, tmp_path / "messages") as found:
        yield found


def letter(far: Any, rule: str = "confirmation") -> Letter:
    """One message on the channel of this provider."""
    mail = far.provider.name == "smtp"
    return Letter(
        key=key(rule, Channel.EMAIL if mail else Channel.SMS),
        written_at=MADE_AT,
        to="camille@example.com" if mail else "+33199001234",
        to_name="Camille Roux",
        subject="Booked" if mail else "",
        text=TEXT,
    )


def only_file(folder: Path) -> bytes:
    (file,) = folder.iterdir()
    return file.read_bytes()


def every(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("far", names, indirect=True)


@every(PROVIDERS)
async def test_a_message_arrives_once_as_it_was_written(far: Any) -> None:
    sent = letter(far)
    assert isinstance(await far.provider.send(sent), Accepted)
    (arrived,) = far.arrived
    assert (arrived.to, arrived.text) == (sent.to, TEXT)


@every(["http", "twilio", "vonage", "file"])
async def test_the_providers_own_name_for_it_comes_back(far: Any) -> None:
    outcome = await far.provider.send(letter(far))
    assert outcome.provider_id is not None
    assert outcome.provider_id.startswith(("sms-7", "SM7", "uuid-7", "9f1b6a52"))


@every(PROVIDERS)
async def test_a_repeated_message_keeps_its_identity_and_another_has_its_own(far: Any) -> None:
    for rule in ("confirmation", "confirmation", "second_reminder"):
        await far.provider.send(letter(far, rule))
    identities = [one.identity for one in far.arrived]
    assert len(set(identities)) == 2
    assert any("second_reminder" in identity for identity in identities)


@every(BY_NETWORK)
async def test_a_busy_provider_means_not_now_and_as_long_as_it_asks(far: Any) -> None:
    far.behaves = "is busy"
    outcome = await far.provider.send(letter(far))
    assert isinstance(outcome, NotNow)
    assert outcome.after == (None if far.provider.name == "smtp" else timedelta(minutes=2))
    assert far.arrived == []
    far.behaves = "takes"
    assert isinstance(await far.provider.send(letter(far)), Accepted)


@every(BY_NETWORK)
@pytest.mark.parametrize("behaves", ["stumbles", "takes and falls silent"])
async def test_what_nobody_knows_is_said_to_be_unknown(far: Any, behaves: str) -> None:
    far.behaves = behaves
    assert isinstance(await far.provider.send(letter(far)), Unknown)
    far.behaves = "takes"
    assert isinstance(await far.provider.send(letter(far)), Accepted)


@every(BY_NETWORK)
async def test_a_slow_provider_is_waited_for(far: Any) -> None:
    far.behaves = "is slow"
    assert isinstance(await far.provider.send(letter(far)), Accepted)


@every(BY_NETWORK)
async def test_an_answer_that_says_yes_and_nothing_readable_is_a_yes(far: Any) -> None:
    far.behaves = "babbles"
    assert await far.provider.send(letter(far)) == Accepted(None)


@every(BY_NETWORK)
async def test_an_address_that_is_refused_is_refused_for_good_and_named_nowhere(far: Any) -> None:
    far.behaves = "refuses the address"
    outcome = await far.provider.send(letter(far))
    assert isinstance(outcome, Rejected)
    assert not outcome.silenced
    assert "33199001234" not in outcome.problem
    assert "camille" not in outcome.problem
    assert far.arrived == []


@pytest.mark.parametrize("name", BY_HTTP)
async def test_a_provider_that_is_not_there_means_not_now(name: str) -> None:
    provider = http_provider(name, "http://127.0.0.1:1")
    text = Letter(key=key(channel=Channel.SMS), written_at=MADE_AT, to="+33199001234", to_name="", text=TEXT)
    assert isinstance(await provider.send(text), NotNow)
    await provider.close()


@every(["smtp"])
async def test_a_mail_server_that_is_not_there_means_not_now(far: Any) -> None:
    provider = SmtpEmail(url="smtp://127.0.0.1:1", sender=SENDER, timeout=1)
    assert isinstance(await provider.send(letter(far)), NotNow)


@every(["twilio", "vonage"])
async def test_a_wrong_secret_is_mended_and_nothing_is_lost(far: Any) -> None:
    far.provider._exchange  # noqa: B018  (the adapter whose credentials are replaced)
    far.provider._auth = (far.provider._auth[0], "wrong")
    assert await far.provider.send(letter(far)) == NotNow("HTTP 401")
    assert (far.unproved, far.arrived) == (1, [])


@every(["twilio"])
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (21211, Rejected("Twilio 21211")),  # no number
        (21408, Rejected("Twilio 21408")),  # a country that this account does not text
        (21614, Rejected("Twilio 21614")),  # a landline
        (21610, Rejected("Twilio 21610", silenced=True)),
        (21606, NotNow("Twilio 21606")),  # the sender's number is wrong: a setting
        (21611, NotNow("Twilio 21611")),  # its queue is full
        ("21614", Rejected("HTTP 400")),
        (True, Rejected("HTTP 400")),
    ],
)
async def test_twilios_codes_tell_a_guests_number_from_our_own_settings(
    far: Any, code: object, outcome: object
) -> None:
    far.behaves = "refuses the address"
    far.refused = (400, f'{{"code": {str(code).lower() if code is True else repr(code).replace(chr(39), chr(34))}}}')
    assert await far.provider.send(letter(far)) == outcome


@every(PROVIDERS)
async def test_each_says_what_may_be_done_about_an_unknown_outcome(far: Any) -> None:
    expected = {"smtp": Repeats.ONCE, "http": Repeats.ALWAYS, "file": Repeats.ALWAYS}
    assert far.provider.repeats is expected.get(far.provider.name, Repeats.NEVER)


async def test_a_dry_run_writes_mail_that_a_mail_program_opens_and_nothing_half(tmp_path: Path) -> None:
    async with stage("file", tmp_path) as far:
        mail = replace(letter(far), key=key(), to="camille@example.com", subject="Booked", html="<p>Booked</p>")
        assert await far.provider.send(mail) == Accepted(f"{str(mail.key).replace(':', '.')}.eml")
        assert b"multipart/alternative" in only_file(tmp_path)
        assert isinstance(await far.provider.send(replace(mail, to="no address")), Rejected)


async def test_a_folder_that_cannot_be_written_means_not_now(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    async with stage("file", file) as far:
        assert isinstance(far, FolderStage)
        assert isinstance(await far.provider.send(letter(far)), NotNow)
