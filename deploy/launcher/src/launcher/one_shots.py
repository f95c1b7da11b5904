"""What runs once before the platform serves: migrations, the broker's topology, the clinic's data."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from launcher.options import ROOT
from launcher.problem import Problem

TOPOLOGY = ROOT / "contracts" / "topology.json"


def migrate(owners: Iterable[str], environment: Mapping[str, str]) -> None:
    """Bring these owners' databases to the newest revision, all at once; raises Problem with what went wrong."""
    run_together({f"{owner}'s migration": [f"{owner}.migrate"] for owner in owners}, environment)


def declare_topology(environment: Mapping[str, str]) -> None:
    """Declare exchanges, queues and bindings on the broker."""
    run_together({"the topology": ["messaging.topology", str(TOPOLOGY)]}, environment)


def load_clinic(document: Path, environment: Mapping[str, str]) -> None:
    """Put a clinic's document into the catalog."""
    if not document.exists():
        raise Problem(f"SLOTWELL_CLINIC={document} does not exist.")
    run_together({"the clinic": ["catalog.load", str(document)]}, environment)


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


def run_together(modules: Mapping[str, list[str]], environment: Mapping[str, str]) -> None:
    """Run `python -m` for each, at once; raises Problem with the output of the first that failed."""
    started = {
        name: subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**os.environ, **environment, "SLOTWELL_PROCESS": arguments[0]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, arguments in modules.items()
    }
    outputs = {name: process.communicate()[0] for name, process in started.items()}
    for name, process in started.items():
        if process.returncode != 0:
            raise Problem(f"{name} failed:\n{outputs[name].strip()}")
