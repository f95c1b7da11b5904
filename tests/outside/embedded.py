"""`make run`'s process: the whole platform on its own servers, in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from servers.places import free_ports

from tests.outside.client import Api
from tests.outside.platform import structured
from tests.outside.until import until

STARTED_WITHIN = 90


class EmbeddedPlatform:
    """One embedded platform in demo mode, its data under `folder`."""

    name = "embedded"

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        [self.port] = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def start(self) -> None:
        """Start, or start again on the same data, and wait until it is ready."""
        self._starts += 1
        with self._log_path(self._starts).open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "launcher.embedded"],
                env={
                    **_without_slotwell(),
                    "SLOTWELL_PORT": str(self.port),
                    "SLOTWELL_DATA": str(self.folder / "data"),
                    **self._environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._ready, within=STARTED_WITHIN, expecting=f"the embedded platform to be ready\n{self._tail()}")

    def stop(self) -> None:
        """Stop as Ctrl-C does, and wait until it has gone."""
        self.api.close()
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def kill(self) -> None:
        """Kill the process itself with SIGKILL; its servers are left to themselves, as after `kill -9`."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    @cached_property
    def api(self) -> Api:
        return Api(self.url)

    @cached_property
    def databases(self) -> Mapping[str, str]:
        settings = (self.folder / "data" / "environment").read_text()
        found = re.findall(r"^SLOTWELL_(\w+)_DATABASE_URL='?([^'\n]+)'?$", settings, flags=re.MULTILINE)
        return {owner.lower(): address for owner, address in found}

    @cached_property
    def admin_token(self) -> str:
        """Return what the first start printed, once it was ready."""
        shown = re.compile(r"^  admin token +(\S+)$", flags=re.MULTILINE)
        [token] = until(
            lambda: shown.findall(self._log_path(1).read_text()),
            within=STARTED_WITHIN,
            expecting="the token to be shown",
        )
        return str(token)

    def log(self) -> list[dict[str, Any]]:
        """Return every structured line that the platform has logged since its first start."""
        paths = [self._log_path(number) for number in range(1, self._starts + 1)]
        return structured(line for path in paths for line in path.read_text(errors="replace").splitlines())

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the platform ended\n{self._tail()}"
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _log_path(self, number: int) -> Path:
        return self.folder / f"run.{number}.log"

    def _tail(self) -> str:
        return self._log_path(self._starts).read_text(errors="replace")[-4000:]


def _without_slotwell() -> dict[str, str]:
    """Return this process's environment without settings of a platform that the developer may be running."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SLOTWELL_")}
