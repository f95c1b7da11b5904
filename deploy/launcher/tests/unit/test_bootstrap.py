"""The bootstrap: readable by any Python, clear about one that is too old."""

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parents[3] / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_uses_no_syntax_that_old_pythons_lack() -> None:
    modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal, ast.Starred)
    assert not [node for node in ast.walk(ast.parse(PATH.read_text())) if isinstance(node, modern)]


def test_an_old_python_without_a_newer_one_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap, "version_of", lambda _python: None)
    with pytest.raises(SystemExit) as ended:
        bootstrap.find_python()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this one is 3.9.2" in said
    assert said.count("\n") == 1


def test_an_old_python_hands_over_to_the_newest_tested_one(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 6, 15))
    monkeypatch.setattr(bootstrap, "version_of", {"python3.12": (3, 12), "python3.11": (3, 11)}.get)
    assert bootstrap.find_python() == "python3.12"


def test_this_python_is_taken_when_it_is_new_enough(bootstrap: ModuleType) -> None:
    assert bootstrap.find_python() == sys.executable


def test_what_is_pinned_decides_whether_to_install_again(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = bootstrap.fingerprint((3, 11))
    assert bootstrap.fingerprint((3, 11)) == now
    assert bootstrap.fingerprint((3, 12)) != now
