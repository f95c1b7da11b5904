"""How staff are written to, through the service's calls and as senders ask, on the real database."""

from typing import Any

import asyncpg
import pytest
from messaging.inbox import Inbox
from messaging.outbox import Waker
from notifications.adapters.postgres_contacts import PostgresContacts
from notifications.adapters.tables import inbox as inbox_rows
from notifications.domain.staff import Post
from notifications.domain.values import Recipient
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine

from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import LOCATION, MADE_AT

CONTACT = {"name": "Front desk", "email": "desk@labelle.example", "phone": None, "language": "fr"}


@pytest.fixture
def service(engine: Engine, database_url: str) -> Any:  # nameko's decorators leave it untyped
    service = NotificationsService()
    waker, clock = Waker(database_url, channel="test"), FixedClock(MADE_AT)
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=waker, clock=clock)
    yield service
    waker.close()


def save(service: Any, contact: Any, **differences: Any) -> Any:
    asked = {"kind": "desk", "subject_id": LOCATION, "by": "owner", **differences}
    return service.save_contact(**asked, contact=contact)


async def test_a_desk_is_reached_as_staff_said_last_and_no_more_when_they_say_so(
    service: Any, database_url: str
) -> None:
    assert save(service, CONTACT) == save(service, {**CONTACT, "name": "Reception"}) == {"ok": {}}
    assert service.contacts()["ok"]["items"] == [
        {"kind": "desk", "subject_id": LOCATION, **CONTACT, "name": "Reception"}
    ]
    desk, nobody = Post(Recipient.DESK, LOCATION), Post(Recipient.PRACTITIONER, LOCATION)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        reached = await PostgresContacts(pool).of({desk, nobody})
        assert (reached.keys(), reached[desk].name) == ({desk}, "Reception")
        assert save(service, None) == {"ok": {}}
        assert await PostgresContacts(pool).of({desk}) == {}


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nobody"}, {"phone": "0199001010"}, {"language": "de"}, {"name": ""}],
)
def test_an_address_that_cannot_work_is_refused(service: Any, wrong: dict[str, Any]) -> None:
    assert save(service, {**CONTACT, **wrong})["refused"]["code"] == "invalid_request"
    assert save(service, CONTACT, kind="guest")["refused"]["code"] == "invalid_request"
