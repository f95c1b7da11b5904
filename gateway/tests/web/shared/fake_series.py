"""Series in memory over the fake booking service: it refuses as the real one does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fake_clinic import FakeBookingService
from gateway.application.errors import Refused
from starlette.applications import Starlette

_DAYS = {"days": 1, "weeks": 7}


@dataclass
class FakeSeries:
    """Series by id; the token of each is `series-<id>`. Sessions at other than the wanted time are never proposed."""

    booking_service: FakeBookingService
    now: Any
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    before: dict[str, Exception] = field(default_factory=dict)

    async def plan(self, **wanted: Any) -> Any:
        self._meet("plan")
        self.asked.append(wanted)
        location = self.booking_service.catalog.location(wanted["location_id"]) or {}
        sessions = [self._planned(place, wanted, location) for place in self._places(wanted)]
        services = list(dict.fromkeys(part["service_id"] for part in wanted["parts"]))
        screened = [(each, (self.booking_service.catalog.service(each) or {})["screening"]) for each in services]
        return {
            "location": location,
            "complete": all(each["slot"] for each in sessions),
            "sessions": sessions,
            "screening": [{"service_id": each, "screening": one} for each, one in screened if one],
        }

    async def book(self, *, idempotency: Any = None, **wanted: Any) -> Any:
        self._meet("book")
        if idempotency is not None and idempotency.key in self.keys:
            return self._answer(self.keys[idempotency.key], replayed=True)
        plan = await self.plan(
            **{name: wanted[name] for name in ("location_id", "parts", "cadence", "starting", "order")}
        )
        self.asked.append(wanted)
        if "@" not in (wanted["guest"]["email"] or "@"):
            raise Refused("email_invalid")
        clear = {each["service_id"]: each["all_clear"] for each in wanted["screening"]}
        for each in plan["screening"]:
            if each["service_id"] not in clear:
                raise Refused("screening_required", extra={"screening": each["screening"]})
            if not clear[each["service_id"]]:
                raise Refused("clearance_needed", extra={"phone": plan["location"]["phone"]})
        free = [each for each in plan["sessions"] if each["slot"]]
        if not free or (wanted["mode"] == "all_or_nothing" and len(free) < len(plan["sessions"])):
            raise Refused("series_incomplete", extra={"sessions": []})
        series_id = str(uuid4())
        self.made[series_id] = {
            "id": series_id,
            "mode": wanted["mode"],
            "location": {key: plan["location"][key] for key in ("id", "name", "zone", "phone", "address")},
            "sessions": [self._booked(each, plan["location"], wanted["guest"]) for each in plan["sessions"]],
        }
        if idempotency is not None:
            self.keys[idempotency.key] = series_id
        return self._answer(series_id)

    async def series(self, *, series_id: str, token: str) -> Any:
        return {"series": self._mine(series_id, token)}

    async def propose(self, *, series_id: str, token: str, session: int) -> Any:
        self._meet("propose")
        series = self._mine(series_id, token)
        if not 1 <= session <= len(series["sessions"]):
            raise Refused("invalid_request")
        place = series["sessions"][session - 1]
        if place["state"] == "confirmed" and not place.get("displaced"):
            raise Refused("session_stands")
        around = datetime.fromisoformat(place["wanted"])
        return {
            "session": session,
            "service": place["service"],
            "wanted": place["wanted"],
            "duration_minutes": 60,
            "price": {"amount": "95.00", "currency": "EUR"},
            "proposals": [self._slot(around + timedelta(hours=hours)) for hours in (1, 2, 3)],
            "screening": None
            if place.get("displaced")
            else (self.booking_service.catalog.service(place["service"]["id"]) or {})["screening"],
        }

    async def repair(self, *, series_id: str, token: str, session: int, start: datetime, **said: Any) -> Any:
        self._meet("repair")
        series = self._mine(series_id, token)
        place = series["sessions"][session - 1]
        asked = (self.booking_service.catalog.service(place["service"]["id"]) or {})["screening"]
        if asked and not place.get("displaced") and not (said.get("screening") or {}).get("all_clear"):
            raise Refused("clearance_needed", extra={"phone": series["location"]["phone"]})
        guest = next(each["booking"]["guest"] for each in series["sessions"] if each["booking"])
        planned = {**place, "slot": self._slot(start), "price": {"amount": "95.00", "currency": "EUR"}}
        location = self.booking_service.catalog.location(series["location"]["id"])
        series["sessions"][session - 1] = self._booked({**planned, "duration_minutes": 60}, location, guest)
        return {"series": series}

    async def cancel(self, *, series_id: str, token: str, accept_fee: bool) -> Any:
        self._meet("cancel")
        series = self._mine(series_id, token)
        for each in series["sessions"]:
            if each["state"] == "confirmed":
                each["state"] = each["booking"]["state"] = "cancelled"
        return {"series": series}

    def gives_up(self, series_id: str, session: int) -> None:
        """Cancel one session."""
        place = self.made[series_id]["sessions"][session - 1]
        place["state"] = place["booking"]["state"] = "cancelled"

    def _places(self, wanted: Any) -> list[dict[str, Any]]:
        every = timedelta(days=wanted["cadence"]["every"] * _DAYS[wanted["cadence"]["unit"]])
        parts = [part for part in wanted["parts"] for _ in range(part["sessions"])]
        return [
            {"session": at + 1, "part": part, "start": wanted["starting"] + at * every} for at, part in enumerate(parts)
        ]

    def _planned(self, place: Any, wanted: Any, location: Any) -> dict[str, Any]:
        part, start = place["part"], place["start"].astimezone(ZoneInfo(location["zone"]))
        _, service, minutes = self.booking_service._offered(
            wanted["location_id"], part["service_id"], part["duration_minutes"]
        )
        people = self.booking_service.catalog.practitioners(location_id=location["id"], service_id=service["id"])
        gender = (part.get("preferences") or {}).get("gender")
        free = [
            one["id"]
            for one in people
            if part["practitioner_id"] in {None, one["id"]}
            and gender in {None, one["gender"]}
            and self.booking_service._free(one["id"], start, minutes, None)
        ]
        return {
            "session": place["session"],
            "service": {key: service[key] for key in ("id", "name", "discreet_name", "modality")},
            "wanted": start.isoformat(),
            "duration_minutes": minutes,
            "price": {"amount": "95.00", "currency": "EUR"},
            "slot": {**self._slot(start), "practitioner_ids": free} if free else None,
            "alternatives": [] if free else [self._slot(start + timedelta(hours=2))],
        }

    def _booked(self, each: Any, location: Any, guest: Any) -> dict[str, Any]:
        place = {key: each[key] for key in ("session", "service", "wanted")}
        if each["slot"] is None:
            return {**place, "state": "open", "booking": None, "alternatives": each["alternatives"]}
        who = (each["slot"]["practitioner_ids"] or [""])[0]
        people = self.booking_service.catalog.practitioners(
            location_id=location["id"], service_id=each["service"]["id"]
        )
        booking_id = str(uuid4())
        start = datetime.fromisoformat(each["slot"]["start"])
        booking = {
            "id": booking_id,
            "state": "confirmed",
            "revision": 1,
            "location": {key: location[key] for key in ("id", "name", "zone", "phone", "address")},
            "service": each["service"],
            "practitioners": [{"id": one["id"], "name": one["name"]} for one in people if one["id"] == who]
            or [{"id": people[0]["id"], "name": people[0]["name"]}],
            "start": each["slot"]["start"],
            "end": each["slot"]["end"],
            "duration_minutes": each["duration_minutes"],
            "price": each["price"],
            "guest": {key: guest.get(key) for key in ("name", "email", "phone")},
            "free_until": (start - timedelta(hours=12)).isoformat(),
            "fee": {"amount": "47.50", "currency": "EUR"},
            "no_show_fee": {"amount": "95.00", "currency": "EUR"},
            "made_at": self.now().isoformat(),
            "needs": [],
            "manage_token": f"token-{booking_id}",
            **dict.fromkeys(("fee_owed", "undo_until", "cancelled_at")),
        }
        self.booking_service.bookings[booking_id] = booking
        return {**place, "state": "confirmed", "booking": booking, "alternatives": []}

    def _slot(self, start: datetime) -> dict[str, Any]:
        return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), "practitioner_ids": []}

    def _answer(self, series_id: str, *, replayed: bool = False) -> dict[str, Any]:
        return {"series": self.made[series_id], "token": f"series-{series_id}", "replayed": replayed}

    def _mine(self, series_id: str, token: str) -> dict[str, Any]:
        if token != f"series-{series_id}" or series_id not in self.made:
            raise Refused("token_invalid")
        return self.made[series_id]

    def _meet(self, method: str) -> None:
        if method in self.before:
            raise self.before.pop(method)


def with_series(app: Starlette) -> Starlette:
    """The app with series on its fake booking service."""
    platform = app.state.slotwell
    platform.series = FakeSeries(booking_service=platform.booking, now=platform.clock.now)
    return app
