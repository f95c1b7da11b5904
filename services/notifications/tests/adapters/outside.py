"""The service's outside world as tests need it: the real database, everything else plain."""

from typing import Any

from notifications.adapters.digests import Digests
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.jinja_wordings import JinjaChecker
from notifications.adapters.unsubscribe_links import UnsubscribeLinks
from notifications.domain.facts import Facts
from notifications.domain.values import BookingId
from notifications.outside import Outside
from sqlalchemy import Engine

from services.notifications.tests.made import BOOKING, START, agenda_facts, facts

WRITER = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
DIGESTS = Digests("k" * 32)


def outside_on(engine: Engine, **parts: Any) -> Outside:
    """The outside on this database; booking knows one booking."""

    def known(booking_id: BookingId) -> Facts | None:
        return facts() if booking_id == BOOKING else None

    plain: dict[str, Any] = {
        "engine": engine,
        "digests": DIGESTS,
        "writer": WRITER,
        "checker": JinjaChecker(WRITER.samples()),
        "facts": known,
        "day_facts": lambda day: agenda_facts(START) if day.id == agenda_facts().booking_id else None,
        "site": "book.example",
        "budgets": {},
        "unsubscribe_links": UnsubscribeLinks("k" * 32, public_url="https://book.example"),
    }
    return Outside(**{**plain, **parts})
