"""Guests who book through the published port: by the API, again and again, and on the page."""

import random
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from playwright.sync_api import sync_playwright

from tests.outside.client import Api, Json, Slot, a_guest, all_clear

PATIENCE = 60.0
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Far enough for no reminder to be due today, so that each booking owes exactly one message.
FROM_NOW = timedelta(days=4)


class Door(Api):
    """The API of a platform that is not in demo mode: its time is the real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Guests:
    """Who booked, and how often a request had to be repeated until it was answered."""

    door: Door
    emails: list[str] = field(default_factory=list)
    starts: list[tuple[str, str]] = field(default_factory=list)
    repeated: int = 0

    def book(self) -> Json:
        """Hold and book a free time as one guest, repeating with the same keys what was not answered."""
        guest = a_guest()
        while True:
            slot = self._a_free_time()
            held = self._insist(lambda key, slot=slot: self.door.hold(slot, key=key))
            if held.status_code != 409:  # another guest was quicker
                break
        hold = self._read(held)
        booking = self._read(self._insist(lambda key: self.door.book(hold, guest, key=key, **all_clear(hold))))
        self.emails.append(guest["email"])
        self.starts.append((booking["start"], booking["practitioners"][0]["id"]))
        return booking

    def keep_booking(self, stop: threading.Event, *, every: float = 0.5) -> None:
        """Book at this pace until told to stop."""
        while not stop.wait(every):
            self.book()

    def on_the_page(self) -> None:
        """Book in a browser, from the first page to the confirmation."""
        guest = a_guest()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
            page = browser.new_page(locale="en-GB", timezone_id="Europe/Paris")
            page.set_default_timeout(30_000)
            page.goto(str(self.door.http.base_url))
            page.get_by_role("link", name=re.compile("La Belle Paris")).click()
            page.get_by_role("link", name=re.compile("Swedish massage")).click()
            page.get_by_role("link", name=re.compile(r"\d+ free times?")).last.click()
            page.locator("button[name=slot]").first.click()
            page.get_by_label("Your name").fill(guest["name"])
            page.get_by_label("E-mail").fill(guest["email"])
            page.get_by_label("Mobile phone").fill(guest["phone"])
            for question in page.locator("fieldset.question").all():
                question.get_by_text("No", exact=True).click()
            page.get_by_role("button", name=re.compile("^Book for")).click()
            page.get_by_role("heading", name=re.compile("You are booked")).wait_for()
            styles = page.locator("link[rel=stylesheet]").count()
            browser.close()
        assert styles, "the page has no style: its assets are not in the image"
        self.emails.append(guest["email"])

    def _a_free_time(self) -> Slot:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return random.choice(self.door.slots(after=FROM_NOW))  # noqa: S311 - any will do
            except (AssertionError, httpx.TransportError):
                if time.monotonic() > deadline:
                    raise
                self.repeated += 1
                time.sleep(0.2)

    def _insist(self, ask: Callable[[str], httpx.Response]) -> httpx.Response:
        """Ask until there is an answer that is not "try again", with one idempotency key."""
        key, deadline = str(uuid.uuid4()), time.monotonic() + PATIENCE
        while True:
            try:
                answer = ask(key)
                if answer.status_code < 500:
                    return answer
                said = f"{answer.status_code} {answer.text}"
            except httpx.TransportError as problem:
                said = repr(problem)
            assert time.monotonic() < deadline, f"no answer within {PATIENCE:.0f} s: {said}"
            self.repeated += 1
            time.sleep(0.2)

    def _read(self, answer: httpx.Response) -> Json:
        assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
        body: Json = answer.json()
        return body
