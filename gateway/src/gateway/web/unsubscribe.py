"""A guest ends one kind of messages: by the link in one of them, or by the button of their mail program (RFC 8058).

Only a POST changes anything: programs that look at every link in a message open it too. The token alone proves it, so
a POST from anywhere counts, and no cookie is asked for.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import Refused
from gateway.web.forms import FormRefused
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, page
from gateway.web.words import problem

ONE_CLICK = b"List-Unsubscribe"
_MOST_BYTES = 4096


async def show(request: Request) -> Response:
    """GET /u/{token}: ask, and change nothing."""
    try:
        declined = await request.app.state.slotwell.notifications.has_unsubscribed(request.path_params["token"])
    except Refused:
        return problem_page(request, problem("unsubscribe_link_wrong", language_of(request)))
    return _page(request, declined=declined)


async def choose(request: Request) -> Response:
    """POST /u/{token}: `List-Unsubscribe=One-Click`, or our own form's `choice`, stop or again."""
    declined = not await _wants_again(request)
    try:
        await request.app.state.slotwell.notifications.set_unsubscribed(request.path_params["token"], declined=declined)
    except Refused:
        return problem_page(request, problem("unsubscribe_link_wrong", language_of(request)))
    return _page(request, declined=declined)


async def _wants_again(request: Request) -> bool:
    """What the body asks for; mail programs send it as a form of either kind. Raises `FormRefused`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise FormRefused(413)
    if ONE_CLICK in body:
        return False
    choice = dict(parse_qsl(body.decode("latin-1"))).get("choice")
    if choice not in ("stop", "again"):
        raise FormRefused(400)
    return choice == "again"


def _page(request: Request, *, declined: bool) -> Response:
    return page(request, "unsubscribe.html", private=True, declined=declined)
