"""nameko's container, with the context of each piece of work bound around it."""

from typing import Any

from nameko.containers import ServiceContainer
from runtime import correlation

from messaging import deadline, wire
from messaging.nameko_ext.context import deadline_in, is_stale


class Container(ServiceContainer):
    """Binds correlation id and deadline in the worker's greenlet, and begins nothing that nobody waits for."""

    def _run_worker(self, worker_ctx: Any, handle_result: Any) -> None:
        context = worker_ctx.data
        with correlation.bind(context.get(wire.CORRELATION)), deadline.bind(deadline_in(context)):
            if is_stale(context):  # it may have waited long for a free worker
                handle_result(worker_ctx, None, (deadline.DeadlinePassed, deadline.DeadlinePassed(), None))
            else:
                super()._run_worker(worker_ctx, handle_result)
