"""Hooks: what guests answer by text, and what became of texts and e-mails, from each provider."""

from dataclasses import asdict
from xml.sax.saxutils import escape

from starlette.responses import Response

from gateway.api import receipts
from gateway.api.answers import JsonResponse
from gateway.api.operation import Asked, Operation, Reply
from gateway.api.sms_callbacks import Callback, e164, from_http, from_mail, from_twilio, from_vonage
from gateway.schemas.hooks import Heard, ReceiptKey, Taken

_REFUSALS = (
    "malformed_json",
    "callback_unreadable",
    "signature_invalid",
    "hook_not_set_up",
    "unavailable",
)
_ABOUT = (
    "STOP silences the number everywhere, START brings texts back, HELP explains, C confirms the next appointment; "
    "in English, French and Spanish. Anything else owes the guest a call. The same text told twice has one effect. "
)

_FATES = (
    "A delivered message is delivered whatever comes after it; one that nobody knows is noted. "
    "The same receipt told twice has one effect. "
)


async def twilio(asked: Asked) -> Response:
    callback = await from_twilio(asked.request, asked.platform.settings)
    reply = await _heard(asked, callback, key="MessageSid", number="From", text="Body")
    message = f"<Message>{escape(reply)}</Message>" if reply else ""
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return Response(xml, media_type="text/xml", headers={"Cache-Control": "no-store"})


async def vonage(asked: Asked) -> Response:
    callback = await from_vonage(asked.request, asked.platform.settings)
    await _heard(asked, callback, key="message_uuid", number="from", text="text")
    return JsonResponse({}, headers={"Cache-Control": "no-store"})


async def http(asked: Asked) -> Response:
    callback = await from_http(asked.request, asked.platform.settings)
    reply = await _heard(asked, callback, key="id", number="from", text="text")
    return JsonResponse({"reply": reply}, headers={"Cache-Control": "no-store"})


async def _heard(asked: Asked, callback: Callback, *, key: str, number: str, text: str) -> str | None:
    return await asked.platform.notifications.hear_text(
        provider=callback.provider,
        provider_id=callback.text(key)[:200],
        number=e164(callback.text(number)),
        text=callback.text(text, required=False),  # a picture comes without words
    )


async def twilio_receipt(asked: Asked) -> Response:
    callback = await from_twilio(asked.request, asked.platform.settings)
    return await _received(asked, callback, receipts.from_twilio(callback, key=asked.query.get("key")))


async def vonage_receipt(asked: Asked) -> Response:
    callback = await from_vonage(asked.request, asked.platform.settings)
    return await _received(asked, callback, receipts.from_vonage(callback))


async def http_receipt(asked: Asked) -> Response:
    callback = await from_http(asked.request, asked.platform.settings)
    return await _received(asked, callback, receipts.from_http(callback))


async def mail_receipt(asked: Asked) -> Response:
    callback = await from_mail(asked.request, asked.platform.settings)
    return await _received(asked, callback, receipts.from_mail(callback))


async def _received(asked: Asked, callback: Callback, told: receipts.Told) -> Response:
    await asked.platform.notifications.receive_receipt(provider=callback.provider, **asdict(told))
    return JsonResponse({}, headers={"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="hearTwilio",
        method="POST",
        path="/v1/hooks/sms/twilio",
        tag="Hooks",
        summary="A guest answered a text, by Twilio",
        description=f"{_ABOUT}Twilio's form, proved by X-Twilio-Signature. The reply is TwiML.",
        answer=twilio,
        replies={200: Reply(description="Heard, with what to answer", media_type="text/xml")},
        refusals=_REFUSALS,
    ),
    Operation(
        id="hearVonage",
        method="POST",
        path="/v1/hooks/sms/vonage",
        tag="Hooks",
        summary="A guest answered a text, by Vonage",
        description=f"{_ABOUT}The Messages API's JSON, proved by its signed token.",
        answer=vonage,
        replies={200: Reply(description="Heard", schema=Taken)},
        refusals=_REFUSALS,
    ),
    Operation(
        id="hearText",
        method="POST",
        path="/v1/hooks/sms/http",
        tag="Hooks",
        summary="A guest answered a text, by the generic provider",
        description=f"{_ABOUT}JSON {{id, from, text}}, signed as the provider's guide says.",
        answer=http,
        replies={200: Reply(description="Heard, with what to answer", schema=Heard)},
        refusals=_REFUSALS,
    ),
    Operation(
        id="receiveTwilioReceipt",
        method="POST",
        path="/v1/hooks/sms/twilio/receipts",
        tag="Hooks",
        summary="What became of a text, by Twilio",
        description=f"{_FATES}Twilio's status callback, proved by X-Twilio-Signature.",
        answer=twilio_receipt,
        query=ReceiptKey(),
        replies={200: Reply(description="Noted", schema=Taken)},
        refusals=_REFUSALS,
    ),
    Operation(
        id="receiveVonageReceipt",
        method="POST",
        path="/v1/hooks/sms/vonage/receipts",
        tag="Hooks",
        summary="What became of a text, by Vonage",
        description=f"{_FATES}The Messages API's status, proved by its signed token.",
        answer=vonage_receipt,
        replies={200: Reply(description="Noted", schema=Taken)},
        refusals=_REFUSALS,
    ),
    Operation(
        id="receiveReceipt",
        method="POST",
        path="/v1/hooks/sms/http/receipts",
        tag="Hooks",
        summary="What became of a text, by the generic provider",
        description=f"{_FATES}JSON {{id, key, status, problem, cost}}, signed as the provider's guide says.",
        answer=http_receipt,
        replies={200: Reply(description="Noted", schema=Taken)},
        refusals=_REFUSALS,
    ),
    Operation(
        id="receiveMailReceipt",
        method="POST",
        path="/v1/hooks/email/http/receipts",
        tag="Hooks",
        summary="What became of an e-mail",
        description=(
            f"{_FATES}JSON {{message_id, status, problem}}, signed as the guide says; status is delivered, undelivered "
            "or bounced. After a bounce nothing is mailed there for 90 days, and a guest with no number is owed a call."
        ),
        answer=mail_receipt,
        replies={200: Reply(description="Noted", schema=Taken)},
        refusals=_REFUSALS,
    ),
]
