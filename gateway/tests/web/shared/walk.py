"""Walking through the page as a guest without script does: by its links, its buttons and its hidden fields."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
from la_belle import DEEP, PARIS

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GUEST = {"name": "Ana Moreau", "email": "ana@example.com", "phone": "+33 1 99 00 12 34"}
CLEAR = {"answer-clots": "no", "answer-surgery": "no"}


class _Hidden(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self._action, self._inside, self.fields = action, False, dict[str, str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "form":
            self._inside = facts.get("action") == self._action
        if self._inside and tag == "input" and facts.get("type") == "hidden":
            self.fields[facts["name"] or ""] = facts.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def hidden(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to `action`."""
    parser = _Hidden(action)
    parser.feed(page.text)
    return parser.fields


def slots(page: httpx.Response) -> list[str]:
    """The values of the time buttons."""
    return [unescape(value) for value in re.findall(r'name="slot" value="([^"]+)"', page.text)]


async def press(browser: httpx.AsyncClient, address: str, fields: dict[str, str]) -> httpx.Response:
    """Send a form, without following where it leads."""
    return await browser.post(address, content=urlencode(fields), headers=FORM)


async def times(browser: httpx.AsyncClient, service: str = DEEP, location: str = PARIS, **more: str) -> httpx.Response:
    """The first screen with a branch and a service chosen."""
    return await browser.get("/", params={"location": location, "service": service, **more})


async def take(browser: httpx.AsyncClient, page: httpx.Response, number: int = 0) -> httpx.Response:
    """Press one of the times."""
    return await press(browser, "/book/hold", hidden(page, "/book/hold") | {"slot": slots(page)[number]})


async def details(browser: httpx.AsyncClient, service: str = DEEP, number: int = 0, **more: str) -> httpx.Response:
    """The second screen, with a time held."""
    await take(browser, await times(browser, service, **more), number)
    return await browser.get("/book/details")


async def confirm(browser: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    """Fill the second screen in and press Book."""
    return await press(browser, "/book/confirm", hidden(page, "/book/confirm") | GUEST | CLEAR | typed)


async def booked(browser: httpx.AsyncClient, number: int = 0, **more: str) -> httpx.Response:
    """The third screen of a booking just made."""
    answer = await confirm(browser, await details(browser, number=number, **more))
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])
