"""Bookings from elsewhere: a file of text, one question to the booking service, and a bounded answer."""

import httpx
import pytest
from gateway_fakes import UNKNOWN, FakeBus

PATH = "/v1/admin/imports/bookings"
CSV = {"Content-Type": "text/csv; charset=utf-8"}
SHEET = "reference,location,service,start,name\nold-1,Paris,Swedish,2027-01-12T10:00:00+01:00,Zoé\n"
DONE = {
    "rows": 1,
    "counts": {"imported": 1, "would_be_imported": 0, "imported_before": 0, "refused": 0},
    "fates": [{"line": 2, "reference": "old-1", "fate": "imported", "booking_id": UNKNOWN, "inner": "kept here"}],
    "next_line": None,
}


@pytest.fixture
def staff(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Authorization"] = "Bearer the-token-of-the-tests"
    return api


async def test_a_sheet_is_handed_on_as_text_with_who_sent_it(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.answers["booking.import_bookings"] = {"ok": DONE}
    answer = await staff.post(PATH, content="\ufeff" + SHEET, headers=CSV, params={"dry_run": "true", "from_line": "2"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "inner" not in answer.json()["fates"][0]
    assert answer.json()["counts"] == DONE["counts"]
    [call] = bus.calls
    assert call.kwargs == {"csv": SHEET, "actor": "admin", "dry_run": True, "from_line": 2}


async def test_a_sheet_has_two_mebibytes_at_most_and_the_refusal_says_so(
    staff: httpx.AsyncClient, bus: FakeBus
) -> None:
    bus.answers["booking.import_bookings"] = {"ok": DONE}
    large = SHEET + "\n" * 2_000_000
    assert (await staff.post(PATH, content=large, headers=CSV)).status_code == 200
    answer = await staff.post(PATH, content=large + "\n" * 200_000, headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "2 MiB" in answer.json()["detail"]
    assert len(bus.calls) == 1


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (SHEET, "application/json", "unsupported_media_type"),
        (SHEET, "text/csv; charset=windows-1252", "unsupported_media_type"),
        (SHEET.encode("windows-1252"), "text/csv", "invalid_request"),
    ],
)
async def test_what_cannot_be_read_never_leaves_the_gateway(
    staff: httpx.AsyncClient, bus: FakeBus, content: str | bytes, kind: str, code: str
) -> None:
    answer = await staff.post(PATH, content=content, headers={"Content-Type": kind})
    assert answer.json()["code"] == code
    assert bus.calls == []


async def test_a_file_that_cannot_be_used_is_refused_as_a_whole(staff: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.refuse("booking.import_bookings", "csv_unreadable", detail="This file cannot be used: line 3 has 4 fields.")
    answer = await staff.post(PATH, content=SHEET, headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (422, "csv_unreadable")
    assert "line 3" in answer.json()["detail"]
