"""Our own distributions: where they are, which of them one needs, and the packages of others that these declare.

Standard library only: an image's build asks it before anything is installed.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("libs/*", "services/*", "gateway")


def distributions() -> dict[str, Path]:
    """Our own distributions' folders, by name."""
    folders = [folder for pattern in FOLDERS for folder in ROOT.glob(pattern) if (folder / "pyproject.toml").exists()]
    return {str(_project(folder)["name"]): folder for folder in folders}


def needed(name: str, extras: set[str], folders: Mapping[str, Path]) -> dict[str, set[str]]:
    """A distribution of ours and those that it declares, directly or not, each with the extras asked for."""
    found: dict[str, set[str]] = {}
    _need(name, extras, folders, found)
    return found


def packages(found: Mapping[str, Iterable[str]], folders: Mapping[str, Path]) -> set[str]:
    """The names of others' packages that these distributions of ours declare."""
    return {
        re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        for name, extras in found.items()
        for requirement in _wanted(folders[name], extras)
        if _name(requirement) not in folders
    }


def _need(name: str, extras: set[str], folders: Mapping[str, Path], found: dict[str, set[str]]) -> None:
    if name in found and extras <= found[name]:
        return
    found.setdefault(name, set()).update(extras)
    for requirement in _wanted(folders[name], extras):
        if _name(requirement) in folders:
            asked = requirement.partition("[")[2].rstrip("]").split(",")
            _need(_name(requirement), set(asked) - {""}, folders, found)


def _wanted(folder: Path, extras: Iterable[str]) -> list[str]:
    project = _project(folder)
    return [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]


def _name(requirement: str) -> str:
    return requirement.partition("[")[0]


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project
