"""Loaded by every Python that is started with this folder on PYTHONPATH: grafts skewed clocks and planted bugs onto it.

The product knows nothing of this. A module is changed right after it has been loaded, in memory, in this process alone.
"""

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class _Grafted(Loader):
    """Loads a module as its own loader does, and changes it."""

    def __init__(self, inner: Any, grafts: list[Any]) -> None:
        self._inner = inner
        self._grafts = grafts

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._inner.exec_module(module)
        for graft in self._grafts:
            graft(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Gardener(MetaPathFinder):
    def __init__(self, grafts: dict[str, list[Any]]) -> None:
        self._grafts = grafts

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in self._grafts:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path)
            if spec is not None and spec.loader is not None:
                spec.loader = _Grafted(spec.loader, self._grafts[name])
                return spec
        return PathFinder.find_spec(name, path)


def _all_grafts() -> dict[str, list[Any]]:
    grafts: dict[str, list[Any]] = {}
    if os.environ.get("SOAK_SKEWS"):
        import soak_clock

        grafts.setdefault("runtime.clock", []).append(soak_clock.graft)
    if bug := os.environ.get("SOAK_BUG"):
        import soak_bugs

        for name, graft in soak_bugs.GRAFTS.get(bug, {}).items():
            grafts.setdefault(name, []).append(graft)
    return grafts


if os.environ.get("SLOTWELL_PROCESS"):
    sys.meta_path.insert(0, _Gardener(_all_grafts()))
