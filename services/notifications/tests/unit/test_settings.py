"""Settings that are half there are refused together, without repeating a secret."""

import pytest
from notifications.adapters.providers import providers_of
from notifications.domain.allowance import Limits
from notifications.domain.values import Channel
from notifications.settings import NotificationsSettings

WHOLE = {
    "AMQP_URL": "embedded://",
    "SECRET_KEY": "k" * 32,
    "NOTIFICATIONS_DATABASE_URL": "postgresql://notifications:hush@localhost/slotwell_notifications",
    "SMTP_URL": "smtp://user:hush@localhost:2525",
    "MAIL_FROM": "La Belle <hello@labelle.example>",
    "SMS_URL": "https://sms.example/messages",
    "SMS_SECRET": "hush, sixteen characters",
}

TWILIO = {"SMS_URL": None, "TWILIO_ACCOUNT_SID": "AC12345", "TWILIO_AUTH_TOKEN": "hush", "SMS_FROM": "+33199009999"}
VONAGE = {"SMS_URL": None, "VONAGE_API_KEY": "7", "VONAGE_API_SECRET": "hush", "SMS_FROM": "LaBelle"}


def load(monkeypatch: pytest.MonkeyPatch, **differences: str | None) -> NotificationsSettings:
    for name, value in {**WHOLE, **differences}.items():
        if value is None:
            monkeypatch.delenv(f"SLOTWELL_{name}", raising=False)
        else:
            monkeypatch.setenv(f"SLOTWELL_{name}", value)
    return NotificationsSettings.load()


def test_everything_given_is_taken_and_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert settings.smtp_url == WHOLE["SMTP_URL"]
    assert "hush" not in repr(settings)


def test_channels_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SMTP_URL=None, MAIL_FROM=None, SMS_URL=None, SMS_SECRET=None)
    assert (settings.smtp_url, settings.sms_url) == ("", "")


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ({"NOTIFICATIONS_DATABASE_URL": None}, "SLOTWELL_NOTIFICATIONS_DATABASE_URL"),
        ({"NOTIFICATIONS_DATABASE_URL": "mysql://x"}, "SLOTWELL_NOTIFICATIONS_DATABASE_URL"),
        ({"SMTP_URL": "http://localhost"}, "SLOTWELL_SMTP_URL"),
        ({"MAIL_FROM": "La Belle"}, "SLOTWELL_MAIL_FROM"),
        ({"MAIL_FROM": None}, "needs SLOTWELL_MAIL_FROM"),
        ({"SMS_SECRET": "short hush"}, "needs SLOTWELL_SMS_SECRET"),
        ({"SMS_URL": "ftp://sms.example"}, "SLOTWELL_SMS_URL"),
        ({"TWILIO_ACCOUNT_SID": "AC12345"}, "set only one of SLOTWELL_SMS_URL, SLOTWELL_TWILIO_ACCOUNT_SID"),
        ({"SMS_URL": None, "TWILIO_ACCOUNT_SID": "AC12345"}, "needs SLOTWELL_TWILIO_AUTH_TOKEN and SLOTWELL_SMS_FROM"),
        ({"SMS_URL": None, "VONAGE_API_KEY": "7"}, "needs SLOTWELL_VONAGE_API_SECRET and SLOTWELL_SMS_FROM"),
        ({"SMS_DAILY_PARTS": "-1"}, "SLOTWELL_SMS_DAILY_PARTS"),
        ({**VONAGE, "SMS_ANSWERS": "1"}, "nobody can answer SLOTWELL_SMS_FROM"),
    ],
)
def test_what_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    differences: dict[str, str | None],
    words: str,
) -> None:
    with pytest.raises(SystemExit, match="2"):
        load(monkeypatch, **differences)
    said = capsys.readouterr().err
    assert words in said
    assert "hush" not in said


def test_limits_are_by_channel_and_none_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = load(monkeypatch, SMS_DAILY_PARTS="500").limits
    assert limits == {Channel.EMAIL: Limits(), Channel.SMS: Limits(a_day=500)}


@pytest.mark.parametrize(
    ("differences", "names"),
    [
        ({}, ("smtp", "http")),
        ({"SMTP_URL": None, "SMS_URL": None}, (None, None)),
        (
            {"SMS_URL": None, "TWILIO_ACCOUNT_SID": "AC12345", "TWILIO_AUTH_TOKEN": "hush", "SMS_FROM": "+1"},
            ("smtp", "twilio"),
        ),
        (
            {"SMS_URL": None, "VONAGE_API_KEY": "7", "VONAGE_API_SECRET": "hush", "SMS_FROM": "LaBelle"},
            ("smtp", "vonage"),
        ),
        ({"DRY_RUN_FOLDER": "/nowhere"}, ("file", "file")),
    ],
)
def test_the_settings_choose_who_carries_what(
    monkeypatch: pytest.MonkeyPatch, differences: dict[str, str | None], names: tuple[str | None, str | None]
) -> None:
    settings = load(monkeypatch, **differences)
    chosen = providers_of(settings)
    assert settings.carriers == {channel: provider.name for channel, provider in chosen.items()}
    assert tuple(chosen[channel].name if channel in chosen else None for channel in Channel) == names


def test_the_budgets_are_those_of_the_providers_that_are_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, **TWILIO, SMS_DAILY_PARTS="500").daily_budgets == {"twilio": 500}
    assert load(monkeypatch, SMS_URL=None, TWILIO_ACCOUNT_SID=None, EMAIL_DAILY="90").daily_budgets == {"smtp": 90}


def test_answers_to_texts_are_heard_only_where_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load(monkeypatch, **TWILIO).sms_answers
    assert load(monkeypatch, **TWILIO, SMS_ANSWERS="1").sms_answers
