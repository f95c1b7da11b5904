"""nameko, the way the services use it: calls, events, timers, and a process that runs them.

    class BookingService:
        name = "booking"

        @rpc
        def hold(self, **wish): …            # an answer, unless its caller has stopped waiting

        @subscribe("booking.catalog.v1")
        def catalog_changed(self, body): …   # acknowledged when it returns

        @every(seconds=1)
        def retry(self): …

Nothing else in the platform imports nameko (docs/adr).
"""

from messaging.nameko_ext.ask import ask
from messaging.nameko_ext.calls import rpc
from messaging.nameko_ext.run import run_service, start_service
from messaging.nameko_ext.subscriptions import subscribe
from messaging.nameko_ext.timers import every

__all__ = ["ask", "every", "rpc", "run_service", "start_service", "subscribe"]
