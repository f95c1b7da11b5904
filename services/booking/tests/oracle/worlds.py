"""Random clinics around the days on which clocks change, as the catalog would tell of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from booking.adapters.catalog_events import read
from booking.domain.clinic import Clinic

from services.booking.tests.clinic_data import an_id, location, offer, practitioner, price, room, schedule, service
from services.booking.tests.oracle.naive import House

CLOCKS_CHANGE = (
    ("Europe/Paris", date(2026, 10, 25)),
    ("Europe/Paris", date(2027, 3, 28)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/New_York", date(2027, 3, 14)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # by half an hour
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Europe/Paris", date(2026, 12, 1)),  # they do not, on the seam of two months
)
OPEN = (("09:00", "21:00"), ("00:00", "00:00"), ("06:00", "06:00"), ("20:00", "05:00"), ("01:00", "03:30"))
SHIFTS = (
    ("09:00", "17:00", (("12:00", "12:45"),)),
    ("22:00", "04:00", (("01:30", "02:15"),)),
    ("18:00", "02:00", (("23:45", "00:30"),)),
    ("00:00", "06:00", (("02:00", "03:00"),)),
    ("01:30", "03:30", ()),
    ("23:30", "08:00", (("04:10", "04:20"), ("06:00", "06:30"))),
    ("00:00", "00:00", ()),
)
SKILLS = ("a", "b")
_ONE = {"kind": "practitioner", "count": 1, "skill": "a"}
_OTHER = {"kind": "practitioner", "count": 1, "skill": "b"}
_LICENSED = {"kind": "practitioner", "count": 1, "skill": "a", "licensed": True}
_TWO = {"kind": "practitioner", "count": 2, "skill": "a"}
_ROOM = {"kind": "room", "room_kind": "treatment", "capacity": 1, "count": 1}
_ROOM_FOR_TWO = {"kind": "room", "room_kind": "treatment", "capacity": 2, "count": 1}
_HEATERS = {"kind": "equipment", "unit_kind": "heater", "count": 2}
NEEDS: tuple[list[dict[str, Any]], ...] = (
    [_ONE],
    [_ONE, _ROOM],
    [_TWO, _ROOM_FOR_TWO],
    [_ONE, _OTHER, _ROOM],
    [_ONE, _OTHER, _HEATERS],
    [_TWO, _OTHER],
    [_ROOM, _ROOM_FOR_TWO, _ONE],
    [_LICENSED, _ROOM],
    [_LICENSED, _OTHER],
)


class World:
    """A clinic in the catalog's words, to be read by the product and by the oracle each in their own way."""

    def __init__(self, day: date, now: datetime, told: list[dict[str, Any]]) -> None:
        self.day = day
        self.now = now
        self.kinds: dict[str, dict[str, dict[str, Any]]] = {}
        for each in told:
            kind = each["name"].removeprefix("catalog.").removesuffix("_changed.v1")
            data = each["data"]
            name = "practitioner_id" if kind == "schedule" else f"{kind}_id"
            self.kinds.setdefault(kind, {})[data[name]] = data
        self.version = 1

    def of(self, kind: str) -> Mapping[str, dict[str, Any]]:
        return self.kinds.get(kind, {})

    def clinic(self) -> Clinic:
        """As booking reads it."""
        views: dict[str, Any] = {
            kind: {each: read(kind, data) for each, data in found.items()} for kind, found in self.kinds.items()
        }
        return Clinic(
            version=self.version,
            locations=views["location"],
            services=views["service"],
            practitioners=views["practitioner"],
            rooms=views.get("resource", {}),
            schedules=views["schedule"],
        )

    def house(self) -> House:
        """As the oracle reads it."""
        return House(
            self.of("location"), self.of("service"), self.of("practitioner"), self.of("resource"), self.of("schedule")
        )

    def give_time_off(self, who: str, since: datetime, until: datetime) -> None:
        off = {"from": since.isoformat(), "to": until.isoformat()}
        self.kinds["schedule"][who]["time_off"].append(off)
        self.version += 1


def _locations(dice: Random, day: date, zones: list[str]) -> list[dict[str, Any]]:
    tomorrow = f"{day + timedelta(days=1)}"
    return [
        location(
            location_id=an_id(f"branch {number}"),
            zone=zone,
            region="FR-75" if number else "FR",
            opening_hours=[
                {"weekday": weekday, "from": since, "to": until}
                for weekday in range(7)
                for since, until in dice.sample(OPEN, dice.randint(1, 2))
            ],
            closures=[{"from_date": tomorrow, "to_date": tomorrow}] if dice.random() < 0.15 else [],
        )
        for number, zone in enumerate(zones)
    ]


