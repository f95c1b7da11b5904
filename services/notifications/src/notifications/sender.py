"""The sender: sends what the ledger owes. Any number may run: `python -m notifications.sender`."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import uvloop
from messaging.bus import Bus, connect
from messaging.heartbeat import INTERVAL_SECONDS
from runtime import logs
from runtime.clock import clock_from
from runtime.logs import get_logger
from runtime.pulse import Pulse

from notifications.adapters.apprise_alerts import AppriseAlerts
from notifications.adapters.booking_facts import RpcBookings
from notifications.adapters.digests import Digests
from notifications.adapters.every_template import check_templates
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.adapters.pool import listen, open_pool
from notifications.adapters.postgres_allowance import PostgresAllowance
from notifications.adapters.postgres_contacts import PostgresContacts
from notifications.adapters.postgres_due import PostgresDue
from notifications.adapters.postgres_incidents import PostgresIncidents
from notifications.adapters.postgres_vitals import SENDER
from notifications.adapters.postgres_wordings import WordingsCopy
from notifications.adapters.providers import providers_of
from notifications.adapters.unsubscribe_links import UnsubscribeLinks
from notifications.application.ports import LedgerAway, Provider
from notifications.application.send_due import Desk, send_due
from notifications.application.watch import Watch, watch
from notifications.domain.declined import declinable
from notifications.domain.facts import Guest
from notifications.domain.values import Channel
from notifications.settings import NotificationsSettings

log = get_logger(__name__)

# The clinic's clock may jump in a demo, and no notification tells of it: look about this often.
_LOOK_EVERY = 0.6
# What falls due together goes out together: one claim and one question to booking for all of it. No guest notices
# a fifth of a second; claiming each confirmation by itself cost as much as writing it.
_GATHER = 0.2
_LOOK_OUT_EVERY = 15.0


async def serve(settings: NotificationsSettings, bus: Bus, *, stop: asyncio.Event) -> None:
    """Send until `stop` is set; then finish what providers have in hand and give the rest back."""
    providers = providers_of(settings)
    clock = clock_from(settings)
    wake = {channel: asyncio.Event() for channel in Channel}

    def wake_all() -> None:
        for event in wake.values():
            event.set()

    async with open_pool(settings.notifications_database_url) as pool:
        due = PostgresDue(pool, lease=timedelta(seconds=settings.sender_lease_seconds))
        words = WordingsCopy(pool)
        check_templates()
        writer = JinjaLetters(
            public_url=settings.public_url,
            organizer=settings.organizer,
            words=lambda: words.words,
            answers=settings.sms_answers,
            unsubscribe=_ending(settings),
        )
        desks = [
            Desk(
                channel=channel,
                due=due,
                bookings=RpcBookings(bus),
                writer=writer,
                provider=providers.get(channel),
                clock=clock,
                stop=stop,
                digest=Digests(settings.secret_key).of,
                contacts=PostgresContacts(pool),
                allowance=_allowance(pool, settings, channel, providers.get(channel)),
            )
            for channel in Channel
        ]
        async with asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(listen(settings.notifications_database_url, wake_all)),
                group.create_task(_beat(due, bus, settings)),
                group.create_task(_wake_at_stop(stop, wake_all)),
                *([group.create_task(_look_out(_watch(settings, pool, desks)))] if settings.alert_urls else []),
            ]
            # One loop a channel, so that a slow text provider delays no e-mail.
            loops = [group.create_task(_work(desk, wake[desk.channel], words)) for desk in desks]
            await asyncio.gather(*loops)
            for helper in helpers:
                helper.cancel()
        for provider in providers.values():
            await provider.close()


def _allowance(
    pool: "asyncpg.Pool[asyncpg.Record]", settings: NotificationsSettings, channel: Channel, provider: Provider | None
) -> PostgresAllowance | None:
    limits = settings.limits[channel]
    return PostgresAllowance(pool, provider=provider.name, limits=limits) if provider else None


def _ending(settings: NotificationsSettings) -> Callable[[str, Guest], str]:
    links = UnsubscribeLinks(settings.secret_key, public_url=settings.public_url)
    digests = Digests(settings.secret_key)
    return lambda kind, guest: links.link(declinable(kind, guest, digest=digests.of))


def _watch(settings: NotificationsSettings, pool: "asyncpg.Pool[asyncpg.Record]", desks: Sequence[Desk]) -> Watch:
    def away() -> dict[str, timedelta]:
        now = asyncio.get_running_loop().time()
        lasting = {desk.provider.name: desk.breaker.away_for(now) for desk in desks if desk.provider}
        return {name: timedelta(seconds=seconds) for name, seconds in lasting.items() if seconds}

    return Watch(
        incidents=PostgresIncidents(pool, budgets=settings.daily_budgets),
        alerts=AppriseAlerts(settings.alert_urls),
        clock=clock_from(settings),
        away=away,
        site=urlsplit(settings.public_url).netloc,
        language=settings.alert_language,
    )


async def _look_out(post: Watch) -> None:
    while True:
        try:
            await watch(post)
        except LedgerAway:
            log.warning("cannot look out: the ledger does not answer")
        await asyncio.sleep(_LOOK_OUT_EVERY)


async def _work(desk: Desk, wake: asyncio.Event, words: WordingsCopy) -> None:
    while not desk.stop.is_set():
        wake.clear()
        try:
            await words.refresh()
            busy = await send_due(desk)
        except LedgerAway as problem:
            log.warning("the ledger does not answer", problem=str(problem))
            busy = 0
        if not busy:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), _LOOK_EVERY)
        if busy < desk.batch and not desk.stop.is_set():
            await asyncio.sleep(_GATHER)


async def _beat(due: PostgresDue, bus: Bus, settings: NotificationsSettings) -> None:
    pulse = Pulse(settings.pulse_file)
    while True:
        try:
            await due.beat(_process_name(settings))
        except LedgerAway:
            log.warning("no heartbeat: the ledger does not answer")
            await asyncio.sleep(1)
        else:
            if bus.connected:
                pulse.beat()
            await asyncio.sleep(INTERVAL_SECONDS)


async def _wake_at_stop(stop: asyncio.Event, wake_all: Callable[[], None]) -> None:
    await stop.wait()
    wake_all()


def _process_name(settings: NotificationsSettings) -> str:
    return settings.process if settings.process.startswith(SENDER) else SENDER


async def _main(settings: NotificationsSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bus = await connect(settings.amqp_url, name=_process_name(settings))
    try:
        await serve(settings, bus, stop=stop)
    finally:
        await bus.close()


def main() -> None:
    """Run one sender until SIGTERM or Ctrl-C."""
    settings = NotificationsSettings.load()
    logs.configure(_process_name(settings), level=settings.log_level)
    uvloop.run(_main(settings))


if __name__ == "__main__":
    main()
