"""Find, hold, book, look at it again: the main job."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.outside.calendar_file import entry
from tests.outside.client import Api, a_guest, ok, problem
from tests.outside.messages import sent_about
from tests.outside.platform import Platform
from tests.outside.until import until


def test_a_guest_finds_holds_and_books_a_slot_and_sees_it_again(api: Api) -> None:
    slot = api.a_slot()
    hold = ok(api.hold(slot), 201)
    assert hold["exclusive"] is True
    assert datetime.fromisoformat(hold["start"]) == slot.start
    assert datetime.fromisoformat(hold["expires_at"]) > datetime.now(UTC)

    guest = a_guest()
    booking = ok(api.book(hold, guest), 201)
    assert booking["state"] == "confirmed"
    assert datetime.fromisoformat(booking["start"]) == slot.start
    assert booking["practitioners"][0]["id"] in slot.practitioner_ids

    answer = api.booking(booking)
    seen = ok(answer)
    assert seen["guest"]["email"] == guest["email"]
    assert seen["guest"]["phone"] == guest["phone"].replace(" ", "")
    assert answer.headers["etag"].strip('"') == str(seen["revision"])


def test_a_booked_slot_is_no_longer_offered_with_its_practitioner(api: Api) -> None:
    slot = api.a_slot()
    booking = api.booked(slot)
    taken = booking["practitioners"][0]["id"]
    still = [one for one in api.slots() if one.start == slot.start and taken in one.practitioner_ids]
    assert still == []


def test_every_time_that_is_answered_carries_the_branchs_offset(api: Api) -> None:
    for branch in ("Paris", "Montr"):
        slot = api.a_slot(location=branch)
        zone = api.location(branch)["zone"]
        assert slot.start.utcoffset() == slot.start.astimezone(ZoneInfo(zone)).utcoffset()


def test_the_confirmation_arrives_by_email_and_sms_with_link_and_calendar_file(platform: Platform, api: Api) -> None:
    guest = a_guest()
    booking = api.booked(guest=guest)
    mail, text = sent_about(api, booking, count=2)
    if mail["channel"] != "email":
        mail, text = text, mail

    assert mail["to"] == guest["email"]
    assert text["to"] == guest["phone"].replace(" ", "")
    link = f"/m/{booking['id']}/{booking['manage_token']}"
    assert link in mail["text"]
    assert link in mail["html"]
    assert link in text["text"]
    shown = entry(next(a["text"] for a in mail["attachments"] if a["filename"].endswith(".ics")))
    assert shown.begin == datetime.fromisoformat(booking["start"])
    assert shown.uid == f"{booking['id']}@slotwell"


def test_the_manage_link_becomes_a_cookie_and_a_clean_address(platform: Platform, api: Api) -> None:
    booking = api.booked()
    first = api.http.get(f"/m/{booking['id']}/{booking['manage_token']}")
    assert first.status_code in {302, 303}
    assert booking["manage_token"] not in first.headers["location"]
    assert "httponly" in first.headers["set-cookie"].lower()
    page = api.http.get(first.headers["location"])
    assert page.status_code == 200
    assert booking["guest"]["name"] in page.text or booking["service"]["name"] in page.text


def test_one_correlation_id_leads_from_the_request_to_the_sent_message(platform: Platform, api: Api) -> None:
    hold = api.held()
    answer = api.book(hold)
    booking = ok(answer, 201)
    sent_about(api, booking, count=2)
    correlation = answer.headers["x-correlation-id"]

    def processes() -> set[str]:
        return {line["process"] for line in platform.log() if line.get("correlation_id") == correlation}

    def events() -> set[str]:
        return {str(line["event"]) for line in platform.log() if line.get("correlation_id") == correlation}

    until(
        events,
        within=10,
        expecting="lines from the request, the booking and the sent message under one correlation id",
        enough=lambda seen: {"booked", "sent"} <= seen,
    )
    if platform.name == "rabbitmq":
        assert {"gateway", "booking", "notifications", "notifications-sender"} <= {
            name.split(".")[0] for name in processes()
        }


def test_the_calendar_file_is_served_to_who_holds_the_link(api: Api) -> None:
    booking = api.booked()
    answer = api.calendar(booking)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    shown = entry(answer.text)
    assert shown.begin == datetime.fromisoformat(booking["start"])
    assert shown.end - shown.begin == timedelta(minutes=booking["duration_minutes"])
    problem(api.http.get(f"/v1/bookings/{booking['id']}/calendar.ics"), 401, "token_required")
