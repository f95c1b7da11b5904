"""What is written for every event is forgotten again, and no server of ours keeps a refused row in its log."""

import ast
from pathlib import Path

import pytest
import yaml
from servers.postgres import SETTINGS

from tests.architecture.sources import ROOT, python, shown, tree


def _services_with_an_inbox() -> list[Path]:
    migrations = [path for path in python("services", "gateway/src") if "migrations/versions" in str(path)]
    return [path.parents[2] for path in migrations if "create_inbox(op)" in path.read_text(encoding="utf-8")]


def test_there_are_services_with_an_inbox() -> None:
    assert {folder.name for folder in _services_with_an_inbox()} >= {"booking", "notifications"}


@pytest.mark.parametrize("folder", _services_with_an_inbox(), ids=lambda folder: folder.name)
def test_a_service_with_an_inbox_prunes_it_every_now_and_then(folder: Path) -> None:
    service = folder / "service.py"
    timed = [
        method
        for method in ast.walk(tree(service))
        if isinstance(method, ast.FunctionDef)
        and any(ast.unparse(one).startswith("every(") for one in method.decorator_list)
    ]
    assert any("inbox.prune()" in ast.unparse(method) for method in timed), f"{shown(service)} prunes no inbox"


def test_postgresql_in_containers_keeps_refused_rows_out_of_its_log_as_our_own_does() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for name in ("log_error_verbosity", "log_min_error_statement"):
        assert f"{name}={SETTINGS[name]}" in compose["services"]["postgres"]["command"]
