"""Notifications' entrypoints: events in, questions answered."""

from typing import Any, cast

from messaging.inbox import DatabaseAway
from messaging.nameko_ext import every, rpc, subscribe
from nameko.extensions import DependencyProvider
from runtime.health import report
from runtime.logs import get_logger

from notifications.adapters.old_allowances import OLD_ALLOWANCES
from notifications.adapters.postgres_conversation import PostgresConversation
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.adapters.postgres_receipts import PostgresFates
from notifications.adapters.postgres_vitals import PostgresVitals
from notifications.application.hear_text import hear_text
from notifications.application.ports import LedgerAway, Vitals
from notifications.application.receive_receipt import receive_receipt
from notifications.application.report_health import parts_of
from notifications.calls.contacts import ContactCalls
from notifications.calls.guests import GuestCalls
from notifications.calls.rules import RuleCalls
from notifications.calls.staff import StaffCalls
from notifications.outside import Outside, outside
from notifications.schemas import ValidationError, dump_entry, load_booking_id
from notifications.staff_schemas import dump_confirmed, load_incoming, load_receipt, refusal

log = get_logger(__name__)

SETTINGS = "slotwell"
"""Where in nameko's configuration the service's settings stand."""


class OutsideProvider(DependencyProvider):  # type: ignore[misc, unused-ignore]  # nameko is untyped
    """Opens the outside when the service starts, and lets go of it when it stops."""

    outside: Outside

    def setup(self) -> None:
        self.outside = outside(self.container.config[SETTINGS])

    def stop(self) -> None:
        self.outside.close()

    def get_dependency(self, worker_ctx: object) -> Outside:  # noqa: ARG002  (nameko's signature)
        return self.outside


class NotificationsService(ContactCalls, GuestCalls, RuleCalls, StaffCalls):
    """Keeps the ledger of messages owed. Sending them is the sender's work."""

    name = "notifications"
    outside: Outside = cast("Outside", OutsideProvider())  # nameko puts the one in the other's place

    @subscribe("notifications.booking.v1")
    def booking_changed(self, body: Any) -> None:
        """Plan what a change of a booking owes; a failure is kept for a retry."""
        self.outside.inbox.receive(body, self.outside.apply)
        self.outside.waker.wake()

    @every(seconds=1, expected_exceptions=DatabaseAway)
    def retry(self) -> None:
        """Try failed and replayed events again."""
        if self.outside.inbox.retry_due(self.outside.apply):
            self.outside.waker.wake()

    @every(seconds=600, expected_exceptions=DatabaseAway)
    def tidy(self) -> None:
        """Forget events that nobody can deliver again, and what was counted long ago."""
        with self.outside.engine.begin() as connection:
            connection.execute(OLD_ALLOWANCES)
        log.info("tidied", events=self.outside.inbox.prune())

    @rpc
    def messages(self, booking_id: str) -> dict[str, Any]:
        """What the guest of one booking was sent, is owed or was spared, and why."""
        try:
            wanted = load_booking_id(booking_id)
        except ValidationError:
            return {"refused": {"code": "unknown_booking", "detail": "That is not a booking's id."}}
        with self.outside.engine.connect() as connection:
            entries = PostgresLedger(connection).of_booking(wanted)
            confirmed = PostgresConversation(connection, self.outside.digests).confirmations(wanted)
        return {
            "ok": {
                "items": [dump_entry(entry) for entry in entries],
                "confirmed": [dump_confirmed(one) for one in confirmed],
            }
        }

    @rpc
    def hear_text(self, **message: Any) -> dict[str, Any]:
        """A guest answered a text; do what they said, and tell what to answer."""
        try:
            incoming = load_incoming(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        with here.engine.begin() as connection:
            conversation = PostgresConversation(connection, here.digests)
            reply = hear_text(incoming, conversation=conversation, site=here.site, now=here.clock.now())
        log.info("text heard", provider=incoming.provider, length=len(incoming.text), replied=reply is not None)
        return {"ok": {"reply": reply}}

    @rpc
    def receive_receipt(self, **message: Any) -> dict[str, Any]:
        """A provider says what became of a message."""
        try:
            receipt = load_receipt(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        with self.outside.engine.begin() as connection:
            known = receive_receipt(receipt, fates=PostgresFates(connection), now=self.outside.clock.now())
        log.info("receipt", provider=receipt.provider, provider_id=receipt.provider_id, fate=receipt.fate, known=known)
        return {"ok": {"known": known}}

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        now = self.outside.clock.now()
        vitals: Vitals | None
        try:
            vitals = PostgresVitals(self.outside.engine, budgets=self.outside.budgets).read(now=now)
        except LedgerAway:
            vitals = None
        return {"ok": report(parts_of(vitals, now=now))}