def _services(dice: Random, branches: list[str]) -> list[dict[str, Any]]:
    lengths = [{"minutes": each, "price": price("80.00")} for each in dice.choice([(60,), (30, 90), (45,)])]
    found = [
        service(
            an_id(f"service {number}"),
            modality=dice.choice(["massage", "massage", "massage", "physical_therapy"]),
            set_up_minutes=dice.choice([0, 5, 10]),
            clean_up_minutes=dice.choice([0, 10, 15]),
            requirements=dice.choice(NEEDS),
            cancellation={"free_until_hours": 0, "fee_percent": 50},
            offers=[
                offer(
                    location_id=branch,
                    minimum_notice_minutes=dice.choice([0, 0, 60, 24 * 60]),
                    horizon_days=dice.choice([0, 1, 90, 90, 90]),
                    start_grid_minutes=dice.choice([10, 15, 25, 30, 60]),
                    durations=lengths,
                )
                for branch in branches
            ],
        )
        for number in range(2)
    ]
    for each in found:
        if each["data"]["requirements"] == [_TWO, _ROOM_FOR_TWO]:  # physical therapy for two is not booked online
            each["data"]["modality"] = "massage"
    return found


def _in_another(licence: dict[str, Any], dice: Random) -> dict[str, Any]:
    until = date.fromisoformat(licence["expires_on"]) + timedelta(days=dice.choice([-2, 2]))
    return {"region": dice.choice(["CA", "FR-75", "FR"]), "number": "2", "expires_on": f"{until}"}


def _shifts(dice: Random, day: date, branches: list[str]) -> list[dict[str, Any]]:
    found = []
    for _ in range(dice.randint(3, 8)):
        since, until, pauses = dice.choice(SHIFTS)
        found.append(
            {
                "location_id": dice.choice(branches),
                "weekday": (day + timedelta(days=dice.choice((-1, 0, 0, 1)))).weekday(),
                "from": since,
                "to": until,
                "breaks": [{"from": a, "to": b} for a, b in dice.choice([(), pauses])],
                "valid_from": dice.choice([None, None, None, f"{day}"]),
                "valid_to": dice.choice([None, None, None, f"{day}"]),
            }
        )
    return found


def _people(dice: Random, day: date, branches: list[str]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    others = Random()  # noqa: S311  # dice of their own, thrown from here on: the rest of a world stays what it was
    others.setstate(dice.getstate())
    monday = day - timedelta(days=day.weekday())  # the catalog tells weeks by their Mondays
    for number in range(dice.randint(2, 4)):
        who = an_id(f"practitioner {number}")
        there = dice.choice([branches, branches, branches[:1], branches[-1:]])
        expiry = day + timedelta(days=dice.randint(-1, 4))
        licence = {"region": others.choice(["FR", "FR", "FR-75"]), "number": "1", "expires_on": f"{expiry}"}
        licences = dice.choice([[], [licence], [licence], [licence]])
        licences = [*others.choice([[], [], [_in_another(licence, others)]]), *licences]
        told.append(
            practitioner(
                who,
                skills=dice.choice([["a"], ["b"], ["a", "b"], ["a", "b"], ["a", "b"]]),
                location_ids=there,
                licence=licences[0] if licences else None,
                licences=licences,
                gender=others.choice(["female", "male", None]),
                languages=others.choice([["fr"], ["fr", "en"], ["en"]]),
            )
        )
        every = {"every_weeks": 2, "from_week_of": f"{monday - timedelta(weeks=dice.randint(0, 1))}"}
        alternating = [{**each, **every} for each in _shifts(dice, day, there)[:1]]
        told.append(
            schedule(
                who,
                weekly=_shifts(dice, day, there),
                alternating=dice.choice([[], alternating]),
            )
        )
    return told


def world(seed: int) -> World:
    """Return of one seed always the same: one or two branches in zones of their own, and who and what serves there."""
    dice = Random(seed)  # noqa: S311  # nothing is kept secret with it
    zone, day = dice.choice(CLOCKS_CHANGE)
    zones = [zone, *dice.choice([[], [dice.choice(CLOCKS_CHANGE)[0]]])]
    told: list[dict[str, Any]] = _locations(dice, day, zones)
    branches = [each["data"]["location_id"] for each in told]
    told += _services(dice, branches) + _people(dice, day, branches)
    for number in range(dice.randint(2, 5)):
        capacity = dice.choice([1, 2, 2])
        told.append(room(an_id(f"room {number}"), location_id=branches[number % len(branches)], capacity=capacity))
    for number in range(3):
        told.append(
            room(
                an_id(f"heater {number}"),
                location_id=branches[0],
                kind="equipment",
                room_kind=None,
                unit_kind="heater",
            )
        )
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return World(day, midnight - timedelta(minutes=dice.choice([1, 90, 600, 1500])), told)
