"""The inbox's pages: every message as the guest would see it, and the same as JSON."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from gateway.demo.message import Message
from gateway.demo.store import MessageStore, PostgresMessageStore, StoreAway
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, page
from gateway.web.words import problem

# A guest's mail program runs no script and loads nothing without asking; neither does this.
_MAIL_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_AGAIN = "/demo/inbox"


async def show(request: Request) -> Response:
    """GET /demo/inbox, newest first; `?to=` for one guest."""
    to = request.query_params.get("to") or None
    store = _store(request)
    try:
        messages = await store.newest(to=to)
        recipients = await store.recipients()
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request), again=_AGAIN))
    return page(
        request,
        "demo/inbox.html",
        private=True,
        messages=[{"message": message, "when": _when(request, message)} for message in messages],
        recipients=recipients,
        to=to,
        now=_now(request),
    )


async def as_json(request: Request) -> Response:
    """GET /demo/messages: {items}, newest first; `?to=` for one guest."""
    try:
        messages = await _store(request).newest(to=request.query_params.get("to") or None, limit=1000)
    except StoreAway:
        return JSONResponse({"error": "the inbox's database cannot be reached"}, 503, {"Retry-After": "2"})
    return JSONResponse({"items": [message.as_json() for message in messages]}, headers={"Cache-Control": "no-store"})


async def mail(request: Request) -> Response:
    """GET /demo/messages/{id}/mail: an e-mail's HTML, in a sandbox of its own."""
    try:
        message = await _store(request).one(request.path_params["message_id"])
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request)))
    if message is None or message.html is None:
        return problem_page(request, problem("not_found", language_of(request)))
    return HTMLResponse(
        message.html,
        headers={
            "Content-Security-Policy": _MAIL_POLICY,
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "private, no-store",
        },
    )


async def attachment(request: Request) -> Response:
    """GET /demo/messages/{id}/files/{number}: a text attachment, to download."""
    try:
        message = await _store(request).one(request.path_params["message_id"])
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request)))
    number = request.path_params["number"]
    files = message.attachments if message else ()
    if number >= len(files) or files[number].text is None:
        return problem_page(request, problem("not_found", language_of(request)))
    name = "".join(letter for letter in files[number].filename if letter.isalnum() or letter in "._-") or "file"
    return Response(
        files[number].text,
        media_type=files[number].content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name.encode("ascii", "ignore").decode()}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _store(request: Request) -> MessageStore:
    platform = request.app.state.slotwell
    fake: MessageStore | None = getattr(request.app.state, "demo_messages", None)
    return fake or PostgresMessageStore(platform.database)


def _when(request: Request, message: Message) -> str:
    language = language_of(request)
    local = message.received_at.astimezone(_zone(request))
    return f"{language.full_day(local.date())}, {language.clock(local)}"


def _now(request: Request) -> str:
    language = language_of(request)
    local = request.app.state.slotwell.clock.now().astimezone(_zone(request))
    return f"{language.full_day(local.date())}, {language.clock(local)}, {_place(request)}"


def _zone(request: Request) -> ZoneInfo:
    """One branch's zone: the demo's inbox shows all of its times in one."""
    locations = request.app.state.slotwell.catalog.locations()
    return ZoneInfo(locations[-1]["zone"] if locations else "UTC")


def _place(request: Request) -> str:
    locations = request.app.state.slotwell.catalog.locations()
    return str(locations[-1]["address"]["city"]) if locations else "UTC"
