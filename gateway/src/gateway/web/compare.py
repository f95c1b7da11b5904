"""Massage and physical therapy side by side, on a calm page of its own."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Unavailable
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, page
from gateway.web.words import problem


async def show(request: Request) -> Response:
    """GET /compare."""
    language = language_of(request)
    try:
        comparison = await request.app.state.slotwell.guide.comparison(languages=[language.tag])
    except Unavailable:
        return problem_page(request, problem("guide_away", language))
    return page(request, "compare.html", comparison=comparison)
