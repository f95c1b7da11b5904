"""How the page is visited and looked at."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

Visit = Callable[..., Page]


def look(page: Page, name: str) -> None:
    """Look at a screen: axe finds nothing, nothing sticks out sideways; keep a picture when one is asked for."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px wider than its window"
    violations = page.evaluate("() => axe.run().then(found => found.violations)")
    assert [_finding(one) for one in violations] == [], name
    keep(page, name)


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole screen in the folder that SLOTWELL_SCREENSHOTS names, if it names one."""
    folder = os.environ.get("SLOTWELL_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _finding(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:200] for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']} at {places}"
