"""The office: while guests book, practitioners are given hours off, which displaces some bookings, and taken them back.

The dice are its own, so that guests do what the same seed always made them do.
"""

import asyncio
import random
import time
from datetime import timedelta

from tests.soak.asking import House, ask

MOST_HOURS_OFF = 3
GONE = frozenset({"unknown_entry", "entry_changed"})


class Office:
    """One who changes the clinic while guests are at it."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.dice = random.Random(f"office {seed}")  # noqa: S311 - repeats by its seed
        self.headers = {"Authorization": f"Bearer {house.admin_token}"}
        self.given: list[str] = []

    async def work(self) -> None:
        """Change something now and then, until the house closes."""
        while not self.house.closing:
            await asyncio.sleep(self.dice.uniform(0.8, 2.0))
            if len(self.given) < MOST_HOURS_OFF:
                await self._give()
            else:
                await self._take_back()

    async def _give(self) -> None:
        since = self.house.account.clinic_time(time.time()) + timedelta(hours=self.dice.randrange(20, 72))
        off = {
            "practitioner_id": self.dice.choice(self.house.people),
            "from": since.isoformat(),
            "to": (since + timedelta(hours=2)).isoformat(),
        }
        given = await ask(
            self.house, self.dice, "time off", "POST", "/v1/admin/time-off",
            json=off, headers=self.headers, patient=True, expected=GONE,
        )  # fmt: skip
        if given.good:
            self.given.append(given.body["id"])

    async def _take_back(self) -> None:
        path = f"/v1/admin/time-off/{self.given.pop(0)}"
        await ask(
            self.house, self.dice, "work again", "DELETE", path, headers=self.headers, patient=True, expected=GONE
        )
