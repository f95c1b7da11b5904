"""Use case: see what goes wrong, and tell staff once of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from runtime.clock import Clock
from runtime.logs import get_logger

from notifications.domain.alerts import Alert, alert
from notifications.domain.incidents import Incident, Signs, incidents

log = get_logger(__name__)


class Incidents(Protocol):
    """What went wrong, shared by all senders. Every method may raise `LedgerAway`. Times here are real ones.

    An incident is one for as long as somebody sees it, and a while longer: what comes and goes is told once.
    """

    async def signs(self, *, away: Mapping[str, timedelta]) -> Signs:
        """What the database shows, with what this sender knows of providers."""

    async def seen(self, found: Sequence[Incident]) -> None:
        """Note what is going on, and end what nobody has seen for a while."""

    async def to_tell(self) -> Sequence[Incident]:
        """What staff have not heard of, for this sender alone to tell; nothing so soon after the last alert."""

    async def told(self, heard: Sequence[Incident]) -> None:
        """Staff have heard of it."""


class Alerts(Protocol):
    """Reaches staff."""

    async def tell(self, said: Alert) -> bool:
        """Whether everybody was told; False costs nothing but another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything that looking out needs. `away` says since when this sender's providers have failed."""

    incidents: Incidents
    alerts: Alerts
    clock: Clock
    away: Callable[[], Mapping[str, timedelta]]
    site: str
    language: str


async def watch(post: Watch) -> int:
    """Look once and return of how many incidents staff were told. Raises `LedgerAway`."""
    now: datetime = post.clock.now()
    signs = await post.incidents.signs(away=post.away())
    await post.incidents.seen(incidents(signs, now=now))
    news = await post.incidents.to_tell()
    if not news:
        return 0
    kinds = [f"{one.kind.value} {one.subject}".strip() for one in news]
    if not await post.alerts.tell(alert(news, site=post.site, language=post.language)):
        log.error("staff could not be told", incidents=kinds)
        return 0
    await post.incidents.told(news)
    log.warning("staff were told", incidents=kinds)
    return len(news)
