"""The whole HTTP surface as one ASGI application."""

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.demo.routes import routes as demo_routes
from gateway.platform import Platform
from gateway.web.routes import routes as page_routes


def build_app(platform: Platform) -> ASGIApp:
    """Everything that the gateway answers, working with `platform`; the demo's addresses in demo mode only."""
    app = Starlette(routes=[*page_routes, *(demo_routes if platform.settings.demo else [])])
    app.state.slotwell = platform
    app.router.redirect_slashes = False
    return app
