"""A headless Chromium and its visitors."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.page.seeing import DESKTOP, PHONE, Visit

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, for as long as its driver's event loop is in nobody's way."""
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

    def open_page(*, viewport: ViewportSize = DESKTOP, script: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport=viewport,
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
        page.on("console", lambda line: complaints.append(line.text) if _complains(line) else None)
        contexts.append(context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _complains(line: ConsoleMessage) -> bool:
    """Say whether the console complains; that a form was sent back with 409 or 422 is the browser's mere remark."""
    return line.type == "error" and not any(f"status of {status}" in line.text for status in (409, 422))


def _axe() -> Path:
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `npm ci` in gateway/web")
    return AXE
