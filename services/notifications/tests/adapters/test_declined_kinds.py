"""What guests do without: said by a link, kept in the database, asked for by senders."""

from typing import Any, cast

import pytest
from notifications.adapters.postgres_due import PostgresDue
from notifications.domain.declined import Declined, declinable
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine

from services.notifications.tests.adapters.outside import DIGESTS, outside_on
from services.notifications.tests.made import MADE_AT, facts

pytestmark = pytest.mark.anyio

OTHER = Declined(b"o" * 16, "aftercare")


@pytest.fixture
def service(engine: Engine) -> Any:
    service: Any = NotificationsService()
    service.outside = outside_on(engine, inbox=None, waker=None, clock=FixedClock(MADE_AT))
    return cast("Any", service)


async def test_a_link_ends_one_kind_on_every_channel_and_brings_it_back(service: Any, pool: Any) -> None:
    what = declinable("aftercare", facts().guest, digest=DIGESTS.of)
    token = service.outside.unsubscribe_links.link(what).rpartition("/")[2]
    due = PostgresDue(pool)
    another_kind = {Declined(one.recipient, "preparation") for one in what}
    assert service.unsubscription(token) == {"ok": {"declined": False}}
    for _ in range(2):
        assert service.set_unsubscription(token, declined=True) == {"ok": {"declined": True}}
    assert service.unsubscription(token) == {"ok": {"declined": True}}
    assert await due.declined(what | another_kind | {OTHER}) == what
    service.set_unsubscription(token, declined=False)
    assert await due.declined(what) == set()
    service.set_unsubscription(token, declined=True)
    assert await due.declined(what) == what
    assert await due.declined(frozenset()) == set()


@pytest.mark.parametrize("token", ["", "aftercare.AAAA.AAAA", "\x00", "a" * 5000])
def test_a_link_that_is_not_ours_is_refused(service: Any, token: str) -> None:
    assert service.unsubscription(token)["refused"]["code"] == "link_invalid"
    assert service.set_unsubscription(token, declined=True)["refused"]["code"] == "link_invalid"
