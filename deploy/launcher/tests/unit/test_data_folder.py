"""The data folder: one process at a time, secrets kept, nothing half written."""

import contextlib
import hashlib
import io
import stat
from pathlib import Path

import pytest
from launcher.data_folder import AdminToken, DataFolder
from launcher.problem import Problem
from launcher.progress import Progress

ADDRESS = "http://127.0.0.1:8080"


def test_a_second_start_is_refused_and_told_where_the_first_runs(tmp_path: Path) -> None:
    first = DataFolder(tmp_path / "data", address=ADDRESS)
    with pytest.raises(Problem, match=r"already runs on .*process \d+, http://127.0.0.1:8080"):
        DataFolder(tmp_path / "data", address="http://127.0.0.1:9999")
    first.release()


def test_after_the_first_has_gone_the_next_may_start(tmp_path: Path) -> None:
    DataFolder(tmp_path / "data", address=ADDRESS).release()
    DataFolder(tmp_path / "data", address=ADDRESS).release()


def test_the_secret_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", address=ADDRESS)
    key = folder.secret_key()
    assert len(key) >= 32
    assert folder.secret_key() == key
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    folder.release()


def test_what_is_remembered_is_there_at_the_next_start_and_can_be_forgotten(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", address=ADDRESS)
    folder.remember("clinic", "stamp")
    folder.release()
    again = DataFolder(tmp_path / "data", address=ADDRESS)
    assert again.remembered("clinic") == "stamp"
    again.forget_all()
    assert again.remembered("clinic") is None
    again.release()


def test_a_state_that_can_not_be_read_counts_as_none(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", address=ADDRESS)
    (tmp_path / "data" / "state.json").write_text("{")
    assert folder.remembered("clinic") is None
    folder.release()


def test_a_folder_that_can_not_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"can't be used .*SLOTWELL_DATA") as refused:
        DataFolder(tmp_path / "file" / "data", address=ADDRESS)
    assert "\n" not in str(refused.value)


def test_the_settings_in_use_can_be_sourced_by_a_shell(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", address=ADDRESS)
    folder.write_environment({"SLOTWELL_REDIS_URL": "unix:///run/redis.sock"})
    kept = tmp_path / "data" / "environment"
    assert kept.read_text() == "SLOTWELL_REDIS_URL='unix:///run/redis.sock'\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    folder.release()


def test_the_admin_token_is_known_until_it_was_shown_and_by_its_hash_from_then_on(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data", address=ADDRESS)
    first = folder.admin_token()
    assert first.fresh is not None
    assert folder.admin_token() == first
    assert first.sha256 == hashlib.sha256(first.fresh.encode()).hexdigest()
    folder.release()

    # Nobody was shown it: the next start makes another one rather than losing it.
    again = DataFolder(tmp_path / "data", address=ADDRESS)
    second = again.admin_token()
    assert second.fresh not in {None, first.fresh}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        progress = Progress()
        progress.admin_token(again, given=False)
        progress.admin_token(again, given=False)
    assert said.getvalue().count(str(second.fresh)) == 1
    assert again.admin_token() == AdminToken(sha256=second.sha256, fresh=None)
    kept = tmp_path / "data" / "admin-token.sha256"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(second.fresh) not in kept.read_text()
    again.release()
