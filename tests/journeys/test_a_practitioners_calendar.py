"""A practitioner subscribes to their calendar: what stands in it, what it keeps to itself, and how it is revoked."""

from collections.abc import Iterator

import httpx
import pytest
import vobject
from icalendar import Calendar

from tests.outside.client import Api, Json, a_guest, ok, problem
from tests.outside.platform import Platform


@pytest.fixture
def admin(platform: Platform) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {platform.admin_token}"}
    with httpx.Client(base_url=platform.url, headers=headers, timeout=20, trust_env=False) as client:
        yield client


def _link(admin: httpx.Client, booking: Json) -> str:
    who = booking["practitioners"][0]["id"]
    return f"/v1/admin/practitioners/{who}/calendar-link"


def _subscribed(admin: httpx.Client, booking: Json) -> httpx.URL:
    return httpx.URL(ok(admin.get(_link(admin, booking)))["url"])


def _read(api: Api, url: httpx.URL) -> httpx.Response:
    return api.http.get(url.raw_path.decode())


def test_two_calendar_programs_read_the_same_appointment(api: Api, admin: httpx.Client) -> None:
    booking = api.booked(guest=a_guest(name="Camille Durand"))
    file = _read(api, _subscribed(admin, booking))
    ours = next(each for each in Calendar.from_ical(file.content).walk("VEVENT") if booking["id"] in each["uid"])
    theirs = next(
        each for each in vobject.readOne(file.text).contents["vevent"] if booking["id"] in each.uid.value
    )  # fmt: skip
    assert ours["dtstart"].dt.isoformat() == theirs.dtstart.value.isoformat() == booking["start"]
    assert ours["dtend"].dt.isoformat() == theirs.dtend.value.isoformat() == booking["end"]
    assert ours["summary"] == theirs.summary.value
    assert int(theirs.sequence.value) == booking["revision"]


def test_a_second_program_reads_the_guest_s_own_file_too(api: Api) -> None:
    booking = api.booked()
    entry = vobject.readOne(api.calendar(booking).text).vevent
    assert (entry.dtstart.value.isoformat(), entry.dtend.value.isoformat()) == (booking["start"], booking["end"])
    assert entry.uid.value == f"{booking['id']}@slotwell"


def test_a_guest_is_initials_in_it_and_the_treatment_discreet(api: Api, admin: httpx.Client) -> None:
    guest = a_guest(name="Camille Durand")
    booking = api.booked(guest=guest)
    text = _read(api, _subscribed(admin, booking)).text.replace("\r\n ", "")
    assert f"SUMMARY:C. D.\\, {booking['service']['discreet_name']}" in text
    for secret in ("Camille", "Durand", guest["email"], booking["service"]["name"]):
        assert secret not in text


def test_what_is_cancelled_disappears_from_it(api: Api, admin: httpx.Client) -> None:
    booking = api.booked()
    url = _subscribed(admin, booking)
    assert booking["id"] in _read(api, url).text
    ok(api.cancel(booking, accept_fee=True))
    assert booking["id"] not in _read(api, url).text


def test_a_revoked_address_is_dead_and_a_new_one_works(api: Api, admin: httpx.Client) -> None:
    booking = api.booked()
    url = _subscribed(admin, booking)
    ok(admin.delete(_link(admin, booking)), 204)
    problem(_read(api, url), 403, "calendar_token_invalid")
    assert _read(api, _subscribed(admin, booking)).status_code == 200


def test_nobody_reads_it_without_its_token(api: Api, admin: httpx.Client) -> None:
    booking = api.booked()
    path = _subscribed(admin, booking).path
    problem(api.http.get(path, params={"token": booking["manage_token"]}), 403, "calendar_token_invalid")
    problem(api.http.get(path), 422, "invalid_request")
    problem(api.http.get(_link(admin, booking)), 401, "token_required")
