"""The page's app on La Belle."""

from types import SimpleNamespace
from typing import Any

from fake_catalog import FakeCatalogCopy
from fake_clinic import FakeBookingService
from fake_guide import FakeGuide
from gateway.web.routes import routes
from runtime.clock import Clock
from starlette.applications import Starlette


def page_app(clock: Clock, **settings: Any) -> Starlette:
    """The pages on a fake clinic; `app.state.slotwell` holds its parts."""
    catalog = FakeCatalogCopy()
    app = Starlette(routes=routes)
    app.state.slotwell = SimpleNamespace(
        settings=SimpleNamespace(
            **{
                "public_url": "http://testserver",
                "demo": False,
                "secret_key": "s" * 32,
                "organizer": "hello@labelle.example",
                **settings,
            }
        ),
        catalog=catalog,
        booking=FakeBookingService(now=clock.now, catalog=catalog),
        guide=FakeGuide(),
        clock=clock,
    )
    return app
