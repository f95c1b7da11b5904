"""A guest answers texts as they would on their phone: C, STOP, words for a person, START."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.outside.client import Api, Json, ok
from tests.outside.messages import about, rule_of, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until


def _answer(api: Api, number: str, text: str) -> str:
    """Answer in the inbox, and return what comes back as the phone shows it; nothing for silence."""
    before = _texts_to(api, number)
    form = {"id": str(uuid.uuid4()), "number": number, "text": text}
    assert api.http.post("/demo/answers", data=form).status_code == 303
    return "".join(_texts_to(api, number)[len(before) :])


def _texts_to(api: Api, number: str) -> list[str]:
    return [one["text"] for one in api.messages() if one["channel"] == "sms" and one["to"] == number]


def _ledger(api: Api, booking: Json) -> Json:
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    return ok(api.http.get(f"/v1/bookings/{booking['id']}/messages", headers=headers))


def _texts_about(api: Api, booking: Json, rule: str) -> list[Json]:
    return [one for one in about(api, booking) if one["channel"] == "sms" and rule_of(one) == rule]


def test_a_reminder_is_confirmed_and_texts_are_ended_by_answering(platform: Platform, api: Api) -> None:
    zone = ZoneInfo(api.location("Paris")["zone"])
    slots = api.slots(location="Paris", after=timedelta(days=3))
    booking = api.booked(next(slot for slot in slots if 12 <= slot.start.astimezone(zone).hour < 18))
    (text,) = [one for one in sent_about(api, booking, count=2) if one["channel"] == "sms"]
    number = text["to"]

    start = datetime.fromisoformat(booking["start"])
    api.forward(start - timedelta(hours=23, minutes=59) - api.now())
    (reminder,) = until(
        lambda: _texts_about(api, booking, "first_reminder"), within=30, expecting="the reminder by text"
    )
    assert "Reply C to confirm." in reminder["text"]
    assert _answer(api, number, "c !") == "Thank you, your appointment is confirmed."
    assert [one["revision"] for one in _ledger(api, booking)["confirmed"]] == [1]

    assert "Texts about your appointments" in _answer(api, number, "HELP")
    assert _answer(api, number, "May I bring my sister?") == ""  # a person reads it, and calls
    assert "You get no more texts from us" in _answer(api, number, "STOP")
    ok(api.cancel(booking, accept_fee=True))
    api.forward(timedelta(minutes=4))
    ended = until(
        lambda: [one for one in about(api, booking) if rule_of(one) == "cancellation"],
        within=30,
        expecting="the cancellation",
    )
    until(
        lambda: [
            line
            for line in _ledger(api, booking)["items"]
            if (line["rule"], line["channel"], line["reason"]) == ("cancellation", "sms", "number_silenced")
        ],
        within=30,
        expecting="the ledger to say that the number wants no texts",
    )
    assert {one["channel"] for one in ended} == {"email"}
    assert "You get texts about your appointments again" in _answer(api, number, "START")
