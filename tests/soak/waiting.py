"""Guests who wait for a time: they join the waitlist, look whether something is offered, and take it or leave it.

The dice are their own, so that whoever books does what the same seed always made them do.
"""

import random
import time
import uuid
from datetime import UTC, datetime, timedelta

from tests.checker.account import Visit
from tests.outside.client import Json
from tests.soak.asking import House, ask

MOST_WAITING = 3
TOO_LATE = frozenset({"offer_expired", "no_offer", "slot_taken", "too_soon", "in_the_past", "not_a_start"})


class Waiter:
    """One client's part on the waitlist: a few entries at a time, each with an address of its own."""

    def __init__(self, house: House, seed: int, number: int) -> None:
        self.house = house
        self.seed = seed
        self.number = number
        self.dice = random.Random(f"waiter {seed} {number}")  # noqa: S311 - repeats by its seed
        self.entries: list[Json] = []
        self.joined = 0

    async def pass_by(self, branch: Json, service: Json) -> None:
        """Perhaps join, and perhaps see what came of an earlier wish."""
        if len(self.entries) < MOST_WAITING and self.dice.random() < 0.08:
            await self._join(branch, service)
        elif self.entries and self.dice.random() < 0.4:
            await self._answer(self.dice.choice(self.entries))

    async def _join(self, branch: Json, service: Json) -> None:
        since = self.house.account.clinic_time(time.time()) + timedelta(days=self.dice.choice((1, 1, 3)))
        self.joined += 1
        guest = {
            "name": "Noor Vidal",
            "email": f"waiting.{self.seed}.{self.number}.{self.joined}@example.com",
            "phone": f"+33 1 99 00 {self.dice.randrange(10_000):04d}",
        }
        span = {"from": since.isoformat(), "to": (since + timedelta(days=2)).isoformat()}
        key = {"Idempotency-Key": f"soak-wait-{self.seed}-{uuid.UUID(int=self.dice.getrandbits(128))}"}
        joined = await ask(
            self.house, self.dice, "wait", "POST", "/v1/waitlist",
            json={"location_id": branch["id"], "service_id": service["id"], "guest": guest, **span},
            headers=key, patient=True,
        )  # fmt: skip
        if joined.good:
            self.house.account.waits[joined.body["id"]] = time.time()
            self.entries.append({**joined.body, "zone": branch["zone"]})

    async def _answer(self, entry: Json) -> None:
        """Look, and take what is offered, or let it go, or give up waiting."""
        path, headers = f"/v1/waitlist/{entry['id']}", {"Authorization": f"Bearer {entry['token']}"}
        seen = await ask(self.house, self.dice, "waiting", "GET", path, headers=headers)
        if not seen.good:
            return
        offer, throw = seen.body["offer"], self.dice.random()
        if seen.body["state"] not in {"waiting", "offered"}:
            self.entries.remove(entry)
        elif offer is None:
            if throw < 0.1:
                await ask(self.house, self.dice, "leave", "DELETE", path, headers=headers, patient=True)
        elif throw < 0.7:
            await self._accept(entry, seen.body, path, headers)
        else:
            await ask(
                self.house, self.dice, "decline", "POST", f"{path}/decline",
                headers=headers, patient=True, expected=TOO_LATE,
            )  # fmt: skip

    async def _accept(self, entry: Json, seen: Json, path: str, headers: dict[str, str]) -> None:
        visit = Visit(
            seed=self.seed,
            email=seen["guest"]["email"],
            start=datetime.fromisoformat(seen["offer"]["start"]).astimezone(UTC),
            zone=entry["zone"],
            asked=True,
        )
        self.house.account.visits.append(visit)
        body = {}
        if seen["screening"]:
            body["screening"] = {"version": seen["screening"]["version"], "all_clear": True}
        taken = await ask(
            self.house, self.dice, "accept", "POST", f"{path}/accept",
            json=body, headers=headers, patient=True, expected=TOO_LATE,
        )  # fmt: skip
        self.entries.remove(entry)
        if taken.good:
            visit.booking_ids.add(taken.body["id"])
            visit.booked_at = time.time()
        else:
            visit.refused = taken.code if taken.known else ""
