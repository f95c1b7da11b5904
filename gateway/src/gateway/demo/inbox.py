"""The inbox's pages: every message as the guest would see it, and the same as JSON."""

from uuid import uuid4
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from gateway.demo.message import Message
from gateway.demo.store import MessageStore, PostgresMessageStore, StoreAway, Wanted
from gateway.demo.threads import threads
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, page
from gateway.web.words import problem

# A guest's mail program runs no script and loads nothing without asking; neither does this.
_MAIL_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_AGAIN = "/demo/inbox"


async def show(request: Request) -> Response:
    """GET /demo/inbox, newest first; `?to=` for the guest of an address or number, `?q=` for words."""
    to, words = request.query_params.get("to") or None, request.query_params.get("q", "").replace("\x00", "").strip()
    store = store_of(request)
    try:
        guests = threads(await store.traces())
        thread = next((guest for guest in guests if to in guest), (to,) if to else None)
        found = await store.newest(Wanted(to=thread, words=words, answers=True))
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request), again=_AGAIN))
    texts = [message for message in reversed(found) if message.channel == "sms"] if thread else []
    return page(
        request,
        "demo/inbox.html",
        private=True,
        messages=[_entry(request, message) for message in found if message.channel == "email" or not thread],
        texts=[_entry(request, message) for message in texts],
        number=texts[-1].to if texts else None,
        answer_id=str(uuid4()),
        guests=guests,
        thread=thread,
        to=to,
        words=words,
        now=_now(request),
    )


async def as_json(request: Request) -> Response:
    """GET /demo/messages: {items}, what guests got, newest first; `?to=` for one address or number."""
    to = request.query_params.get("to")
    try:
        messages = await store_of(request).newest(Wanted(to=[to] if to else None), limit=1000)
    except StoreAway:
        return JSONResponse({"error": "the inbox's database cannot be reached"}, 503, {"Retry-After": "2"})
    return JSONResponse({"items": [message.as_json() for message in messages]}, headers={"Cache-Control": "no-store"})


async def source(request: Request) -> Response:
    """GET /demo/messages/{id}/source: an e-mail as it came over the wire."""
    try:
        found = await store_of(request).source(request.path_params["message_id"])
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request)))
    if found is None:
        return problem_page(request, problem("not_found", language_of(request)))
    return PlainTextResponse(found, headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"})


async def mail(request: Request) -> Response:
    """GET /demo/messages/{id}/mail: an e-mail's HTML, in a sandbox of its own."""
    try:
        message = await store_of(request).one(request.path_params["message_id"])
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
        message = await store_of(request).one(request.path_params["message_id"])
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


def store_of(request: Request) -> MessageStore:
    """Return where this app keeps the messages."""
    platform = request.app.state.slotwell
    fake: MessageStore | None = getattr(request.app.state, "demo_messages", None)
    return fake or PostgresMessageStore(platform.database)


def _entry(request: Request, message: Message) -> dict[str, object]:
    return {"message": message, "when": _when(request, message)}


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
