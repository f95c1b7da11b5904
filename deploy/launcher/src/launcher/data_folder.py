"""The folder that holds an installation: its databases, its secret, its log. One process uses it at a time."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.problem import Problem

_ADMIN_TOKEN = "admin-token.sha256"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminToken:
    """The hash of the token, and the token itself as long as nobody has been shown it."""

    sha256: str
    fresh: str | None


class DataFolder:
    """A data folder that we hold the lock of. Raises Problem when somebody else does or it can't be used."""

    def __init__(self, path: Path, *, address: str) -> None:
        self.path = path
        self._fresh_token: str | None = None
        try:
            # Others may pass, not look: PostgreSQL's account has its own folder below.
            path.mkdir(parents=True, exist_ok=True, mode=0o711)
            self.logs.mkdir(exist_ok=True, mode=0o700)
            self._lock = (path / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise Problem(
                f"The data folder {path} can't be used ({error.strerror}). Choose another: SLOTWELL_DATA=…"
            ) from error
        self._take_lock(address)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def secret_key(self) -> str:
        """The installation's secret: made at the first start, kept, readable by its owner alone."""
        kept = self.path / "secret-key"
        if kept.exists() and (text := kept.read_text(encoding="ascii").strip()):
            return text
        key = secrets.token_urlsafe(48)
        self._write_private("secret-key", key + "\n")
        return key

    def admin_token(self) -> AdminToken:
        """The token that opens the administration: made until one was kept, and then known by its hash alone."""
        kept = self.path / _ADMIN_TOKEN
        if kept.exists() and (sha256 := kept.read_text(encoding="ascii").strip()):
            return AdminToken(sha256=sha256, fresh=None)
        if self._fresh_token is None:
            self._fresh_token = secrets.token_urlsafe(32)
        return AdminToken(sha256=hashlib.sha256(self._fresh_token.encode()).hexdigest(), fresh=self._fresh_token)

    def keep_admin_token(self) -> None:
        """Keep the fresh token's hash, now that somebody has seen the token. From now on nobody can show it again."""
        token = self.admin_token()
        if token.fresh is not None:
            self._write_private(_ADMIN_TOKEN, token.sha256 + "\n")

    def write_environment(self, environment: Mapping[str, str]) -> None:
        """Keep the settings in use for the platform's own commands: `set -a; . data/environment`."""
        lines = [f"{name}='{value}'" for name, value in sorted(environment.items())]
        self._write_private("environment", "\n".join(lines) + "\n")

    def remembered(self, what: str) -> Any:
        """What was remembered under the name at an earlier start, or None."""
        return self._state().get(what)

    def remember(self, what: str, value: Any) -> None:
        self._write_private("state.json", json.dumps(self._state() | {what: value}, indent=1))

    def forget_all(self) -> None:
        """Forget what earlier starts did: the database they did it to is gone."""
        (self.path / "state.json").unlink(missing_ok=True)

    def release(self) -> None:
        self._lock.close()

    def _state(self) -> dict[str, Any]:
        try:
            state = json.loads((self.path / "state.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _take_lock(self, address: str) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip() or "another process"
            self._lock.close()
            raise Problem(
                f"Slotwell already runs on {self.path} ({holder})."
                " Stop it first, or start a second one with its own SLOTWELL_DATA and SLOTWELL_PORT."
            ) from None
        self._lock.truncate(0)
        self._lock.write(f"process {os.getpid()}, {address}")
        self._lock.flush()

    def _write_private(self, name: str, text: str) -> None:
        # Written beside and renamed: a kill in the middle leaves the old one or the new one.
        fresh = self.path / f"{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / name)
