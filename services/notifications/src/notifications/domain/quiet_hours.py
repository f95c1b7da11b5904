"""Hours in which a message should not make a telephone buzz."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A message moved to the evening before leaves room for a queue to drain before the quiet begins.
_MARGIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `begin` in the evening until `end` the next morning, on the wall clock of the recipient."""

    begin: time
    end: time

    def __post_init__(self) -> None:
        if self.end >= self.begin:
            raise ValueError("quiet hours run over midnight: they begin later in the day than they end")

    def hold(self, moment: datetime, zone: str) -> bool:
        """Whether it is quiet at that moment in that zone."""
        clock = moment.astimezone(ZoneInfo(zone)).time()
        return clock >= self.begin or clock < self.end

    def decent(self, moment: datetime, *, zone: str, limit: datetime) -> datetime:
        """The moment itself unless it is quiet then; else the end of the quiet, if that is before `limit`;
        else the evening before.

        The answer is in UTC and never in quiet hours.
        """
        if not self.hold(moment, zone):
            return moment
        local = moment.astimezone(ZoneInfo(zone))
        evening = local.date() if local.time() >= self.begin else local.date() - timedelta(days=1)
        morning = _instant(evening + timedelta(days=1), self.end, zone)
        if morning < limit:
            return morning
        return _instant(evening, self.begin, zone) - _MARGIN


def _instant(day: date, clock: time, zone: str) -> datetime:
    """A wall-clock time as an instant; one that a clock change skips becomes the same time after the gap."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)
