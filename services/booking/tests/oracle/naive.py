"""What is on offer, found out the slow way: minute by minute, and by trying every combination.

It reads the catalog as the catalog tells it, and shares no code with the product: where the two differ, one of them is
wrong. Everything in it lies on whole minutes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

Combination = tuple[str, ...]
"""One resource for each unit that the service needs: practitioners first, in the order of the requirements."""


@dataclass(frozen=True)
class Claimed:
    """A resource, and since and until when it is taken."""

    resource: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Wished:
    """What whoever treats should be; `strict` says of each wish whether anything else will do."""

    gender: str | None = None
    languages: tuple[str, ...] = ()
    strict_gender: bool = True
    strict_languages: bool = True


@dataclass(frozen=True)
class Asked:
    """A service at a location, for so long, by a certain practitioner or by anyone, and what is wished of them."""

    service: Mapping[str, Any]
    location: Mapping[str, Any]
    minutes: int
    practitioner: str | None = None
    wished: Wished = Wished()


@dataclass
class House:
    """The clinic as the catalog's events describe it."""

    locations: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Mapping[str, Any]]
    practitioners: Mapping[str, Mapping[str, Any]]
    rooms: Mapping[str, Mapping[str, Any]]
    schedules: Mapping[str, Mapping[str, Any]]
    remembered: dict[Any, bool] = field(default_factory=dict)

    # --- minute by minute ---

    def is_open(self, location: Mapping[str, Any], minute: datetime) -> bool:
        key = ("open", location["location_id"], minute)
        if key not in self.remembered:
            wall = minute.astimezone(ZoneInfo(location["zone"])).replace(tzinfo=None)
            self.remembered[key] = any(
                _shows(wall, day, hours["from"], hours["to"])
                for day in _evenings(wall)
                for hours in location["opening_hours"]
                if hours["weekday"] == day.weekday() and not _closed(location, day)
            )
        return self.remembered[key]

    def sees_guests(self, who: str, location: Mapping[str, Any], minute: datetime) -> bool:
        key = (who, location["location_id"], minute)
        if key not in self.remembered:
            self.remembered[key] = (
                self.is_open(location, minute)
                and self._on_shift(who, location, minute)
                and not any(
                    datetime.fromisoformat(off["from"]) <= minute < datetime.fromisoformat(off["to"])
                    for off in self.schedules[who]["time_off"]
                )
            )
        return self.remembered[key]

    def _on_shift(self, who: str, location: Mapping[str, Any], minute: datetime) -> bool:
        wall = minute.astimezone(ZoneInfo(location["zone"])).replace(tzinfo=None)
        schedule = self.schedules[who]
        for day in _evenings(wall):
            for shift in (*schedule["weekly"], *schedule.get("alternating", ())):
                if (
                    shift["location_id"] == location["location_id"]
                    and shift["weekday"] == day.weekday()
                    and _valid(shift, day)
                    and _shows(wall, day, shift["from"], shift["to"])
                    and not any(_shows_break(wall, day, shift, pause) for pause in shift["breaks"])
                ):
                    return True
        return False

    # --- who and what ---

    def able(self, asked: Asked) -> list[list[str]]:
        """For each unit, who or what may ever serve it."""
        return [unit for _, unit in self._units(asked)]

    def _units(self, asked: Asked) -> list[tuple[Mapping[str, Any], list[str]]]:
        here = asked.location["location_id"]
        units: list[tuple[Mapping[str, Any], list[str]]] = []
        for need in asked.service["requirements"]:
            if need["kind"] == "practitioner":
                people = [
                    who
                    for who, each in sorted(self.practitioners.items())
                    if self._may(each, need, asked) and not any(strict for strict in _unmet(each, asked.wished))
                ]
                units += [(need, people)] * need["count"]
        for need in asked.service["requirements"]:
            fitting = [
                each
                for each in self.rooms.values()
                if each["location_id"] == here and each["kind"] == need["kind"] and _fits(each, need)
            ]
            if need["kind"] != "practitioner":
                by_size = sorted(fitting, key=lambda each: (each["capacity"], each["resource_id"]))
                times = need["count"] if need["kind"] != "room" else 1
                units += [(need, [each["resource_id"] for each in by_size])] * times
        return units

    @staticmethod
    def _may(who: Mapping[str, Any], need: Mapping[str, Any], asked: Asked) -> bool:
        if need["skill"] not in who["skills"] or asked.location["location_id"] not in who["location_ids"]:
            return False
        return not _asks_licence(need, asked) or any(_holds_there(each, asked) for each in who["licences"])

    def _licensed_throughout(self, who: str, need: Mapping[str, Any], asked: Asked, start: datetime) -> bool:
        """Some licence of theirs that holds there has not expired at any minute of it."""
        if not _asks_licence(need, asked):
            return True
        zone = ZoneInfo(asked.location["zone"])
        days = {at.astimezone(zone).date() for at in _minutes(start, asked.minutes)}
        good = [each for each in self.practitioners[who]["licences"] if _holds_there(each, asked)]
        return all(any(day <= date.fromisoformat(each["expires_on"]) for each in good) for day in days)

    def _works_throughout(self, who: str, asked: Asked, start: datetime) -> bool:
        return all(self.sees_guests(who, asked.location, at) for at in _minutes(start, asked.minutes))

    # --- what is on offer ---

    def combinations(
        self, asked: Asked, start: datetime, claims: Iterable[Claimed], now: datetime | None
    ) -> list[Combination]:
        """Every combination that could serve, whatever it is worth; `now` None leaves notice and horizon aside."""
        if not self._on_grid(asked, start) or (now is not None and not _in_time(asked, start, now)):
            return []
        if not all(self.is_open(asked.location, at) for at in _minutes(start, asked.minutes)):
            return []
        since, until = claim_of(asked, start)
        taken = {each.resource for each in claims if each.since < until and since < each.until}
        free = [
            [
                each
                for each in unit
                if each not in taken
                and (
                    each not in self.practitioners
                    or (
                        self._works_throughout(each, asked, start)
                        and self._licensed_throughout(each, need, asked, start)
                    )
                )
            ]
            for need, unit in self._units(asked)
        ]
        return [
            tried
            for tried in product(*free)
            if len(set(tried)) == len(tried) and (asked.practitioner is None or asked.practitioner in tried)
        ]

    @staticmethod
    def _on_grid(asked: Asked, start: datetime) -> bool:
        wall = start.astimezone(ZoneInfo(asked.location["zone"]))
        offer = offer_of(asked)
        return wall.second == 0 and (wall.hour * 60 + wall.minute) % offer["start_grid_minutes"] == 0

    def offered(
        self, asked: Asked, since: datetime, until: datetime, claims: Sequence[Claimed], now: datetime
    ) -> dict[datetime, tuple[str, ...]]:
        """Every start within `[since, until)`, and the practitioners who could serve it."""
        found: dict[datetime, tuple[str, ...]] = {}
        for start in _minutes(since, int((until - since) / MINUTE)):
            served = self.combinations(asked, start, claims, now)
            if served:
                people = {each for tried in served for each in tried if each in self.practitioners}
                found[start] = tuple(sorted(people))
        return found

    def best(
        self, asked: Asked, start: datetime, combinations: Sequence[Combination], booked: Iterable[Claimed]
    ) -> Combination:
        """Of combinations, the one that the stated rule prefers: wishes met, booked minutes that local day, id."""
        zone = ZoneInfo(asked.location["zone"])
        today = start.astimezone(zone).date()
        minutes = dict.fromkeys(self.practitioners, 0)
        for each in booked:
            if each.resource in minutes:
                minutes[each.resource] += sum(
                    at.astimezone(zone).date() == today
                    for at in _minutes(each.since, int((each.until - each.since) / MINUTE))
                )
        places = {each: place for unit in self.able(asked) for place, each in enumerate(unit)}

        def worth(tried: Combination) -> list[tuple[int, int, Any]]:
            return [
                (len(_unmet(self.practitioners[each], asked.wished)), minutes[each], each)
                if each in self.practitioners
                else (0, 0, places[each])
                for each in tried
            ]

        return min(combinations, key=worth)


