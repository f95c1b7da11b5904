"""The guest page, used without script: by its links, its buttons and its hidden fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from tests.outside.client import Json


@dataclass(slots=True)
class Form:
    """A form: where it leads, what it carries along, the times that it offers and the safety questions it asks."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    questions: set[str] = field(default_factory=set)


class Screen(HTMLParser):
    """What one can click on a page."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        assert answer.status_code == 200, f"{answer.request.url}: {answer.status_code} {answer.text[:2000]}"
        self.address = answer.url
        self.forms: list[Form] = []
        self._links: list[tuple[str, list[str]]] = []
        self._text: list[str] = []
        self._inside: str | None = None
        self.feed(answer.text)

    @property
    def text(self) -> str:
        return " ".join(self._text)

    def link(self, *words: str, number: int = 0) -> str:
        """Return the address of the link whose text holds all the words, the first by default."""
        found = [address for address, text in self._links if all(word in " ".join(text) for word in words)]
        assert len(found) > number, f"no link {words} at {self.address}"
        return found[number]

    def form(self, action: str) -> Form:
        found = [form for form in self.forms if form.action == action]
        assert found, f"no form {action} at {self.address}: {self.text[:1000]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._links.append((facts.get("href", ""), []))
            self._inside = "a"
        elif tag == "form":
            self.forms.append(Form(facts.get("action", "")))
        elif tag == "input" and facts.get("type") == "hidden":
            self.forms[-1].hidden[facts["name"]] = facts.get("value", "")
        elif tag == "input" and facts.get("type") == "radio":
            self.forms[-1].questions.add(facts["name"])
        elif tag == "button" and facts.get("name") == "slot":
            self.forms[-1].times.append(facts["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = None

    def handle_data(self, data: str) -> None:
        self._text.append(data.strip())
        if self._inside:
            self._links[-1][1].append(data)


def book_on_the_page(url: str, guest: Json) -> str:
    """Choose a branch, a massage, a day and a time, give one's details, book, and return the booking's id."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30, trust_env=False) as browser:
        screen = Screen(browser.get("/"))
        for words, number in ((("La Belle Paris",), 0), (("Swedish massage",), 0), (("free time",), 1)):
            screen = Screen(browser.get(screen.link(*words, number=number)))
        offer = screen.form("/book/hold")
        screen = Screen(browser.post("/book/hold", data=offer.hidden | {"slot": offer.times[0]}))
        details = screen.form("/book/confirm")
        typed = {name: str(guest[name]) for name in ("name", "email", "phone")}
        typed |= dict.fromkeys(details.questions, "no")
        screen = Screen(browser.post("/book/confirm", data=details.hidden | typed))
    assert "You are booked" in screen.text, screen.text[:2000]
    return str(screen.address.path).partition("/bookings/")[2].partition("/")[0]
