from datetime import UTC, datetime, timedelta

from runtime.health import Part, heartbeat_part, report

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_service_is_ready_when_every_needed_part_is() -> None:
    optional = Part(name="redis", ok=False, detail="away", needed=False)
    assert report([Part(name="database", ok=True), optional])["ready"]
    assert not report([Part(name="database", ok=False), optional])["ready"]


def test_a_process_is_well_while_its_heart_beats() -> None:
    assert heartbeat_part("relay", NOW - timedelta(seconds=14), now=NOW).ok
    assert not heartbeat_part("relay", NOW - timedelta(seconds=16), now=NOW).ok
    assert heartbeat_part("relay", None, now=NOW).detail == "has never run"
