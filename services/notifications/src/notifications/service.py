"""Notifications' entrypoints: events in, questions answered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from messaging.envelope import Event, MalformedEvent
from messaging.inbox import DatabaseAway, Inbox, RetryPolicy
from messaging.nameko_ext import every, rpc, subscribe
from messaging.outbox import Waker
from messaging.postgres import engine_for
from nameko.extensions import DependencyProvider
from runtime.clock import Clock, SystemClock, clock_from
from runtime.health import report
from runtime.logs import get_logger
from sqlalchemy import Connection, Engine

from notifications.adapters.asked_facts import asked_facts
from notifications.adapters.digests import Digests
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.jinja_wordings import JinjaChecker
from notifications.adapters.old_allowances import OLD_ALLOWANCES
from notifications.adapters.pool import CHANNEL
from notifications.adapters.postgres_conversation import PostgresConversation
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.adapters.postgres_receipts import PostgresFates
from notifications.adapters.postgres_vitals import PostgresVitals
from notifications.adapters.postgres_wordings import PostgresWordings
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.hear_text import hear_text
from notifications.application.plan_messages import plan_messages
from notifications.application.ports import BookingAway, LedgerAway, Vitals
from notifications.application.preview import UnknownBooking, preview
from notifications.application.receive_receipt import receive_receipt
from notifications.application.report_health import parts_of
from notifications.application.wordings import Checker, Unfit, save_wording
from notifications.domain.facts import Facts
from notifications.domain.values import BookingId
from notifications.domain.wordings import VARIABLES
from notifications.schemas import ValidationError, dump_entry, load_booking_id, load_change
from notifications.settings import NotificationsSettings
from notifications.staff_schemas import (
    dump_call,
    dump_confirmed,
    dump_preview,
    dump_wording,
    load_incoming,
    load_preview,
    load_receipt,
    load_wording,
    refusal,
    unfit,
)

log = get_logger(__name__)

SETTINGS = "slotwell"
"""Where in nameko's configuration the service's settings stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the entrypoints need of the outside world."""

    engine: Engine
    inbox: Inbox
    waker: Waker
    clock: Clock
    digests: Digests
    writer: JinjaLetters
    checker: Checker
    facts: Callable[[BookingId], Facts | None]
    site: str

    def apply(self, connection: Connection, event: Event) -> None:
        """The effect of an event, in the transaction of its inbox row."""
        try:
            change = load_change(event.name, event.occurred_at, event.data)
        except ValidationError as problem:
            raise MalformedEvent(str(problem)) from problem
        plan_messages(
            change,
            ledger=PostgresLedger(connection),
            correlation_id=event.correlation_id,
            now=self.clock.now(),
        )
        log.info("planned", booking_id=change.booking_id, revision=change.revision, event_id=str(event.id))


class OutsideProvider(DependencyProvider):  # type: ignore[misc, unused-ignore]  # nameko is untyped
    """Opens the outside when the service starts, and lets go of it when it stops."""

    outside: Outside

    def setup(self) -> None:
        settings: NotificationsSettings = self.container.config[SETTINGS]
        writer = JinjaLetters(public_url=settings.public_url, organizer=settings.organizer)
        engine = engine_for(settings.notifications_database_url, application="notifications", pool_size=10)
        self.outside = Outside(
            engine=engine,
            inbox=Inbox(
                engine,
                inbox_rows,
                SystemClock(),
                policy=RetryPolicy(attempts=settings.inbox_attempts),
            ),
            waker=Waker(settings.notifications_database_url, channel=CHANNEL),
            clock=clock_from(settings),
            digests=Digests(settings.secret_key),
            writer=writer,
            checker=JinjaChecker(writer.samples()),
            facts=partial(asked_facts, settings.amqp_url),
            site=urlsplit(settings.public_url).netloc,
        )

    def stop(self) -> None:
        self.outside.waker.close()
        self.outside.engine.dispose()

    def get_dependency(self, worker_ctx: object) -> Outside:  # noqa: ARG002  (nameko's signature)
        return self.outside


class NotificationsService:
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
    def calls(self, limit: int = 100) -> dict[str, Any]:
        """The calls that staff owe to guests whom no channel reaches, or who wrote what only people understand."""
        with self.outside.engine.connect() as connection:
            calls = PostgresConversation(connection, self.outside.digests).calls(limit=max(1, min(limit, 100)))
        return {"ok": {"items": [dump_call(call) for call in calls]}}

    @rpc
    def call_done(self, call_id: int) -> dict[str, Any]:
        """Note that a guest was called."""
        with self.outside.engine.begin() as connection:
            conversation = PostgresConversation(connection, self.outside.digests)
            done = conversation.call_done(call_id, now=self.outside.clock.now())
        return {"ok": {}} if done else {"refused": {"code": "unknown_call", "detail": "There is no such call."}}

    @rpc
    def preview(self, **message: Any) -> dict[str, Any]:
        """What a message about a real booking would say, and how many parts a text would take."""
        try:
            asked = load_preview(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        with here.engine.connect() as connection:
            words = PostgresWordings(connection).standing()
        try:
            shown = preview(
                asked,
                facts_of=here.facts,
                words=words,
                writer=here.writer,
                checker=here.checker,
                now=here.clock.now(),
            )
        except BookingAway:
            return {"refused": {"code": "unavailable", "detail": "Booking cannot be reached just now."}}
        except UnknownBooking:
            return {"refused": {"code": "unknown_booking", "detail": "There is no such booking."}}
        except Unfit as problem:
            return unfit(problem.faults)
        return {"ok": dump_preview(shown)}

    @rpc
    def wordings(self, location_id: str) -> dict[str, Any]:
        """A location's own words, and what words may speak of."""
        try:
            wanted = load_booking_id(location_id)
        except ValidationError:
            return {"refused": {"code": "unknown_location", "detail": "That is not a location's id."}}
        with self.outside.engine.connect() as connection:
            saved = PostgresWordings(connection).newest(str(wanted))
        return {"ok": {"items": [dump_wording(one) for one in saved], "variables": VARIABLES}}

    @rpc
    def save_wording(self, **message: Any) -> dict[str, Any]:
        """Let a location say it in its own words from now on, or in the house's again."""
        try:
            asked = load_wording(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        try:
            with here.engine.begin() as connection:
                version = save_wording(
                    asked.spot,
                    asked.wording,
                    wordings=PostgresWordings(connection),
                    checker=here.checker,
                    by=asked.by,
                    now=here.clock.now(),
                )
        except Unfit as problem:
            return unfit(problem.faults)
        log.info("wording saved", location_id=asked.spot.location_id, kind=asked.spot.kind, version=version)
        return {"ok": {"version": version}}

    @rpc
    def health(self) -> dict[str, Any]:
        """Ready or not, part by part."""
        now = self.outside.clock.now()
        vitals: Vitals | None
        try:
            vitals = PostgresVitals(self.outside.engine).read(now=now)
        except LedgerAway:
            vitals = None
        return {"ok": report(parts_of(vitals, now=now))}
