"""The booking page's build, when several who need it begin at the same time."""

import threading
from pathlib import Path

import pytest
from launcher import front_end
from launcher.front_end import Node


@pytest.fixture
def unbuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources of a page that nobody has built, and a node that is not looked for."""
    (tmp_path / "sources").mkdir()
    monkeypatch.setattr(front_end, "SOURCES", tmp_path / "sources")
    monkeypatch.setattr(front_end, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(front_end, "find_node", lambda: Node(npm=["npm"], path=""))


@pytest.mark.usefixtures("unbuilt")
def test_who_comes_while_it_is_built_waits_and_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, ran = threading.Event(), threading.Event(), []

    def npm(_: Node, command: str, *__: str) -> None:
        ran.append(command)
        begun.set()
        assert go_on.wait(10)

    monkeypatch.setattr(front_end, "npm", npm)
    both = [threading.Thread(target=front_end.build) for _ in range(2)]
    both[0].start()
    assert begun.wait(10)
    both[1].start()
    go_on.set()
    for each in both:
        each.join(10)
    assert ran == ["ci", "run"]
    assert front_end.is_built()
