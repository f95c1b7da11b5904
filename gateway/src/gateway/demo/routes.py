"""The demo's addresses, mounted by `gateway.app` when SLOTWELL_DEMO=1 and never otherwise."""

from starlette.routing import BaseRoute, Route

from gateway.demo import answers, clock, inbox
from gateway.web.guard import guarded

routes: list[BaseRoute] = [
    Route("/demo/inbox", guarded(inbox.show), methods=["GET"]),
    Route("/demo/messages", inbox.as_json, methods=["GET"]),
    Route("/demo/messages/{message_id}/mail", guarded(inbox.mail), methods=["GET"]),
    Route("/demo/messages/{message_id}/files/{number:int}", guarded(inbox.attachment), methods=["GET"]),
    Route("/demo/messages/{message_id}/source", guarded(inbox.source), methods=["GET"]),
    Route("/demo/answers", guarded(answers.answer), methods=["POST"]),
    Route("/demo/clock", guarded(clock.show), methods=["GET"]),
    Route("/demo/clock", guarded(clock.move), methods=["POST"]),
]
