"""What notifications needs of the outside world, put together once from the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from messaging.envelope import Event, MalformedEvent
from messaging.inbox import Inbox, RetryPolicy
from messaging.outbox import Waker
from messaging.postgres import engine_for
from runtime.clock import Clock, SystemClock, clock_from
from runtime.logs import get_logger
from sqlalchemy import Connection, Engine

from notifications.adapters.asked_facts import asked_day, asked_facts
from notifications.adapters.digests import Digests
from notifications.adapters.every_template import check_templates
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.jinja_wordings import JinjaChecker
from notifications.adapters.pool import CHANNEL
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.adapters.postgres_terms import PostgresTerms
from notifications.adapters.tables import inbox as inbox_rows
from notifications.adapters.unsubscribe_links import UnsubscribeLinks
from notifications.application.plan_messages import plan_messages
from notifications.application.wordings import Checker
from notifications.domain.agenda import Day
from notifications.domain.facts import Facts
from notifications.domain.terms import standing
from notifications.domain.values import BookingId
from notifications.event_schemas import load_change
from notifications.schemas import ValidationError
from notifications.settings import NotificationsSettings

log = get_logger(__name__)


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
    day_facts: Callable[[Day], Facts | None]
    site: str
    budgets: Mapping[str, int]
    unsubscribe_links: UnsubscribeLinks

    def close(self) -> None:
        """Let go of every connection."""
        self.waker.close()
        self.engine.dispose()

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
            rules=standing(PostgresTerms(connection, change.location_id).standing(), change.modality),
        )
        log.info("planned", booking_id=change.booking_id, revision=change.revision, event_id=str(event.id))


def outside(settings: NotificationsSettings) -> Outside:
    """Return the outside that the settings describe; nothing is connected until it is used."""
    check_templates()
    writer = JinjaLetters(public_url=settings.public_url, organizer=settings.organizer, answers=settings.sms_answers)
    engine = engine_for(settings.notifications_database_url, application="notifications", pool_size=10)
    return Outside(
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
        day_facts=partial(asked_day, settings.amqp_url),
        site=urlsplit(settings.public_url).netloc,
        budgets=settings.daily_budgets,
        unsubscribe_links=UnsubscribeLinks(settings.secret_key, public_url=settings.public_url),
    )
