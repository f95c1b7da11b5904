"""A location's words through the service's calls, on the real database, and in a sender's copy."""

from typing import Any

import pytest
from messaging.inbox import Inbox
from notifications.adapters.postgres_wordings import WordingsCopy
from notifications.adapters.tables import inbox as inbox_rows
from notifications.domain.values import Channel
from notifications.domain.wordings import VARIABLES, Spot, Wording
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine

from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import BOOKING, LOCATION, MADE_AT

pytestmark = pytest.mark.anyio

SPOT = Spot(location_id=LOCATION, kind="confirmation", channel=Channel.SMS, language="en")


@pytest.fixture
def service(engine: Engine) -> Any:  # nameko's decorators leave its methods untyped
    clock = FixedClock(MADE_AT)
    service = NotificationsService()
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=None, clock=clock)
    return service


def save(service: Any, words: dict[str, str] | None, **differences: Any) -> dict[str, Any]:
    plain = {"location_id": LOCATION, "kind": "confirmation", "channel": "sms", "language": "en", "by": "desk"}
    answer: dict[str, Any] = service.save_wording(**{**plain, "words": words, **differences})
    return answer


def preview(service: Any, **asked: Any) -> dict[str, Any]:
    plain = {"booking_id": str(BOOKING), "rule": "confirmation", "channel": "sms"}
    answer: dict[str, Any] = service.preview(**{**plain, **asked})
    return answer


async def test_words_are_saved_version_by_version_and_given_back(service: Any, pool: Any) -> None:
    copy = WordingsCopy(pool)
    await copy.refresh()
    assert copy.words == {}
    assert save(service, {"text": "One, {{ time }}"}) == {"ok": {"version": 1}}
    await copy.refresh()
    assert copy.words == {SPOT: Wording(text="One, {{ time }}")}
    assert save(service, {"text": "Two, {{ time }}"}) == {"ok": {"version": 2}}
    assert preview(service)["ok"]["text"] == "Two, 10:30"
    (standing,) = service.wordings(LOCATION)["ok"]["items"]
    assert (standing["version"], standing["words"]["text"], standing["saved_by"]) == (2, "Two, {{ time }}", "desk")
    assert save(service, None) == {"ok": {"version": 3}}
    await copy.refresh()
    assert copy.words == {}
    assert preview(service)["ok"]["text"].startswith("La Belle Paris: you are booked")


async def test_words_that_could_fail_are_refused_and_nothing_is_saved(service: Any) -> None:
    refused = save(service, {"text": "{{ diagnosis }}"})["refused"]
    assert refused["code"] == "template_invalid"
    assert refused["fields"] == [{"field": "text", "problem": "unknown: diagnosis"}]
    assert service.wordings(LOCATION)["ok"] == {"items": [], "variables": VARIABLES}


async def test_a_draft_is_shown_on_a_real_booking_and_not_saved(service: Any) -> None:
    shown = preview(service, draft={"text": "Hi {{ guest }}, {{ day }}"})["ok"]
    assert (shown["text"], shown["segments"]["count"]) == ("Hi Camille Roux, Tuesday 1 December", 1)
    assert preview(service, draft={"text": "{{ x }}"})["refused"]["code"] == "template_invalid"
    french = preview(service, language="fr", draft={"text": "Bonjour, {{ day }}"})["ok"]
    assert (french["text"], french["language"]) == ("Bonjour, mardi 1er décembre".replace("é", "é"), "fr")
    assert service.wordings(LOCATION)["ok"]["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "birthday"}, {"channel": "fax"}, {"language": "de"}, {"location_id": "x"}, {"by": ""}, {"more": 1}],
)
async def test_words_for_nowhere_are_refused(service: Any, wrong: dict[str, Any]) -> None:
    assert save(service, {"text": "Hello"}, **wrong)["refused"]["code"] == "invalid_request"


async def test_a_location_that_is_none_is_said_to_be_none(service: Any) -> None:
    assert service.wordings("x")["refused"]["code"] == "unknown_location"


def test_a_practitioners_day_is_shown_on_the_day_of_a_real_booking(service: Any) -> None:
    shown = service.preview(booking_id=str(BOOKING), rule="daily_agenda", channel="email", language="es")["ok"]
    assert shown["subject"] == "Su jornada: martes, 1 de diciembre, 1 cita, La Belle Paris"
    assert "10:30–11:30, Appointment at La Belle (60 min), Tilleul, C. R." in shown["text"]
    text = service.preview(booking_id=str(BOOKING), rule="daily_agenda", channel="sms", language="en")["ok"]
    assert (text["text"], text["segments"]["count"]) == (
        "La Belle Paris, Tue 1 Dec: 1 appointment, 10:30 to 11:30.",
        1,
    )
