import pytest
from pydantic import Field
from runtime.settings import Settings

GOOD = {"SLOTWELL_AMQP_URL": "embedded://", "SLOTWELL_SECRET_KEY": "s" * 32, "SLOTWELL_STUDIO": "La Belle"}


class StudioSettings(Settings):
    studio: str = Field(min_length=3)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOTWELL_DEMO", "1")
    settings = StudioSettings.load()
    assert (settings.studio, settings.demo, settings.installation) == ("La Belle", True, "slotwell")


def test_every_problem_is_told_at_once_without_showing_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLOTWELL_SECRET_KEY", "hunter2")
    monkeypatch.setenv("SLOTWELL_AMQP_URL", "http://wrong")
    monkeypatch.delenv("SLOTWELL_STUDIO")
    with pytest.raises(SystemExit) as refused:
        StudioSettings.load()
    told = capsys.readouterr().err
    assert refused.value.code == 2
    assert all(name in told for name in ("SLOTWELL_SECRET_KEY", "SLOTWELL_AMQP_URL", "SLOTWELL_STUDIO"))
    assert "hunter2" not in told


def test_a_secret_does_not_show_when_settings_are_printed() -> None:
    assert GOOD["SLOTWELL_SECRET_KEY"] not in repr(StudioSettings.load())