def _unmet(who: Mapping[str, Any], wished: Wished) -> list[bool]:
    """One entry for each wish that the practitioner does not meet: whether it is strict."""
    unmet = []
    if wished.gender is not None and who.get("gender") != wished.gender:
        unmet.append(wished.strict_gender)
    if wished.languages and not any(each in who["languages"] for each in wished.languages):
        unmet.append(wished.strict_languages)
    return unmet


def offer_of(asked: Asked) -> Mapping[str, Any]:
    """How the service is offered there."""
    here = asked.location["location_id"]
    found: Mapping[str, Any] = next(each for each in asked.service["offers"] if each["location_id"] == here)
    return found


def claim_of(asked: Asked, start: datetime) -> tuple[datetime, datetime]:
    """The time that a treatment takes its resources, buffers included."""
    since = start - asked.service["set_up_minutes"] * MINUTE
    return since, start + (asked.minutes + asked.service["clean_up_minutes"]) * MINUTE


def _in_time(asked: Asked, start: datetime, now: datetime) -> bool:
    offer, zone = offer_of(asked), ZoneInfo(asked.location["zone"])
    ahead = (start.astimezone(zone).date() - now.astimezone(zone).date()).days
    soonest = now + offer["minimum_notice_minutes"] * MINUTE
    return start > now and start >= soonest and ahead <= offer["horizon_days"]


