"""Visits of several parts in memory, over the fake series: they refuse as the real ones do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from fake_series import FakeSeries
from gateway.application.errors import Refused
from starlette.applications import Starlette

_QUARTER = timedelta(minutes=15)


@dataclass
class FakeVisits(FakeSeries):
    """Series and visits; of a visit each part begins a quarter of an hour after the one before at the soonest."""

    async def visits(self, *, since: datetime, until: datetime, **wanted: Any) -> Any:
        self._meet("visits")
        if until - since > timedelta(days=14):
            raise Refused("range_too_wide")
        location = self.booking_service.catalog.location(wanted["location_id"]) or {}
        parts = [self._part(wanted, part) for part in wanted["parts"]]
        free = [await self._starts(wanted, part, since, until + timedelta(hours=8)) for part in wanted["parts"]]
        return {
            "location_id": location["id"],
            "zone": location["zone"],
            "arrangement": wanted["arrangement"],
            "price": {
                "amount": str(sum(Decimal(part["price"]["amount"]) for part in parts)),
                "currency": parts[0]["price"]["currency"],
            },
            "parts": parts,
            "visits": [
                {"start": placed[0]["start"], "end": placed[-1]["end"], "parts": placed}
                for placed in _placed(wanted["arrangement"], free)
                if since <= datetime.fromisoformat(placed[0]["start"]) < until
            ],
        }

    async def book_visit(self, *, start: datetime, idempotency: Any = None, **wanted: Any) -> Any:
        self._meet("book_visit")
        if idempotency is not None and idempotency.key in self.keys:
            return self._answer(self.keys[idempotency.key], replayed=True)
        self.asked.append({"start": start, **wanted})
        if "@" not in (wanted["guest"]["email"] or "@"):
            raise Refused("email_invalid")
        asked = {name: wanted[name] for name in ("location_id", "arrangement", "parts")}
        found = await self.visits(since=start, until=start + timedelta(seconds=1), **asked)
        location = self.booking_service.catalog.location(wanted["location_id"]) or {}
        for part, given in zip(found["parts"], wanted["parts"], strict=True):
            if part["screening"] and not given["screening"]["all_clear"]:
                raise Refused("clearance_needed", extra={"phone": location["phone"]})
        if not found["visits"]:
            around = await self.visits(since=start, until=start + timedelta(days=1), **asked)
            near = [{**each, "practitioner_ids": []} for each in around["visits"][:3]]
            raise Refused("slot_taken", extra={"alternatives": near})
        visit, series_id = found["visits"][0], str(uuid4())
        self.made[series_id] = {
            "id": series_id,
            "mode": "all_or_nothing",
            "arrangement": wanted["arrangement"],
            "cadence": None,
            "location": {key: location[key] for key in ("id", "name", "zone", "phone", "address")},
            "sessions": [
                self._booked(
                    {
                        "session": place,
                        "service": self._service(part["service_id"]),
                        "wanted": at["start"],
                        "slot": at,
                        "price": part["price"],
                        "duration_minutes": part["duration_minutes"],
                    },
                    location,
                    {**wanted["guest"], "name": given.get("name") or wanted["guest"]["name"]},
                )
                for place, (at, part, given) in enumerate(
                    zip(visit["parts"], found["parts"], wanted["parts"], strict=True), start=1
                )
            ],
        }
        for session, given in zip(self.made[series_id]["sessions"], wanted["parts"], strict=True):
            known = (self.booking_service.catalog.service(given["service_id"]) or {}).get("add_ons", ())
            had = [{"id": one["id"], "name": one["name"]} for one in known if one["id"] in given.get("add_on_ids", ())]
            session["booking"]["guests"] = (
                [{"name": session["booking"]["guest"]["name"], "add_ons": had}] if had else []
            )
        if idempotency is not None:
            self.keys[idempotency.key] = series_id
        return self._answer(series_id)

    def _part(self, wanted: Any, part: Any) -> dict[str, Any]:
        _, service, minutes = self.booking_service._offered(
            wanted["location_id"], part["service_id"], part["duration_minutes"]
        )
        extras = part.get("add_on_ids", ())
        offer = next(each for each in service["offers"] if each["location_id"] == wanted["location_id"])
        priced = [each for each in offer["durations"] if each["minutes"] == minutes]
        priced += [each for each in offer.get("add_ons", ()) if each["id"] in extras]
        asks, own = service["screening"], [one for one in service.get("add_ons", ()) if one["id"] in extras]
        questions = [*(asks["questions"] if asks else ()), *(each for one in own for each in one["questions"])]
        return {
            "service_id": service["id"],
            "duration_minutes": minutes + self.booking_service._more(service, extras),
            "price": {
                "amount": str(sum(Decimal(each["price"]["amount"]) for each in priced)),
                "currency": priced[0]["price"]["currency"],
            },
            "screening": {"version": asks["version"] if asks else 0, "questions": questions} if questions else None,
        }

    def _service(self, service_id: str) -> dict[str, Any]:
        service = self.booking_service.catalog.service(service_id) or {}
        return {key: service[key] for key in ("id", "name", "discreet_name", "modality")}

    async def _starts(self, wanted: Any, part: Any, since: datetime, until: datetime) -> dict[datetime, Any]:
        found = await self.booking_service.availability(
            location_id=wanted["location_id"], since=since, until=until, **part_of(part)
        )
        return {datetime.fromisoformat(each["start"]): each for each in found["slots"]}


def part_of(part: Any) -> dict[str, Any]:
    """What of a part says what is looked for."""
    looked_for = ("service_id", "duration_minutes", "practitioner_id", "add_on_ids", "preferences")
    return {name: part[name] for name in looked_for if name in part}


def _placed(arrangement: str, free: list[dict[datetime, Any]]) -> Iterator[list[Any]]:
    first, *others = free
    for start, slot in first.items():
        if arrangement == "at_once":
            other = others[0].get(start)
            pairs = [
                (one, two)
                for one in slot["practitioner_ids"]
                for two in (other["practitioner_ids"] if other else ())
                if one != two
            ]
            if other and pairs:
                yield [{**slot, "practitioner_ids": pairs[0][:1]}, {**other, "practitioner_ids": pairs[0][1:]}]
            continue
        placed = [slot]
        for part in others:
            after = datetime.fromisoformat(placed[-1]["end"])
            placed += [part[at] for at in (after + _QUARTER, after + 2 * _QUARTER) if at in part][:1]
        if len(placed) == len(free):
            yield placed


def with_visits(app: Starlette) -> Starlette:
    """The app with series and visits on its fake booking service."""
    platform = app.state.slotwell
    platform.series = FakeVisits(booking_service=platform.booking, now=platform.clock.now)
    return app
