"""The tree as the architecture's tests read it: every source that is under version control, parsed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("catalog", "booking", "notifications")
LIBS = ("runtime", "messaging", "invites", "servers")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, ignored ones aside."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the developer's git
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(path for name in sorted(set(listing.stdout.splitlines())) if (path := ROOT / name).is_file())


def python(*folders: str) -> Iterator[Path]:
    """The Python files under these folders of the repository."""
    starts = tuple(ROOT / folder for folder in folders)
    return (path for path in tracked() if path.suffix == ".py" and any(path.is_relative_to(s) for s in starts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Every module that the file imports, wherever in it, by its full dotted name."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(_absolute(path, node))
    return found


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = path.parts[path.parts.index("src") + 1 : -node.level]
    return ".".join((*package, node.module) if node.module else package)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
