"""Bookings from elsewhere come in through HTTP: tried, taken over once, every row with its fate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.outside.platform import Platform

Json = dict[str, Any]

PATH = "/v1/admin/imports/bookings"
HEAD = "reference,location,service,start,minutes,name,email\n"


@pytest.fixture
def admin(platform: Platform) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {platform.admin_token}", "Content-Type": "text/csv"}
    with httpx.Client(base_url=platform.url, headers=headers, timeout=20, trust_env=False) as client:
        yield client


def a_free_hour(platform: Platform) -> tuple[str, str, str]:
    """A branch, a service and a start there that is free, well ahead of what other journeys book."""
    place = next(one for one in platform.api.http.get("/v1/locations").json()["items"] if "Montr" in one["name"])
    services = platform.api.http.get("/v1/services", params={"location_id": place["id"]}).json()["items"]
    swedish = next(one for one in services if one["name"] == "Swedish massage")
    since = platform.api.now() + timedelta(days=62)
    query = {
        "service_id": swedish["id"], "location_id": place["id"],
        "from": since.isoformat(), "to": (since + timedelta(days=14)).isoformat(),
    }  # fmt: skip
    slots = platform.api.http.get("/v1/availability", params=query).json()["slots"]
    return place["id"], swedish["id"], slots[0]["start"]


def test_a_sheet_is_tried_and_then_taken_over_once_with_every_rows_fate(
    platform: Platform, admin: httpx.Client
) -> None:
    place, service, start = a_free_hour(platform)
    sheet = HEAD + "".join(
        f"{row}\n"
        for row in (
            f"journey-1,{place},{service},{start},60,Zoé Petit,zoe@example.com",
            f"journey-2,{place},Yoga,{start},60,Zoé Petit,zoe@example.com",
            "journey-3,,,,,Zoé Petit,zoe@example.com",
            f"journey-1,{place},{service},{start},60,Zoé Petit,zoe@example.com",
        )
    ).replace("Zoé", "=cmd|Zoé")
    refused = {"journey-2": "invalid_row", "journey-3": "guest_without_booking", "journey-1": "reference_twice"}

    tried = admin.post(PATH, content=sheet.encode(), params={"dry_run": "true"}).json()
    assert tried["counts"] == {"imported": 0, "would_be_imported": 1, "imported_before": 0, "refused": 3}
    done = admin.post(PATH, content=sheet.encode()).json()
    assert done["counts"] == {"imported": 1, "would_be_imported": 0, "imported_before": 0, "refused": 3}
    assert (done["rows"], done["next_line"], [one["line"] for one in done["fates"]]) == (4, None, [2, 3, 4, 5])
    assert {one["reference"]: one["code"] for one in done["fates"][1:]} == refused
    again = admin.post(PATH, content=sheet.encode()).json()
    assert again["counts"] == {"imported": 0, "would_be_imported": 0, "imported_before": 1, "refused": 3}
    assert again["fates"][0]["booking_id"] == done["fates"][0]["booking_id"]

    kept = admin.get(f"/v1/admin/bookings/{done['fates'][0]['booking_id']}").json()
    assert kept["booking"]["guest"]["name"] == "=cmd|Zoé Petit"
    assert [(one["actor"], one["action"]) for one in kept["timeline"]] == [("admin", "book")]


def test_ten_thousand_errors_are_counted_and_the_first_of_them_told(admin: httpx.Client) -> None:
    sheet = HEAD + "".join(f"wrong-{number},Atlantis,Yoga,soon,60,Zoé,zoe@example.com\n" for number in range(10_000))
    answer = admin.post(PATH, content=sheet.encode())
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert done["counts"]["imported"] == 0
    seen, following = done["counts"]["refused"], done["next_line"]
    assert len(done["fates"]) == 200
    assert seen == 10_000 if following is None else following == seen + 2, "a slow machine tells where to go on"


def test_a_file_that_is_no_sheet_is_refused_as_a_whole(platform: Platform, admin: httpx.Client) -> None:
    answer = admin.post(PATH, content=b"name,phone\nZo,1\n")
    assert (answer.status_code, answer.json()["code"]) == (422, "csv_unreadable")
    assert "line 1 must name the columns" in answer.json()["detail"]
    assert platform.api.http.post(PATH, content=b"x", headers={"Content-Type": "text/csv"}).status_code == 401
