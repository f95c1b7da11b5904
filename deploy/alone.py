"""Run one service's tests with nothing installed but that service, the libs it declares and its `test` extra.

    python deploy/alone.py booking [pytest's arguments]

So a service can't lean on what another one happens to bring along.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from distributions import ROOT, distributions, needed

ALONE = ("catalog", "booking", "notifications", "gateway")


def make_environment(service: str, place: Path) -> Path:
    """A clean virtual environment with the service alone; its Python."""
    folders = distributions()
    found = needed(f"slotwell-{service}", {"test"}, folders)
    shutil.rmtree(place, ignore_errors=True)
    uv = str(Path(sys.executable).with_name("uv"))
    python = place / "bin" / "python"
    requirements = ROOT / "requirements"
    editables = []
    for name, extras in found.items():
        editables += ["-e", f"{folders[name]}[{','.join(sorted(extras))}]" if extras else str(folders[name])]
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "-c", str(requirements / "constraints.txt")]
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    subprocess.run([*install, "hatchling", "editables"], check=True)
    subprocess.run([*install, "--no-build-isolation", *editables], check=True)
    return python


def main(arguments: list[str]) -> int:
    """Run and return pytest's exit code."""
    if not arguments or arguments[0] not in ALONE:
        sys.stderr.write(f"Name one of: {', '.join(ALONE)}.\n")
        return 2
    service = arguments[0]
    python = make_environment(service, ROOT / ".cache" / "alone" / service)
    folder = "gateway" if service == "gateway" else f"services/{service}"
    done = subprocess.run([str(python), "-m", "pytest", f"{folder}/tests", *arguments[1:]], cwd=ROOT, check=False)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
