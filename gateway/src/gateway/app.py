"""The whole HTTP surface as one ASGI application."""

from runtime.logs import get_logger
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp

from gateway.api.answers import problem
from gateway.api.routes import method_not_allowed
from gateway.api.routes import routes as api_routes
from gateway.application.errors import GatewayError, Refused
from gateway.asgi.body_limit import BodyLimit
from gateway.asgi.headers import SecurityHeaders
from gateway.asgi.journal import Journal
from gateway.demo.routes import routes as demo_routes
from gateway.platform import Platform
from gateway.problems import KINDS
from gateway.web.guard import http_problem_page, wants_page
from gateway.web.routes import routes as page_routes

log = get_logger(__name__)


def build_app(platform: Platform) -> ASGIApp:
    """Everything that the gateway answers, working with `platform`; the demo's addresses in demo mode only."""
    app = Starlette(
        routes=[*api_routes, *page_routes, *(demo_routes if platform.settings.demo else [])],
        exception_handlers={
            GatewayError: _refused,
            HTTPException: _no_such_address,
            ClientDisconnect: _gone,
            Exception: _failed,
        },
    )
    # An address has one spelling: /v1/holds/ is not /v1/holds, and a redirect would lose a POST's body.
    router: Router = app.router
    router.redirect_slashes = False
    app.state.slotwell = platform

    def too_large(refusal: Refused) -> ASGIApp:
        return problem(refusal, place="body", public_url=platform.settings.public_url)

    return Journal(SecurityHeaders(BodyLimit(app, answer=too_large)))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, GatewayError)  # noqa: S101  # as registered above
    if wants_page(request):
        status = KINDS[error.code].status if isinstance(error, Refused) else 503
        return http_problem_page(request, HTTPException(status))
    return problem(error, place="query", public_url=_public_url(request))


async def _no_such_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered above
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "")
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": f"{allow}, OPTIONS"})
        if wants_page(request):
            return http_problem_page(request, error)
        refusal = method_not_allowed(request.method, allow)
    elif wants_page(request):
        return http_problem_page(request, error)
    else:
        refusal = Refused(code="unknown_path", detail=f"There is nothing at {request.url.path[:200]}.")
    return problem(refusal, place="path", public_url=_public_url(request))


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is there to read this."""
    return Response(status_code=400)


async def _failed(request: Request, error: Exception) -> Response:
    log.error("request_failed", kind=type(error).__name__, route=request.scope.get("path", "")[:200])
    if wants_page(request):
        return http_problem_page(request, error)
    return problem(GatewayError(), place="query", public_url=_public_url(request))


def _public_url(request: Request) -> str:
    url: str = request.app.state.slotwell.settings.public_url
    return url
