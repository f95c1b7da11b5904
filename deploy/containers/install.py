"""Install one distribution of ours for an image, in two steps, so that a change of ours repeats only the second.

    python deploy/containers/install.py packages slotwell-booking /opt/slotwell
    python deploy/containers/install.py own slotwell-booking /opt/slotwell

Packages of others come by the pins and hashes of requirements/constraints.txt, or the build fails; of ours come
the distribution and the libs that it declares, and nothing else. Needs uv, and hatchling in this Python.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from distributions import ROOT, distributions, needed, packages

UV = str(Path(sys.executable).with_name("uv"))
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"


def pins(names: Iterable[str], constraints: str) -> str:
    """The lines that pin these packages, hashes included; SystemExit naming those that nothing pins."""
    blocks: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=\S)", constraints.strip()):
        blocks.setdefault(_plain(block.partition("==")[0]), []).append(block)
    if missing := sorted(name for name in names if _plain(name) not in blocks):
        raise SystemExit(f"requirements/constraints.txt pins no {', '.join(missing)}: run requirements/compile.")
    return "\n".join(line for name in sorted(names) for line in blocks[_plain(name)]) + "\n"


def install_packages(name: str, environment: Path) -> None:
    """Install others' packages into the environment. What is not pinned with its hash is refused by uv."""
    folders = distributions()
    text = pins(packages(needed(name, set(), folders), folders), CONSTRAINTS.read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(text)
        wanted.flush()
        _uv(environment, "--require-hashes", "-r", wanted.name, "-c", str(CONSTRAINTS))


def install_own(name: str, environment: Path) -> None:
    """Build the distribution and its libs, and install them as packages, not in place."""
    folders = distributions()
    with tempfile.TemporaryDirectory() as wheels:
        for one in needed(name, set(), folders):
            build = [UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
            subprocess.run([*build, "--out-dir", wheels, str(folders[one])], check=True)
        _uv(environment, "--no-deps", "--no-index", *(str(wheel) for wheel in sorted(Path(wheels).glob("*.whl"))))


def _uv(environment: Path, *arguments: str) -> None:
    # A read-only root file system can't keep what Python would compile at the first import.
    options = ["--quiet", "--no-cache", "--link-mode", "copy", "--compile-bytecode"]
    subprocess.run([UV, "pip", "install", *options, "--python", str(environment), *arguments], check=True)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    {"packages": install_packages, "own": install_own}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
