"""The clients of a seed: guests who look, hold, extend, give back, book, wait, change their minds and insist.

Every choice comes from dice of the client's own. Whom they meet and what is free when they look is the world's doing.
"""

import asyncio
import random
import time
import uuid
from datetime import UTC, datetime, timedelta

from tests.checker.account import Act, Visit
from tests.outside.client import Json
from tests.soak.asking import Answer, House, ask
from tests.soak.waiting import Waiter

GONE = frozenset({"slot_taken", "too_soon", "in_the_past", "not_a_start"})
LOST = GONE | {"hold_expired", "hold_released"}
STRANGE = frozenset({"hold_token_invalid"})


class Guest:
    """One client: visit after visit until the house closes."""

    def __init__(self, house: House, seed: int, number: int) -> None:
        self.house = house
        self.seed = seed
        self.number = number
        self.dice = random.Random(f"client {seed} {number}")  # noqa: S311 - repeats by its seed
        self.visits = 0
        self.kept: list[tuple[Json, Visit]] = []
        self.waiter = Waiter(house, seed, number)

    async def come(self) -> None:
        """Make visits, each with a new address, until the house closes."""
        while not self.house.closing:
            self.visits += 1
            await self._visit()
            await asyncio.sleep(self.dice.uniform(0.0, 0.3))

    async def _visit(self) -> None:
        dice = self.dice
        if self.kept and dice.random() < 0.25:  # thinks better of an earlier one, whose messages are long planned
            booking, earlier = self.kept.pop(dice.randrange(len(self.kept)))
            await self._change("cancel", booking, earlier, {"accept_fee": True})
        branch, service = dice.choice(self.house.places)
        await self.waiter.pass_by(branch, service)
        slot = await self._look(branch, service)
        if slot is None:
            return
        hold = await self._hold(slot)
        if hold is None:
            return
        self.house.held.append(hold)
        if dice.random() < 0.15:
            hold = await self._extend(hold)
        if dice.random() < 0.08:
            await self._give_back(hold)
            return
        if dice.random() < 0.06:  # walks away; the hold has to end by itself
            return
        if dice.random() < 0.06:
            await self._reach_for_anothers(hold)
        visit = Visit(
            seed=self.seed,
            email=f"guest.{self.seed}.{self.number}.{self.visits}@example.com",
            start=datetime.fromisoformat(hold["start"]).astimezone(UTC),
            zone=branch["zone"],
        )
        self.house.account.visits.append(visit)
        booking = await self._book(hold, service, visit)
        if booking is not None:
            await self._live_with(booking, visit)

    async def _look(self, branch: Json, service: Json) -> Json | None:
        """Choose among what is free, by preference early: that is where clients meet."""
        days = self.dice.choice((1, 1, 1, 2, 5, 20))
        since = self.house.account.clinic_time(time.time()) + timedelta(days=days, hours=self.dice.randrange(3))
        query = {
            "location_id": branch["id"],
            "service_id": service["id"],
            "from": since.isoformat(),
            "to": (since + timedelta(days=2)).isoformat(),
        }
        found = await ask(self.house, self.dice, "look", "GET", "/v1/availability", params=query)
        slots = found.body.get("slots") or []
        if not found.good or not slots:
            return None
        chosen = slots[int(self.dice.random() ** 3 * len(slots))]
        return {
            "location_id": branch["id"],
            "service_id": service["id"],
            "start": chosen["start"],
            "duration_minutes": found.body["duration_minutes"],
        }

    async def _hold(self, slot: Json) -> Json | None:
        keyed = self._key() if self.dice.random() < 0.8 else {}
        patient = bool(keyed) and self.dice.random() < 0.8
        answer = await self._perhaps_twice(
            "hold", "/v1/holds", slot, keyed, patient=patient, expected=GONE, odds=0.1 if keyed else 0.0
        )
        return answer.body if answer.good else None

    async def _extend(self, hold: Json) -> Json:
        answer = await ask(
            self.house, self.dice, "extend", "POST", f"/v1/holds/{hold['id']}/extend",
            headers=_bearer(hold["token"]), expected=LOST,
        )  # fmt: skip
        return answer.body if answer.good else hold

    async def _give_back(self, hold: Json) -> None:
        await ask(
            self.house, self.dice, "release", "DELETE", f"/v1/holds/{hold['id']}",
            headers=_bearer(hold["token"]), patient=True, expected=LOST,
        )  # fmt: skip

    async def _reach_for_anothers(self, hold: Json) -> None:
        """Try to extend somebody else's hold with one's own token; it must not open."""
        other = self.dice.choice(self.house.held)
        if other["id"] == hold["id"]:
            return
        answer = await ask(
            self.house, self.dice, "reach", "POST", f"/v1/holds/{other['id']}/extend",
            headers=_bearer(hold["token"]), expected=STRANGE,
        )  # fmt: skip
        if answer.good:
            self.house.account.surprises.append(f"let in: hold {other['id']} opened to the token of {hold['id']}")

    async def _book(self, hold: Json, service: Json, visit: Visit) -> Json | None:
        body = {
            "hold_id": hold["id"],
            "hold_token": hold["token"],
            "guest": {
                "name": "Ana Moreau",
                "email": visit.email,
                "phone": f"+33 1 99 00 {self.dice.randrange(10_000):04d}",
            },
        }
        if service.get("screening"):
            body["screening"] = {"version": service["screening"]["version"], "all_clear": True}
        keyed = self._key() if self.dice.random() < 0.7 else {}
        visit.asked = True
        patient = self.dice.random() < 0.93  # the others shrug and leave
        answer = await self._perhaps_twice(
            "book", "/v1/bookings", body, keyed, patient=patient, expected=LOST, odds=0.15, visit=visit
        )
        if answer.good:
            visit.booking_ids.add(answer.body["id"])
            visit.booked_at = time.time()
            return answer.body
        visit.refused = answer.code if answer.known else ""
        return None

    async def _perhaps_twice(
        self,
        kind: str,
        path: str,
        body: Json,
        headers: dict[str, str],
        *,
        patient: bool,
        expected: frozenset[str],
        odds: float,
        visit: Visit | None = None,
    ) -> Answer:
        """Post, sometimes twice at once as an impatient finger does; the answers must agree."""
        twice = self.dice.random() < odds
        asks = [
            ask(
                self.house,
                self.dice,
                kind,
                "POST",
                path,
                json=body,
                headers=headers,
                patient=patient,
                expected=expected,
            )
            for _ in range(2 if twice else 1)
        ]
        answers = await asyncio.gather(*asks)
        good = [answer for answer in answers if answer.good]
        if visit is not None:
            visit.booking_ids |= {answer.body["id"] for answer in good}
        if good:
            return good[0]
        return min(answers, key=lambda answer: answer.known)  # one that is not known leaves all in doubt

    async def _live_with(self, booking: Json, visit: Visit) -> None:
        """Read the booking, and perhaps cancel it, and perhaps think better of that."""
        if self.dice.random() < 0.4:
            await self._read_back(booking, "confirmed")
        if self.dice.random() >= 0.35:
            self.kept.append((booking, visit))
        else:
            await asyncio.sleep(self.dice.uniform(0, 1.0))
            if await self._change("cancel", booking, visit, {"accept_fee": True}):
                if self.dice.random() < 0.3:
                    await self._change("undo", booking, visit, {})
                elif self.dice.random() < 0.3:
                    await self._read_back(booking, visit.expected())

    async def _change(self, kind: str, booking: Json, visit: Visit, body: Json) -> bool:
        act = Act(kind=kind, begun=time.time())
        visit.acts.append(act)
        path = f"/v1/bookings/{booking['id']}/{'cancel' if kind == 'cancel' else 'undo-cancel'}"
        answer = await ask(
            self.house, self.dice, kind, "POST", path, json=body, headers=_bearer(booking["manage_token"]),
            patient=True, expected=frozenset({"undo_expired", "slot_taken", "not_cancellable"}),
        )  # fmt: skip
        act.ended, act.doubtful_at = time.time(), answer.doubtful_at
        act.outcome = "done" if answer.good else "refused" if answer.known else "unknown"
        if answer.code == "undo_expired" and answer.doubtful_at:  # the attempt before was in time, and may have done it
            act.outcome = "unknown"
        return answer.good

    async def _read_back(self, booking: Json, state: str | None) -> None:
        """What was acknowledged must read back, whichever process answers."""
        answer = await ask(
            self.house, self.dice, "read", "GET", f"/v1/bookings/{booking['id']}",
            headers=_bearer(booking["manage_token"]),
        )  # fmt: skip
        if answer.good and state is not None and answer.body["state"] != state:
            self.house.account.surprises.append(f"read back: {booking['id']} is {answer.body['state']}, not {state}")

    def _key(self) -> dict[str, str]:
        return {"Idempotency-Key": f"soak-{self.seed}-{uuid.UUID(int=self.dice.getrandbits(128))}"}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
