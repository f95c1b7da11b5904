"""What runs once before the platform serves: migrations, the broker's topology, the clinic's data."""

import contextlib
import hashlib
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from launcher.options import ROOT
from launcher.problem import Problem

TOPOLOGY = ROOT / "contracts" / "topology.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneShot:
    """A job: `python -m <module> <arguments>`, and what to call it when it fails."""

    name: str
    module: str
    arguments: Sequence[str] = ()


def migration(owner: str) -> OneShot:
    """Bring an owner's database to the newest revision."""
    return OneShot(name=f"{owner}'s migration", module=f"{owner}.migrate")


def topology() -> OneShot:
    """Declare exchanges, queues and bindings on the broker."""
    return OneShot(name="declaring the topology", module="messaging.topology", arguments=[str(TOPOLOGY)])


def clinic(document: Path) -> OneShot:
    """Put a clinic's document into the catalog."""
    return OneShot(name="loading the clinic", module="catalog.load", arguments=[str(document)])


def run(jobs: Sequence[OneShot], environment: Mapping[str, str]) -> None:
    """Run jobs in turn, in one process: most of each is importing the same libraries.

    Raises Problem with the output of the one that failed; those after it are not run.
    """
    process = subprocess.run(
        [sys.executable, "-m", "launcher.one_shots"],
        input=json.dumps([[job.name, job.module, *job.arguments] for job in jobs]),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        raise Problem(process.stdout.strip())


def migrations_hash(owner: str) -> str:
    """A hash over an owner's migrations: while it stays the same there is nothing to migrate."""
    spec = find_spec(owner)
    if spec is None or spec.origin is None:
        raise Problem(f"The package {owner} is not installed: make install")
    package = Path(spec.origin).parent
    digest = hashlib.sha256()
    for path in sorted(package.glob("migrations/**/*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Run the jobs that standard input names; end at the first that fails."""
    for name, module, *arguments in json.load(sys.stdin):
        sys.argv = [module, *arguments]
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code not in {None, 0}:
                sys.exit(f"{name} failed: {said.getvalue().strip() or end.code}")


if __name__ == "__main__":
    main()
