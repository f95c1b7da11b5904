"""How the page is visited and looked at."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

Visit = Callable[..., Page]

TABS = 150  # a screen has fewer things than that to tab through


def look(page: Page, name: str) -> None:
    """Look at a screen: axe finds nothing, nothing sticks out sideways; keep a picture when one is asked for."""
    page.wait_for_load_state()
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


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, and see that one can see it."""
    for _ in range(TABS):
        if target.evaluate("element => element === document.activeElement"):
            rings = target.evaluate(
                "element => [element, element.closest('label')].map(one => one && getComputedStyle(one).outlineStyle)"
            )
            assert set(rings) - {"none", None}, "the focus cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def press(page: Page, target: Locator, *, key: str = "Enter") -> None:
    """Go to `target` by Tab alone and press `key`."""
    tab_to(page, target)
    page.keyboard.press(key)


def _finding(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:200] for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']} at {places}"
