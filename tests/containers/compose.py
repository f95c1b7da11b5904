"""docker compose, as a person would call it, for one project of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WITHIN = 900.0


class Failed(Exception):
    """A command failed; the text is what it said."""


class Compose:
    """A project: its name, its files and its environment. Every command raises Failed with what it said."""

    def __init__(self, *, project: str, files: Sequence[Path], env_file: Path, **environment: str) -> None:
        self.environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": project,
            "COMPOSE_FILE": os.pathsep.join(str(file) for file in files),
            "COMPOSE_ENV_FILES": str(env_file),
            **environment,
        }
        self._project = project

    def __call__(self, *arguments: str, **environment: str) -> str:
        return self.run("docker", "compose", "--progress", "plain", *arguments, **environment)

    def run(self, *command: str, **environment: str) -> str:
        """Run a command in the project's environment and return what it wrote to standard output."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: {(done.stdout + done.stderr)[-6000:].strip()}")
        return done.stdout

    def containers(self, service: str) -> list[str]:
        """The ids of a service's running containers."""
        return self("ps", "--quiet", service).split()

    def inspected(self, container: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("docker", "inspect", container))[0]
        return found

    def inside(self, container: str, *command: str) -> str:
        """What a command writes in a container, to either stream, whether it succeeds or not."""
        done = subprocess.run(
            ["docker", "exec", container, *command],  # noqa: S607 - the person's docker
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout.strip()

    def log(self, container: str) -> list[str]:
        """The lines that a container has written to either stream."""
        done = subprocess.run(
            ["docker", "logs", container],  # noqa: S607
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.splitlines()

    def left(self) -> list[str]:
        """The project's containers, volumes and networks that still exist."""
        mine = f"label=com.docker.compose.project={self._project}"
        return [
            name
            for kind in (["ps", "--all"], ["volume", "ls"], ["network", "ls"])
            for name in self.run("docker", *kind, "--quiet", "--filter", mine).split()
        ]
