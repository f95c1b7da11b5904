"""A gateway on a fake bus, and a client whose every answer is held against the OpenAPI document."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import gateway_contract
import httpx
import pytest
from gateway.adapters.catalog_feed import read_events
from gateway.app import build_app
from gateway.application.booking import Booking
from gateway.application.catalog_copy import Arrival, CatalogCopy
from gateway.application.editing import Editing
from gateway.application.feeds import Feeds
from gateway.application.front_desk import FrontDesk
from gateway.application.guide import Guide
from gateway.application.notifications import Notifications
from gateway.application.series import Series
from gateway.application.therapy import Therapy
from gateway.application.waitlist import Waitlist
from gateway.platform import Platform
from gateway.settings import GatewaySettings
from gateway_fakes import FakeBus, MemoryStore, clinic_events
from runtime.clock import FixedClock
from starlette.types import ASGIApp

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


class Reachable:
    """As much of a database pool as /readyz asks for."""

    async def fetchval(self, _query: str) -> bool:
        return True


@pytest.fixture
def settings() -> GatewaySettings:
    return GatewaySettings(
        amqp_url="amqp://nowhere",
        secret_key="a secret of the tests that is long enough",
        gateway_database_url="postgresql://nowhere/slotwell_gateway",
        public_url="https://book.example",
        admin_token_sha256=hashlib.sha256(b"the-token-of-the-tests").hexdigest(),
    )


@pytest.fixture
def bus() -> FakeBus:
    return FakeBus()


@pytest.fixture
async def catalog() -> CatalogCopy:
    store = MemoryStore()
    await store.save(Arrival(entities=list(read_events(clinic_events())), complete=True))
    copy = CatalogCopy(store)
    await copy.restore()
    return copy


@pytest.fixture
def platform(settings: GatewaySettings, bus: FakeBus, catalog: CatalogCopy) -> Platform:
    database: Any = Reachable()
    return Platform(
        settings=settings,
        bus=bus,
        catalog=catalog,
        booking=Booking(bus),
        feeds=Feeds(bus),
        guide=Guide(bus),
        editing=Editing(bus),
        front_desk=FrontDesk(bus),
        therapy=Therapy(bus),
        notifications=Notifications(bus),
        waitlist=Waitlist(bus),
        series=Series(bus),
        clock=FixedClock(NOW),
        database=database,
    )


@pytest.fixture
def asgi(platform: Platform) -> ASGIApp:
    return build_app(platform)


@pytest.fixture
async def api(asgi: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=asgi, raise_app_exceptions=False),
        base_url="http://testserver",
        event_hooks={"response": [gateway_contract.check]},
    ) as client:
        yield client
