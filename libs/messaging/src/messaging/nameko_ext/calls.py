"""The `rpc` entrypoint: a method that answers calls, while somebody waits for the answer."""

import time
from functools import partial
from typing import Any

import structlog
from kombu import Exchange, Queue
from nameko.exceptions import BadRequest, ContainerBeingKilled, MalformedRequest, MethodNotFound
from nameko.extensions import Entrypoint, SharedExtension

from messaging import wire
from messaging.deadline import DeadlinePassed
from messaging.nameko_ext.consuming import Consuming, Source
from messaging.nameko_ext.context import context_of, deadline_in
from messaging.nameko_ext.replies import Replies

WITHOUT_DEADLINE_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class Calls(SharedExtension):
    """The service's queue of calls."""

    consuming = Consuming()
    replies = Replies()

    def __init__(self) -> None:
        self._methods: dict[str, Rpc] = {}

    def setup(self) -> None:
        service = self.container.service_name
        queue = Queue(
            wire.rpc_queue(service),
            exchange=Exchange(wire.RPC_EXCHANGE, type="topic", durable=True),
            routing_key=f"{service}.*",
            durable=True,
        )
        self.consuming.add(Source(queue=queue, prefetch=self.container.max_workers, arrived=self._arrived))

    def add(self, entrypoint: "Rpc") -> None:
        """Answer calls of this method."""
        self._methods[entrypoint.method_name] = entrypoint

    def answer(self, message: Any, result: Any, error: BaseException | None) -> None:
        """Send the answer, if anybody waits for it, and settle the call."""
        reply_to = message.properties.get("reply_to")
        if isinstance(error, DeadlinePassed):
            log.info("call dropped: nobody waits for it any more", method=message.delivery_info["routing_key"])
        elif reply_to:
            deadline = deadline_in(context_of(message))
            patience = WITHOUT_DEADLINE_SECONDS if deadline is None else max(0.0, deadline - time.time())
            call_id = message.properties.get("correlation_id")
            self.replies.send(_body(result, error), reply_to=reply_to, correlation_id=call_id, patience=patience)
        self.consuming.ack(message)

    def _arrived(self, message: Any) -> None:
        try:
            method = self._method(message)
            args, kwargs = _arguments(message)
            method.check_signature(args, kwargs)
        except BadRequest as error:
            self.answer(message, None, error)
            return
        try:
            self.container.spawn_worker(
                method,
                args,
                kwargs,
                context_data=context_of(message),
                handle_result=partial(self._done, message),
            )
        except ContainerBeingKilled:
            self.consuming.requeue(message)

    def _method(self, message: Any) -> "Rpc":
        name = message.delivery_info["routing_key"].rsplit(".", 1)[-1]
        try:
            return self._methods[name]
        except KeyError:
            raise MethodNotFound(name) from None

    def _done(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self.answer(message, result, exc_info[1] if exc_info else None)
        return result, exc_info


class Rpc(Entrypoint):
    """Answers calls `<service>.<method>`.

    A call whose deadline has passed is dropped, when it arrives or when a worker comes free. Its correlation id is
    bound, and `messaging.deadline` knows how long the caller waits. What the method raises reaches the caller as the
    name of its class only: texts may hold what is nobody's business.
    """

    calls = Calls()

    def setup(self) -> None:
        self.calls.add(self)

    def stop(self) -> None:
        self.calls.consuming.pause()


rpc = Rpc.decorator


def _arguments(message: Any) -> tuple[list[Any], dict[str, Any]]:
    try:
        body = wire.load(message.body)
        args, kwargs = body["args"], body["kwargs"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedRequest("a call is a JSON object with args and kwargs") from error
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise MalformedRequest("args is a list, kwargs an object")
    return args, kwargs


def _body(result: Any, error: BaseException | None) -> bytes:
    if error is None:
        try:
            return wire.dump({"result": result, "error": None})
        except (TypeError, ValueError) as unserializable:
            log.exception("the answer is not JSON")
            error = unserializable
    detail = str(error) if isinstance(error, BadRequest) else ""
    kind = type(error)
    fault = {"exc_type": kind.__name__, "exc_path": f"{kind.__module__}.{kind.__name__}", "exc_args": [detail]}
    return wire.dump({"result": None, "error": {**fault, "value": detail}})
