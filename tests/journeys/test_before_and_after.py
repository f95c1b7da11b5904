"""What the catalog says to do after a treatment reaches its guest the next day, and nobody who did not come."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from tests.outside.client import Api, Json, ok
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import about, rule_of, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until

AFTERWARDS = "Tired or a little sore muscles are normal"


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def aftercare(api: Api, booking: Json) -> list[Json]:
    return [message for message in about(api, booking) if rule_of(message) == "aftercare"]


def does_without(api: Api, letter: Json) -> None:
    """End messages of its kind as a mail program does, by one click (RFC 8058), and find the page saying so."""
    link = urlsplit(letter["headers"]["List-Unsubscribe"].strip("<>")).path
    assert link in letter["text"]
    assert link in letter["html"]
    assert "No more messages of this kind?" in api.http.get(link).text
    assert api.http.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "You get no more messages of this kind" in api.http.get(link).text


def test_aftercare_arrives_the_day_after_a_completed_booking_once_and_never_after_a_no_show(
    api: Api, desk: FrontDesk
) -> None:
    slot = api.a_slot(after=timedelta(hours=6), span=timedelta(days=2))
    came, stayed_away = api.booked(slot), api.booked(api.a_slot(after=timedelta(hours=6), span=timedelta(days=2)))
    for booking in (came, stayed_away):
        sent_about(api, booking, count=2)
    later = max(datetime.fromisoformat(booking["end"]) for booking in (came, stayed_away))
    api.forward(later - api.now() + timedelta(minutes=1))
    assert ok(desk.act("check-in", came))["state"] == "checked_in"
    assert ok(desk.act("complete", came))["state"] == "completed"
    assert ok(desk.act("no-show", stayed_away))["state"] == "no_show"

    zone = ZoneInfo(came["location"]["zone"])
    next_day = datetime.fromisoformat(came["end"]).astimezone(zone).date() + timedelta(days=1)
    ten = datetime.combine(next_day, time(10), tzinfo=zone)
    if ten > api.now():
        api.forward(ten - timedelta(minutes=5) - api.now())
        assert aftercare(api, came) == []
        api.forward(timedelta(minutes=6))
    (letter,) = until(
        lambda: aftercare(api, came), within=30, expecting="after-care", enough=lambda found: len(found) > 0
    )
    assert (letter["channel"], AFTERWARDS in letter["text"]) == ("email", True)
    does_without(api, letter)

    api.forward(timedelta(days=1))
    sent_about(api, api.booked(), count=2)  # which shows that the sender has been round again
    assert (len(aftercare(api, came)), aftercare(api, stayed_away)) == (1, [])


def preparation(api: Api, booking: Json) -> list[Json]:
    return [message for message in about(api, booking) if rule_of(message) == "preparation"]


def test_how_to_prepare_arrives_two_days_before_physical_therapy_once_and_before_no_massage(api: Api) -> None:
    zone = ZoneInfo(api.location()["zone"])
    therapy = api.a_slot(service="evaluation", after=timedelta(days=4))
    massage = api.a_slot(after=therapy.start - api.now(), span=timedelta(days=2))
    booked = [ok(api.book(ok(api.hold(slot), 201)), 201) for slot in (therapy, massage)]
    for booking in booked:
        sent_about(api, booking, count=2)
    local = therapy.start.astimezone(zone)
    due = datetime.combine(local.date() - timedelta(days=2), local.time(), tzinfo=zone)
    api.forward(due - api.now() - timedelta(minutes=5))
    assert preparation(api, booked[0]) == []
    api.forward(timedelta(minutes=6))
    (letter,) = until(lambda: preparation(api, booked[0]), within=30, expecting="how to prepare")
    assert (letter["channel"], "clothes to move in" in letter["text"]) == ("email", True)

    api.forward(max(therapy.start, massage.start) - timedelta(hours=3) - api.now())
    sent_about(api, api.booked(), count=2)  # which shows that the sender has been round again
    assert (len(preparation(api, booked[0])), preparation(api, booked[1])) == (1, [])
