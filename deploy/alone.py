"""Run one service's tests with nothing installed but that service, the libs it declares and its `test` extra.

    python deploy/alone.py booking [pytest's arguments]

So a service can't lean on what another one happens to bring along.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = ("libs/*", "services/*", "gateway")
ALONE = ("catalog", "booking", "notifications", "gateway")


def distributions() -> dict[str, Path]:
    """Our own distributions' folders, by name."""
    folders = [
        folder for pattern in DISTRIBUTIONS for folder in ROOT.glob(pattern) if (folder / "pyproject.toml").exists()
    ]
    return {str(_project(folder)["name"]): folder for folder in folders}


def needed(name: str, extras: set[str], folders: dict[str, Path], found: dict[str, set[str]]) -> None:
    """Add a distribution of ours and those that it declares, each with the extras asked for, to `found`."""
    if name in found and extras <= found[name]:
        return
    found.setdefault(name, set()).update(extras)
    project = _project(folders[name])
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    for requirement in wanted:
        other, _, rest = requirement.partition("[")
        if other in folders:
            needed(other, set(rest.rstrip("]").split(",")) - {""}, folders, found)


def make_environment(service: str, place: Path) -> Path:
    """A clean virtual environment with the service alone; its Python."""
    folders = distributions()
    found: dict[str, set[str]] = {}
    needed(f"slotwell-{service}", {"test"}, folders, found)
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


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
