"""A headless Chromium, its visitors, and an eye for what is wrong with a screen."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIETLY = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
]
AXE = Path(__file__).parents[2] / "gateway/web/node_modules/axe-core/axe.min.js"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

Visit = Callable[..., Page]
Look = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    if CHROMIUM is None:
        pytest.fail("chromium is missing: install it (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a page as a new visitor; afterwards nothing may have gone wrong in its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, viewport: dict[str, int] = DESKTOP, script: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/Paris",
            has_touch=viewport is PHONE,
            is_mobile=viewport is PHONE,
            **options,
        )
        context.set_default_timeout(15_000)
        if script:
            context.add_init_script(path=_axe())
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script failed: {error}"))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        contexts.append(context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def look() -> Look:
    """Look at a screen: axe finds nothing, nothing sticks out sideways; keep a picture when one is asked for.

    Pictures go to the folder that SLOTWELL_SCREENSHOTS names.
    """

    def at(page: Page, name: str) -> None:
        wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than its window"
        violations = page.evaluate("() => axe.run().then(found => found.violations)")
        assert [_finding(one) for one in violations] == [], name
        keep(page, name)

    return at


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole screen, if a folder is named for it."""
    folder = os.environ.get("SLOTWELL_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _axe() -> Path:
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `npm ci` in gateway/web")
    return AXE


def _finding(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:200] for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']} at {places}"