def _minutes(since: datetime, count: int) -> Iterator[datetime]:
    since = since.astimezone(UTC)
    return (since + each * MINUTE for each in range(count))


def _evenings(wall: datetime) -> Iterator[date]:
    """The days whose hours may still run: today's, and those of the nights before."""
    return (wall.date() - back * DAY for back in range(3))


def _wall(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def _shows(wall: datetime, day: date, since: str, until: str) -> bool:
    end = _wall(day, until)
    return _wall(day, since) <= wall < (end if until > since else end + DAY)


def _shows_break(wall: datetime, day: date, shift: Mapping[str, Any], pause: Mapping[str, Any]) -> bool:
    start, end = _wall(day, pause["from"]), _wall(day, pause["to"])
    if pause["from"] < shift["from"]:
        start += DAY
    while end <= start:
        end += DAY
    return start <= wall < end


def _valid(shift: Mapping[str, Any], day: date) -> bool:
    if shift["valid_from"] and day < date.fromisoformat(shift["valid_from"]):
        return False
    if shift["valid_to"] and day > date.fromisoformat(shift["valid_to"]):
        return False
    if "every_weeks" not in shift:
        return True
    first = date.fromisoformat(shift["from_week_of"])
    weeks = ((day - day.weekday() * DAY) - (first - first.weekday() * DAY)).days // 7
    return weeks % int(shift["every_weeks"]) == 0


def _closed(location: Mapping[str, Any], day: date) -> bool:
    return any(
        date.fromisoformat(each["from_date"]) <= day <= date.fromisoformat(each["to_date"])
        for each in location["closures"]
    )


def _asks_licence(need: Mapping[str, Any], asked: Asked) -> bool:
    return asked.service["modality"] == "physical_therapy" or bool(need.get("licensed"))


def _holds_there(licence: Mapping[str, Any], asked: Asked) -> bool:
    """A licence holds in its region, and a country's in every part of it."""
    return bool(
        licence["region"] == asked.location["region"] or asked.location["region"].startswith(f"{licence['region']}-")
    )


def _fits(room: Mapping[str, Any], need: Mapping[str, Any]) -> bool:
    if need["kind"] == "room":
        return bool(room["room_kind"] == need["room_kind"] and room["capacity"] >= need["capacity"])
    return bool(room["unit_kind"] == need["unit_kind"])
