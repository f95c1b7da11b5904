"""`kill -9` of the whole embedded platform in the middle of bookings, and a start that mends itself."""

import threading
from datetime import timedelta

import httpx

from tests.checker.history import lost, unpublished
from tests.checker.overlaps import overlaps
from tests.outside.client import Api, Json, Slot, a_guest
from tests.outside.embedded import EmbeddedPlatform
from tests.outside.messages import sent_about
from tests.outside.until import until

CLIENTS = 6


def test_nothing_acknowledged_is_lost_when_the_platform_is_killed_twice_under_load(
    embedded_to_kill: EmbeddedPlatform,
) -> None:
    platform = embedded_to_kill
    acknowledged: list[Json] = []
    for week in range(2):
        _kill_in_the_middle_of_bookings(platform, acknowledged, after=timedelta(days=2 + 7 * week))
        platform.start()

    database = platform.databases["booking"]
    assert lost(database, [booking["id"] for booking in acknowledged]) == []
    assert overlaps(database) == []
    until(lambda: unpublished(database) == 0, within=30, expecting="an empty outbox")
    for booking in acknowledged:
        found = sent_about(platform.api, booking, count=2, within=60)
        assert sorted(message["channel"] for message in found) == ["email", "sms"], found


def _kill_in_the_middle_of_bookings(platform: EmbeddedPlatform, acknowledged: list[Json], *, after: timedelta) -> None:
    """Let clients book until six more bookings are acknowledged, and kill the platform under them."""
    slots = platform.api.slots(after=after, span=timedelta(days=7))
    enough = len(acknowledged) + 6
    clients = _book_all_at_once(platform.url, slots, acknowledged)
    until(lambda: len(acknowledged) >= enough, within=60, expecting="six bookings", every=0.01)
    platform.kill()
    for client in clients:
        client.join(30)


def _book_all_at_once(url: str, slots: list[Slot], acknowledged: list[Json]) -> list[threading.Thread]:
    """Book the slots with several clients until the platform is gone; note what was acknowledged."""

    def work(mine: list[Slot]) -> None:
        api = Api(url)
        try:
            for slot in mine:
                held = api.hold(slot)
                if held.status_code != 201:
                    continue
                answer = api.book(held.json(), a_guest())
                if answer.status_code == 201:
                    acknowledged.append(answer.json())
        except httpx.TransportError:
            return
        finally:
            api.close()

    clients = [threading.Thread(target=work, args=(slots[number::CLIENTS],)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    return clients
