"""Practitioners' calendars over HTTP: the file, and the address that staff hand out."""

import httpx
import pytest
from gateway_fakes import ANA, FakeBus
from icalendar import Calendar

ADMIN = {"Authorization": "Bearer the-token-of-the-tests"}
FILE, LINK = f"/v1/practitioners/{ANA}/calendar.ics", f"/v1/admin/practitioners/{ANA}/calendar-link"
ENTRY = {
    "booking_id": "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10",
    "revision": 2,
    "start": "2026-12-01T10:30:00+01:00",
    "end": "2026-12-01T11:30:00+01:00",
    "zone": "Europe/Paris",
    "guest": "C. D.",
    "service": "Appointment at La Belle",
    "location": "La Belle Paris",
}


@pytest.fixture
def answering(bus: FakeBus) -> FakeBus:
    bus.answers |= {
        "booking.practitioner_calendar": {"ok": {"practitioner": {"id": ANA, "name": "Ana"}, "entries": [ENTRY]}},
        "booking.practitioner_calendar_link": {"ok": {"token": "a+token"}},
        "booking.revoke_practitioner_calendar": {"ok": {}},
    }
    return bus


async def test_the_file_is_a_calendar(api: httpx.AsyncClient, answering: FakeBus) -> None:
    answer = await api.get(FILE, params={"token": "a.token"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "no-store" in answer.headers["cache-control"]
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert entry["summary"] == "C. D., Appointment at La Belle"
    assert entry["uid"] == f"{ENTRY['booking_id']}@slotwell"


async def test_without_a_token_nothing_is_asked_of_booking(api: httpx.AsyncClient, answering: FakeBus) -> None:
    assert (await api.get(FILE)).status_code == 422
    assert not answering.calls


async def test_a_wrong_token_is_refused_and_so_is_an_id_that_cannot_be(api: httpx.AsyncClient, bus: FakeBus) -> None:
    refused = {"code": "calendar_token_invalid", "detail": "This calendar's address is not valid, or no longer."}
    bus.answers["booking.practitioner_calendar"] = {"refused": refused}
    for path in (FILE, "/v1/practitioners/ana/calendar.ics"):
        answer = await api.get(path, params={"token": "wrong"})
        assert (answer.status_code, answer.json()["code"]) == (403, "calendar_token_invalid")


async def test_staff_get_the_address_and_revoke_it(api: httpx.AsyncClient, answering: FakeBus) -> None:
    link = await api.get(LINK, headers=ADMIN)
    assert link.json()["url"].endswith(f"{FILE}?token=a%2Btoken")
    assert (await api.delete(LINK, headers=ADMIN)).status_code == 204


async def test_only_staff_get_the_address(api: httpx.AsyncClient, answering: FakeBus) -> None:
    for headers, status in (({}, 401), ({"Authorization": "Bearer a-guess"}, 403)):
        assert (await api.get(LINK, headers=headers)).status_code == status
        assert (await api.delete(LINK, headers=headers)).status_code == status
    assert not answering.calls
