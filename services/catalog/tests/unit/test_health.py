"""Ready or not, and which part is not."""

from datetime import UTC, datetime, timedelta

import pytest
from catalog.application.errors import StorageAway
from catalog.application.health import health

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class VitalsInMemory:
    def __init__(self, seen_at: datetime | None = None, *, away: bool = False) -> None:
        self.seen_at = seen_at
        self.away = away

    def relay_seen_at(self) -> datetime | None:
        if self.away:
            raise StorageAway("connection refused")
        return self.seen_at


def test_all_is_well_when_the_database_answers_and_the_relay_lives() -> None:
    report = health(vitals=VitalsInMemory(NOW - timedelta(seconds=3)), now=NOW)
    assert report["ready"] is True
    assert all(part["ok"] for part in report["parts"])


@pytest.mark.parametrize("seen_at", [None, NOW - timedelta(minutes=1)])
def test_a_silent_relay_is_named_and_catalog_still_serves(seen_at: datetime | None) -> None:
    report = health(vitals=VitalsInMemory(seen_at), now=NOW)
    assert report["ready"] is True
    assert {part["name"]: part["ok"] for part in report["parts"]} == {"database": True, "catalog-relay": False}


def test_without_its_database_catalog_is_not_ready() -> None:
    report = health(vitals=VitalsInMemory(away=True), now=NOW)
    assert report["ready"] is False
    [part] = report["parts"]
    assert (part["name"], part["ok"], part["detail"]) == ("database", False, "connection refused")
