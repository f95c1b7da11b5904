"""La Belle's booking service in memory; it refuses as the real one does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fake_catalog import FakeCatalogCopy
from fake_hold import FakeHold
from gateway.application.errors import OutcomeUnknown, Refused, Unavailable
from gateway.application.idempotency import Idempotency
from la_belle import PARIS_PHONE, PRACTITIONERS


@dataclass
class FakeBookingService:
    """Open 10 to 20 every day, every practitioner working, one guest each at a time."""

    now: Any
    catalog: FakeCatalogCopy
    holds: dict[str, FakeHold] = field(default_factory=dict)
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[tuple[str, str, str], tuple[str, Any]] = field(default_factory=dict)
    # What the next call of a method meets: an error to raise before it works, or (`after`) once it has.
    before: dict[str, Exception] = field(default_factory=dict)
    after: dict[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    closed_days: int = 0

    async def availability(self, **asked: Any) -> Any:
        self._meet("availability")
        location, service, minutes = self._offered(
            asked["location_id"], asked["service_id"], asked.get("duration_minutes")
        )
        zone = ZoneInfo(location["zone"])
        people = [
            person["id"]
            for person in self.catalog.practitioners(location_id=location["id"], service_id=service["id"])
            if asked.get("practitioner_id") in {None, person["id"]}
        ]
        minutes += self._more(service, asked.get("add_on_ids", ()))
        moving = asked.get("moving") or {}
        if moving:
            self._managed(moving["id"], moving["manage_token"])
        own = (asked.get("hold") or moving).get("id")
        slots = []
        day = asked["since"].astimezone(zone).date()
        while datetime.combine(day, time(), zone) < asked["until"]:
            for quarter in range(40):
                start = datetime.combine(day, time(10), zone) + timedelta(minutes=15 * quarter)
                free = [one for one in people if self._free(one, start, minutes, own)]
                opens = self.now() + timedelta(hours=2, days=self.closed_days)
                if free and asked["since"] <= start < asked["until"] and start > opens:
                    slots.append(
                        {
                            "start": start.isoformat(),
                            "end": (start + timedelta(minutes=minutes)).isoformat(),
                            "practitioner_ids": free,
                        }
                    )
            day += timedelta(days=1)
        return {"location_id": location["id"], "service_id": service["id"], "zone": location["zone"], "slots": slots}

    async def search(self, **asked: Any) -> Any:
        return await self.availability(**asked)

    async def hold(self, *, idempotency: Idempotency | None = None, **asked: Any) -> Any:
        self._meet("hold")
        location, service, minutes = self._offered(
            asked["location_id"], asked["service_id"], asked.get("duration_minutes")
        )
        key = ("hold", idempotency.scope, idempotency.key) if idempotency else None
        if key in self.answered:
            return self._shown(self.holds[self.answered[key][1]], replayed=True)
        extras = tuple(asked.get("add_on_ids", ()))
        minutes += self._more(service, extras)
        people = self.catalog.practitioners(location_id=location["id"], service_id=service["id"])
        wanted = asked.get("practitioner_id")
        free = [
            one["id"]
            for one in people
            if wanted in {None, one["id"]} and self._free(one["id"], asked["start"], minutes, None)
        ]
        if asked["start"] <= self.now():
            raise Refused("in_the_past")
        if not free:
            raise Refused("slot_taken", extra={"alternatives": await self._near(asked, minutes)})
        made = datetime.now(UTC)
        hold = FakeHold(
            id=str(uuid4()),
            token=uuid4().hex,
            location_id=location["id"],
            service_id=service["id"],
            start=asked["start"].astimezone(ZoneInfo(location["zone"])),
            minutes=minutes,
            practitioner_id=free[0],
            expires_at=made + timedelta(minutes=10),
            made_at=made,
            extras=extras,
        )
        self.holds[hold.id] = hold
        if key:
            self.answered[key] = ("", hold.id)
        self._meet_after("hold")
        return self._shown(hold)

    async def extend_hold(self, *, hold_id: str, token: str) -> Any:
        self._meet("extend_hold")
        hold = self._mine(hold_id, token)
        if self._state(hold) != "held":
            raise Refused("hold_expired", extra={"alternatives": []})
        hold.expires_at = min(datetime.now(UTC) + timedelta(minutes=10), hold.made_at + timedelta(minutes=30))
        hold.token = uuid4().hex
        return self._shown(hold)

    async def release_hold(self, *, hold_id: str, token: str) -> None:
        self._meet("release_hold")
        self._mine(hold_id, token).released = True

    async def describe_hold(self, *, hold_id: str, token: str) -> Any:
        self._meet("describe_hold")
        hold = self._mine(hold_id, token)
        if hold.released:
            raise Refused("hold_released")
        return self._shown(hold) | {"state": self._state(hold), "booking_id": hold.booking_id}

    async def book(
        self,
        *,
        hold_id: str,
        hold_token: str,
        guest: Mapping[str, Any],
        screening: Mapping[str, Any] | None = None,
        idempotency: Idempotency | None = None,
    ) -> Any:
        self._meet("book")
        hold = self._mine(hold_id, hold_token)
        key = ("book", idempotency.scope, idempotency.key) if idempotency else None
        if idempotency and key in self.answered:
            body_hash, answer = self.answered[key]
            if body_hash != idempotency.body_hash:
                raise Refused("idempotency_key_reused")
            return answer | {"replayed": True}
        if hold.booking_id:
            booking = self.bookings[hold.booking_id]
            return {"booking": booking, "manage_token": f"token-{hold.booking_id}", "replayed": True}
        service = self.catalog.service(hold.service_id) or {}
        if not guest.get("email") and not guest.get("phone"):
            raise Refused("contact_required")
        if guest.get("phone") and not str(guest["phone"]).replace(" ", "").lstrip("+").isdigit():
            raise Refused("phone_invalid")
        if guest.get("email") and "@" not in guest["email"]:
            raise Refused("email_invalid")
        asks = self._shown(hold)["screening"]
        if asks and screening is None:
            raise Refused("screening_required", extra={"screening": asks})
        if asks and screening and not screening["all_clear"]:
            raise Refused("clearance_needed", extra={"phone": PARIS_PHONE})
        if hold.released:
            raise Refused("hold_released")
        if self._state(hold) == "expired" and not self._free(hold.practitioner_id, hold.start, hold.minutes, hold.id):
            asked = {"location_id": hold.location_id, "service_id": hold.service_id, "start": hold.start}
            raise Refused("hold_expired", extra={"alternatives": await self._near(asked, hold.minutes)})
        booking = self._made(hold, guest, service)
        answer = {"booking": booking, "manage_token": f"token-{booking['id']}", "replayed": False}
        if idempotency and key:
            self.answered[key] = (idempotency.body_hash, answer)
        self._meet_after("book")
        return answer

    async def booking(self, *, booking_id: str, manage_token: str) -> Any:
        self._meet("booking")
        return {"booking": self._managed(booking_id, manage_token)}

    async def cancel(
        self, *, booking_id: str, manage_token: str, accept_fee: bool = False, if_revision: int | None = None
    ) -> Any:
        self._meet("cancel")
        booking = self._managed(booking_id, manage_token)
        if if_revision is not None and if_revision != booking["revision"]:
            raise Refused("revision_mismatch")
        if booking["state"] == "cancelled":
            raise Refused("not_cancellable")
        if datetime.fromisoformat(booking["free_until"]) <= self.now() and not accept_fee:
            raise Refused("outside_policy", extra={"fee": booking["fee"], "phone": PARIS_PHONE})
        booking["state"] = "cancelled"
        booking["revision"] += 1
        booking["cancelled_at"] = self.now().isoformat()
        booking["undo_until"] = (self.now() + timedelta(minutes=3)).isoformat()
        self._meet_after("cancel")
        return {"booking": booking}

    async def undo_cancel(self, *, booking_id: str, manage_token: str, if_revision: int | None = None) -> Any:
        self._meet("undo_cancel")
        booking = self._managed(booking_id, manage_token)
        if not booking["undo_until"] or datetime.fromisoformat(booking["undo_until"]) <= self.now():
            raise Refused("undo_expired")
        booking["state"] = "confirmed"
        booking["revision"] += 1
        booking["undo_until"] = None
        return {"booking": booking}

    async def reschedule(
        self, *, booking_id: str, manage_token: str, start: datetime, if_revision: int | None = None, **_: Any
    ) -> Any:
        self._meet("reschedule")
        booking = self._managed(booking_id, manage_token)
        if if_revision is not None and if_revision != booking["revision"]:
            raise Refused("revision_mismatch")
        if booking["state"] == "cancelled":
            raise Refused("not_reschedulable", extra={"phone": PARIS_PHONE})
        if datetime.fromisoformat(booking["free_until"]) <= self.now():
            raise Refused("outside_policy", extra={"fee": booking["fee"], "phone": PARIS_PHONE})
        minutes, who = booking["duration_minutes"], booking["practitioners"][0]["id"]
        if not self._free(who, start, minutes, booking_id):
            asked = {
                "location_id": booking["location"]["id"],
                "service_id": booking["service"]["id"],
                "start": start,
            }
            raise Refused("slot_taken", extra={"alternatives": await self._near(asked, minutes)})
        booking["start"] = start.isoformat()
        booking["end"] = (start + timedelta(minutes=minutes)).isoformat()
        booking["free_until"] = (start - timedelta(hours=12)).isoformat()
        booking["revision"] += 1
        self._meet_after("reschedule")
        return {"booking": booking}

    def take(self, practitioner_id: str, start: datetime, minutes: int = 60) -> None:
        """Somebody else books."""
        key = str(uuid4())
        self.bookings[key] = {
            "id": key,
            "state": "confirmed",
            "practitioners": [{"id": practitioner_id}],
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=minutes)).isoformat(),
        }

    def expire_holds(self) -> None:
        for hold in self.holds.values():
            hold.expires_at = datetime.now(UTC) - timedelta(seconds=1)

    def _made(self, hold: FakeHold, guest: Mapping[str, Any], service: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._shown(hold)
        location = self.catalog.location(hold.location_id) or {}
        booking = {
            "id": str(uuid4()),
            "state": "confirmed",
            "revision": 1,
            "location": {key: location[key] for key in ("id", "name", "zone", "phone", "address")},
            "service": {key: service[key] for key in ("id", "name", "discreet_name", "modality")},
            "practitioners": shown["practitioners"],
            "start": shown["start"],
            "end": shown["end"],
            "duration_minutes": hold.minutes,
            "price": shown["price"],
            "guest": {key: guest.get(key) for key in ("name", "email", "phone")},
            "free_until": (hold.start - timedelta(hours=12)).isoformat(),
            "guests": [{"name": guest.get("name"), **each} for each in shown["guests"]],
            "fee": {"amount": "47.50", "currency": "EUR"},
            "no_show_fee": {"amount": "95.00", "currency": "EUR"},
            "made_at": self.now().isoformat(),
            **dict.fromkeys(("fee_owed", "undo_until", "cancelled_at")),
        }
        self.bookings[str(booking["id"])] = booking
        hold.booking_id = str(booking["id"])
        return booking

    def _shown(self, hold: FakeHold, *, replayed: bool = False) -> dict[str, Any]:
        service = self.catalog.service(hold.service_id) or {}
        offer = next(one for one in service["offers"] if one["location_id"] == hold.location_id)
        length = hold.minutes - self._more(service, hold.extras)
        price = next(one["price"] for one in offer["durations"] if one["minutes"] == length)
        add_ons = [one for one in service.get("add_ons", ()) if one["id"] in hold.extras]
        asks = service["screening"]
        if add_ons:
            whole = float(price["amount"]) + sum(
                float(one["price"]["amount"]) for one in offer["add_ons"] if one["id"] in hold.extras
            )
            price = {**price, "amount": f"{whole:.2f}"}
            asks = {"version": 0, "questions": [], **(asks or {})}
            asks["questions"] = [*asks["questions"], *(each for one in add_ons for each in one["questions"])]
        named = [{"id": one["id"], "name": one["name"]} for one in add_ons]
        name = next(name for key, name, _, _ in PRACTITIONERS if key == hold.practitioner_id)
        return {
            "id": hold.id,
            "token": hold.token,
            "expires_at": hold.expires_at.isoformat(),
            "extendable_until": (hold.made_at + timedelta(minutes=30)).isoformat(),
            "exclusive": True,
            "location_id": hold.location_id,
            "service_id": hold.service_id,
            "start": hold.start.isoformat(),
            "end": (hold.start + timedelta(minutes=hold.minutes)).isoformat(),
            "zone": "",
            "duration_minutes": hold.minutes,
            "price": price,
            "practitioner_ids": [hold.practitioner_id],
            "practitioners": [{"id": hold.practitioner_id, "name": name}],
            "screening": asks,
            "guests": [{"screening": asks, "add_ons": named, "duration_minutes": hold.minutes}] if named else [],
            "phone": PARIS_PHONE,
            "replayed": replayed,
        }

    async def _near(self, asked: Mapping[str, Any], minutes: int) -> Sequence[Any]:
        free = await self.availability(
            location_id=asked["location_id"],
            service_id=asked["service_id"],
            since=asked["start"] - timedelta(hours=3),
            until=asked["start"] + timedelta(hours=6),
            duration_minutes=minutes,
        )
        slots: list[Any] = free["slots"]
        return sorted(slots, key=lambda slot: abs(datetime.fromisoformat(slot["start"]) - asked["start"]))[:6]

    def _offered(
        self, location_id: str, service_id: str, minutes: int | None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any], int]:
        location, service = self.catalog.location(location_id), self.catalog.service(service_id)
        if location is None:
            raise Refused("unknown_location")
        offers = [one for one in (service or {}).get("offers", []) if one["location_id"] == location_id]
        if service is None or not offers:
            raise Refused("unknown_service")
        if offers[0]["channel"] != "online":
            raise Refused("by_phone_only", extra={"phone": location["phone"]})
        offered = [one["minutes"] for one in offers[0]["durations"]]
        if minutes is not None and minutes not in offered:
            raise Refused("duration_not_offered")
        return location, service, minutes or offered[0]

    def _more(self, service: Mapping[str, Any], extras: Sequence[str]) -> int:
        known = {one["id"]: one["minutes"] for one in service.get("add_ons", ())}
        if not known.keys() >= set(extras):
            raise Refused("add_on_not_offered")
        return sum(known[extra] for extra in extras)

    def _free(self, practitioner_id: str, start: datetime, minutes: int, own: str | None) -> bool:
        end = start + timedelta(minutes=minutes)
        taken = [
            (hold.start, hold.start + timedelta(minutes=hold.minutes))
            for hold in self.holds.values()
            if hold.practitioner_id == practitioner_id and hold.id != own and self._state(hold) == "held"
        ] + [
            (datetime.fromisoformat(booking["start"]), datetime.fromisoformat(booking["end"]))
            for booking in self.bookings.values()
            if booking["state"] == "confirmed"
            and booking["id"] != own
            and booking["practitioners"][0]["id"] == practitioner_id
        ]
        return all(end <= begins or ends <= start for begins, ends in taken)

    def _state(self, hold: FakeHold) -> str:
        if hold.booking_id:
            return "booked"
        if hold.released:
            return "released"
        return "held" if hold.expires_at > datetime.now(UTC) else "expired"

    def _mine(self, hold_id: str, token: str) -> FakeHold:
        hold = self.holds.get(hold_id)
        if hold is None or hold.token != token:
            raise Refused("hold_token_invalid")
        return hold

    def _managed(self, booking_id: str, token: str) -> dict[str, Any]:
        if token != f"token-{booking_id}" or booking_id not in self.bookings:
            raise Refused("token_invalid")
        return self.bookings[booking_id]

    def _meet(self, method: str) -> None:
        self.calls.append(method)
        if method in self.before:
            raise self.before.pop(method)

    def _meet_after(self, method: str) -> None:
        if method in self.after:
            raise self.after.pop(method)


AWAY, UNHEARD = Unavailable("booking"), OutcomeUnknown("booking")
