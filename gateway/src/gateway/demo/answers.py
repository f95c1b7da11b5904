"""A guest's answer to a text, typed in the inbox: it takes the way of a provider's callback, signature aside."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from gateway.demo.inbox import store_of
from gateway.demo.message import text_message
from gateway.demo.store import StoreAway, Wanted
from gateway.schemas.fields import is_id
from gateway.web.forms import FormRefused, read_form
from gateway.web.guard import problem_page
from gateway.web.pages import language_of, see
from gateway.web.words import problem

PROVIDER = "http"
"""The generic provider's name: the sink stands in for it."""
LONGEST = 1600


async def answer(request: Request) -> Response:
    """POST /demo/answers {id, number, text}: heard once an `id`; what the platform answers arrives like any text."""
    form = await read_form(request)
    answer_id, number, text = form.get("id", ""), form.get("number", ""), form.get("text", "")
    if not is_id(answer_id) or not text or len(text) > LONGEST:
        raise FormRefused(400)
    store, platform = store_of(request), request.app.state.slotwell
    try:
        if not any(one.channel == "sms" for one in await store.newest(Wanted(to=[number]), limit=1000)):
            raise FormRefused(400)
        now = platform.clock.now()
        await store.add(text_message(to=number, text=text, key=answer_id, received_at=now, is_answer=True))
        reply = await platform.notifications.hear_text(
            provider=PROVIDER, provider_id=answer_id, number=number, text=text
        )
        if reply:
            await store.add(text_message(to=number, text=reply, key=f"{answer_id}:reply", received_at=now))
    except StoreAway:
        return problem_page(request, problem("unavailable", language_of(request)))
    return see("/demo/inbox?" + urlencode({"to": number}) + "#texts")
