"""At seven in the morning a practitioner reads what the day brings: what stands then, once, and of guests initials."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.outside.client import Api, Json, Slot, a_guest, ok
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import rule_of, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until

GUEST = "Zoé Quintero-Vidal"


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


@pytest.fixture
def her(api: Api, desk: FrontDesk) -> Iterator[Json]:
    """A practitioner who is written to."""
    slot = _day_after_tomorrow(api)[0]
    who = {"kind": "practitioner", "subject_id": slot.practitioner_ids[0]}
    contact = {"name": "Ana Moreau", "email": "ana.at.work@labelle.example", "language": "fr"}
    assert desk.http.put("/v1/admin/staff-contacts", json={**who, "contact": contact}).status_code == 204
    yield {"id": slot.practitioner_ids[0], **contact}
    assert desk.http.put("/v1/admin/staff-contacts", json=who).status_code == 204


def _day_after_tomorrow(api: Api, **where: str) -> list[Slot]:
    """The free times of a day that is to come, those who are busy then aside."""
    zone = ZoneInfo(api.location()["zone"])
    now = api.now()
    day = now.astimezone(zone).date() + timedelta(days=2)
    midnight = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    found = api.slots(after=midnight - now, span=timedelta(days=5), **where)
    first = found[0].start.astimezone(zone).date()
    return [each for each in found if each.start.astimezone(zone).date() == first]


def _agendas(api: Api, whom: Json) -> list[Json]:
    theirs = [each for each in api.messages() if each["to"] == whom["email"]]
    return [each for each in theirs if rule_of(each) == "daily_agenda"]


def _lines(desk: FrontDesk, who: str) -> list[Json]:
    asked = {"rule": "daily_agenda", "practitioner_id": who, "channel": "email"}
    return list(ok(desk.http.get("/v1/admin/notifications", params=asked))["items"])


def test_her_day_is_in_her_inbox_at_seven_once_without_what_was_cancelled(api: Api, desk: FrontDesk, her: Json) -> None:
    free = _day_after_tomorrow(api, practitioner_id=her["id"])
    first, last = free[0], free[-1]
    stays = ok(api.book(ok(api.hold(first, practitioner_id=her["id"]), 201), a_guest(name=GUEST)), 201)
    goes = ok(api.book(ok(api.hold(last, practitioner_id=her["id"]), 201), a_guest(name="Not Coming")), 201)
    ok(api.cancel(goes))
    sent_about(api, stays, count=2)
    zone = ZoneInfo(stays["location"]["zone"])
    begins = first.start.astimezone(zone)
    due = min(datetime.combine(begins.date(), time(7), tzinfo=zone), begins - timedelta(hours=1))
    before = len(_agendas(api, her))
    api.forward(due - api.now() - timedelta(minutes=5))
    assert len(_agendas(api, her)) == before
    api.forward(timedelta(minutes=6))
    found = until(lambda: _agendas(api, her), within=30, expecting="her day", enough=lambda found: len(found) > before)
    letter = found[-1]
    wall = f"{begins:%H:%M}–{first.end.astimezone(zone):%H:%M}"
    assert wall in letter["text"]
    assert "Z. Q." in letter["text"]
    assert last.start.astimezone(zone).strftime("%H:%M–") not in letter["text"]
    assert letter["text"].startswith("Votre journée")
    whole = f"{letter['subject']} {letter['text']} {letter['html']}"
    assert not any(secret in whole for secret in ("Quintero", "Zoé", "Not Coming", stays["guest"]["email"]))

    api.forward(timedelta(hours=1))
    sent_about(api, api.booked(), count=2)  # which shows that the sender has been round again
    assert len(_agendas(api, her)) == before + 1
    (line,) = [each for each in _lines(desk, her["id"]) if _at(each["due_at"]) == due]
    assert (line["recipient"], line["practitioner_id"], line["state"]) == ("practitioner", her["id"], "sent")


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)


def test_who_has_no_address_is_not_written_to_and_the_ledger_says_why(api: Api, desk: FrontDesk) -> None:
    slot = _day_after_tomorrow(api)[0]
    who = slot.practitioner_ids[-1]
    booked = ok(api.book(ok(api.hold(slot, practitioner_id=who), 201)), 201)
    sent_about(api, booked, count=2)
    midnight = slot.start.astimezone(ZoneInfo(booked["location"]["zone"])).replace(hour=0, minute=0)

    def owed() -> Json | None:
        that_day = (midnight, midnight + timedelta(days=1))
        lines = [each for each in _lines(desk, who) if that_day[0] < _at(each["due_at"]) < that_day[1]]
        assert len(lines) < 2, "one message for one day"
        return lines[0] if lines else None

    due = until(owed, within=15, expecting="one agenda to be owed")
    api.forward(_at(due["due_at"]) - api.now() + timedelta(minutes=1))

    def settled() -> Json | None:
        lines = [each for each in _lines(desk, who) if each["booking_id"] == due["booking_id"]]
        return next((each for each in lines if each["reason"]), None)

    line = until(settled, within=30, expecting="the agenda to be skipped")
    assert (line["state"], line["reason"]) == ("skipped", "no_address")


def test_staff_see_beforehand_how_it_reads_and_say_it_in_their_own_words(api: Api, desk: FrontDesk) -> None:
    slot = _day_after_tomorrow(api)[0]
    booked = ok(api.book(ok(api.hold(slot), 201), a_guest(name=GUEST)), 201)
    asked = {"booking_id": booked["id"], "rule": "daily_agenda", "channel": "email", "language": "en"}
    shown = ok(desk.http.post("/v1/admin/wordings/preview", json=asked))
    assert shown["subject"].startswith("Your day: ")
    assert "Z. Q." in shown["text"]
    assert booked["practitioners"][0]["name"] in shown["text"]
    draft = {"subject": "{{ count }} today", "text": "Today:\n{% for one in appointments %}{{ one }}\n{% endfor %}"}
    own = ok(desk.http.post("/v1/admin/wordings/preview", json={**asked, "draft": draft}))
    assert own["subject"].endswith(" today")
    assert "Z. Q." in own["text"]
    assert "Quintero" not in str(shown) + str(own)
