"""A waitlist in memory that refuses as the real one does; a test says when a time is offered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fake_catalog import FakeCatalogCopy
from gateway.application.errors import Refused
from starlette.applications import Starlette


@dataclass
class FakeWaitlist:
    """Entries by id; the token of each is `token-<id>`."""

    now: Any
    catalog: FakeCatalogCopy
    bookings: dict[str, dict[str, Any]]
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    before: dict[str, Exception] = field(default_factory=dict)
    papers: dict[str, Any] = field(default_factory=dict)
    companions: Any = ()

    async def join(self, *, idempotency: Any = None, **wanted: Any) -> Any:
        self._meet("join")
        if idempotency is not None and idempotency.key in self.keys:
            return self._joined(self.keys[idempotency.key], replayed=True)
        if wanted["until"] <= self.now():
            raise Refused("in_the_past")
        if "@" not in (wanted["guest"]["email"] or "@"):
            raise Refused("email_invalid")
        location = next(one for one in self.catalog.locations() if one["id"] == wanted["location_id"])
        service = next(one for one in self.catalog.services() if one["id"] == wanted["service_id"])
        people = self.catalog.practitioners(location_id=location["id"], service_id=service["id"])
        zone = ZoneInfo(location["zone"])
        entry_id = str(uuid4())
        self.entries[entry_id] = {
            "id": entry_id,
            "state": "waiting",
            "location": location,
            "service": service,
            "duration_minutes": wanted.get("duration_minutes") or 60,
            "practitioner": next(
                (
                    {"id": one["id"], "name": one["name"]}
                    for one in people
                    if one["id"] == wanted.get("practitioner_id")
                ),
                None,
            ),
            "from": wanted["since"].astimezone(zone).isoformat(),
            "to": wanted["until"].astimezone(zone).isoformat(),
            "weekdays": wanted.get("weekdays"),
            "earliest": wanted["earliest"],
            "latest": wanted["latest"],
            "guest": wanted["guest"],
            "made_at": self.now().isoformat(),
            "ended_at": None,
            "offer": None,
            "screening": service["screening"],
            "guests": self._guests(wanted, service, people),
            "booking_id": None,
        }
        if idempotency is not None:
            self.keys[idempotency.key] = entry_id
        return self._joined(entry_id)

    def _guests(self, wanted: dict[str, Any], service: Any, people: Any) -> list[dict[str, Any]]:
        companions, alike = wanted.get("companions", []), {"add_on_ids": wanted.get("add_on_ids", ())}
        if 1 + len(companions) != (service.get("guests") or 1):
            raise Refused("party_size")
        if not companions and not alike["add_on_ids"]:
            return []
        add_ons = {one["id"]: {"id": one["id"], "name": one["name"]} for one in service.get("add_ons") or ()}
        each = wanted.get("guests") or [alike] * (1 + len(companions))
        return [
            {
                "name": who["name"],
                "duration_minutes": asked.get("duration_minutes") or 60,
                "practitioner": next(
                    ({"id": p["id"], "name": p["name"]} for p in people if p["id"] == asked.get("practitioner_id")),
                    None,
                ),
                "preferences": None,
                "add_ons": [add_ons[one] for one in asked["add_on_ids"]],
                "screening": service["screening"],
            }
            for who, asked in zip([wanted["guest"], *companions], each, strict=True)
        ]

    def offers(self, entry_id: str, *, minutes: int = 30) -> None:
        """Offer a time of the first day wanted."""
        entry = self.entries[entry_id]
        start = datetime.fromisoformat(entry["from"]) + timedelta(days=1, hours=10)
        people = self.catalog.practitioners(location_id=entry["location"]["id"], service_id=entry["service"]["id"])
        entry["state"] = "offered"
        entry["offer"] = {
            "id": str(uuid4()),
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=entry["duration_minutes"])).isoformat(),
            "practitioners": [{"id": people[0]["id"], "name": people[0]["name"]}],
            "price": {"amount": "95.00", "currency": "EUR"},
            "deadline": (self.now() + timedelta(minutes=minutes)).isoformat(),
        }

    async def entry(self, *, entry_id: str, token: str) -> Any:
        self._meet("entry")
        return {"entry": self._mine(entry_id, token)}

    async def leave(self, *, entry_id: str, token: str) -> Any:
        return self._ended(entry_id, token, "withdrawn")

    async def decline(self, *, entry_id: str, token: str) -> Any:
        if self._mine(entry_id, token)["state"] == "accepted":
            raise Refused("no_offer")
        return self._ended(entry_id, token, "waiting")

    async def accept(self, *, entry_id: str, token: str, screening: Any = None, guests: Any = (), **papers: Any) -> Any:
        self._meet("accept")
        self.companions = guests
        self.papers = papers
        entry = self._mine(entry_id, token)
        if entry["state"] == "accepted":
            return self._booked(entry, replayed=True)
        if entry["offer"] is None:
            raise Refused("offer_expired", extra={"alternatives": []})
        if entry["screening"] and screening is None:
            raise Refused("screening_required", extra={"screening": entry["screening"]})
        if entry["screening"] and not screening["all_clear"]:
            raise Refused("clearance_needed", extra={"phone": entry["location"]["phone"]})
        for place, said in enumerate(guests, start=2):
            if entry["screening"] and not (said["screening"] or {}).get("all_clear"):
                raise Refused("clearance_needed", extra={"phone": entry["location"]["phone"], "guest": place})
        entry["state"], entry["booking_id"] = "accepted", str(uuid4())
        return self._booked(entry)

    def _booked(self, entry: dict[str, Any], *, replayed: bool = False) -> Any:
        booking_id, offer = entry["booking_id"], entry["offer"]
        booking = {
            "id": booking_id,
            "state": "confirmed",
            "revision": 1,
            **{name: entry[name] for name in ("location", "service", "duration_minutes", "guest")},
            **{name: offer[name] for name in ("start", "end", "practitioners", "price")},
            "free_until": offer["start"],
            "made_at": entry["made_at"],
            **dict.fromkeys(("fee", "fee_owed", "undo_until", "cancelled_at")),
        }
        self.bookings[booking_id] = booking
        return {"booking": booking, "manage_token": f"token-{booking_id}", "replayed": replayed}

    def _ended(self, entry_id: str, token: str, state: str) -> Any:
        entry = self._mine(entry_id, token)
        entry["state"], entry["offer"] = state, None
        return {"entry": entry}

    def _joined(self, entry_id: str, *, replayed: bool = False) -> Any:
        return {"entry": self.entries[entry_id], "token": f"token-{entry_id}", "replayed": replayed}

    def _mine(self, entry_id: str, token: str) -> dict[str, Any]:
        if token != f"token-{entry_id}" or entry_id not in self.entries:
            raise Refused("token_invalid")
        return self.entries[entry_id]

    def _meet(self, method: str) -> None:
        if method in self.before:
            raise self.before.pop(method)


def _named(people: Any, practitioner_id: str | None) -> dict[str, Any] | None:
    return next(({"id": one["id"], "name": one["name"]} for one in people if one["id"] == practitioner_id), None)


def with_waitlist(app: Starlette) -> Starlette:
    """The pages on the fake clinic, with a waitlist too."""
    here = app.state.slotwell
    here.waitlist = FakeWaitlist(now=here.clock.now, catalog=here.catalog, bookings=here.booking.bookings)
    return app
