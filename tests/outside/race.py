"""Many clients after the same few times: who got what, by the clients' own account."""

import asyncio
import itertools
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from tests.outside.client import Api, Slot, a_guest, all_clear

CLIENTS = 50
STAGGER = 0.004  # seconds between two clients' starts: far less than one booking takes
ATTEMPTS = 30  # how often a client repeats a request that was answered 503
PAUSE = 0.3


@dataclass(frozen=True, slots=True)
class Goal:
    """One appointment that can exist once: overlapping starts of one practitioner."""

    starts: tuple[Slot, ...]
    practitioner_id: str


@dataclass(slots=True)
class Account:
    """What the clients saw."""

    seed: int
    bookings: dict[int, list[str]] = field(default_factory=dict)
    holds: int = 0
    polite: int = 0
    refused_at_hold: int = 0
    refused_at_booking: int = 0
    repeated: int = 0
    surprises: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[str]:
        return [booking for made in self.bookings.values() for booking in made]

    def figures(self) -> str:
        return (
            f"{len(self.bookings)} slots, {len(self.acknowledged)} bookings; {self.holds} holds "
            f"({self.polite} exclusive), {self.refused_at_hold} refused at the hold, "
            f"{self.refused_at_booking} at the booking, {self.repeated} repeated after 503; seed {self.seed}"
        )


def goals(api: Api, *, count: int, after: timedelta) -> list[Goal]:
    """Return `count` goals of one practitioner in Paris, far enough apart not to touch each other."""
    slots = api.slots(after=after, span=timedelta(days=6))
    therapist = max(
        {one for slot in slots for one in slot.practitioner_ids},
        key=lambda one: sum(one in slot.practitioner_ids for slot in slots),
    )
    free = {
        slot.start: slot
        for weeks in range(6)
        for slot in api.slots(
            after=after + timedelta(days=7 * weeks), span=timedelta(days=7), practitioner_id=therapist
        )
    }
    found: list[Goal] = []
    for start in sorted(free):
        starts = [start + timedelta(minutes=quarter * 15) for quarter in range(3)]
        apart = not found or start >= found[-1].starts[-1].end + timedelta(hours=1)
        if apart and all(each in free for each in starts):
            found.append(Goal(tuple(free[each] for each in starts), therapist))
        if len(found) == count:
            return found
    raise AssertionError(f"only {len(found)} of {count} goals are free")


def race(
    urls: str | Sequence[str],
    wanted: Sequence[Goal],
    *,
    clients: int = CLIENTS,
    midway: Callable[[], Any] | None = None,
) -> Account:
    """Let every client try every goal, starts staggered and overlapping, and return their account.

    With several gateways a client's requests go to one after the other, as a load balancer has it.
    `midway` runs once, in a thread, when a third of the goals are booked and the rest is being fought over.
    """
    gateways = [urls] if isinstance(urls, str) else urls
    # In a thread of its own: a browser's driver may keep a loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(lambda: asyncio.run(_race(gateways, wanted, clients, midway))).result()


@dataclass(frozen=True, slots=True)
class _Guest:
    """One client, whose requests go to one gateway after the other."""

    http: httpx.AsyncClient
    gateways: Iterator[str]

    async def post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        return await self.http.post(next(self.gateways) + path, json=body, headers=headers)


def rotated(gateways: Sequence[str], *, by: int) -> list[str]:
    """Return the same, beginning somewhere else."""
    start = by % len(gateways)
    return [*gateways[start:], *gateways[:start]]


async def _race(
    gateways: Sequence[str], wanted: Sequence[Goal], clients: int, midway: Callable[[], Any] | None
) -> Account:
    seed = random.randrange(1_000_000)  # noqa: S311 - a seed, not a secret
    account = Account(seed=seed, bookings={index: [] for index in range(len(wanted))})
    dice = random.Random(account.seed)  # noqa: S311 - repeats by its seed
    third = asyncio.Event()

    async def one_client(http: httpx.AsyncClient, number: int, choices: list[Slot]) -> None:
        await asyncio.sleep(number * STAGGER)
        guest = _Guest(http, itertools.cycle(rotated(gateways, by=number)))
        # Ten clients a wave fight over the same goal at the same time; five waves start at different goals.
        first = number % 5 * len(wanted) // 5
        for step in range(len(wanted)):
            index = (first + step) % len(wanted)
            await _try(guest, account, index, choices[index], wanted[index].practitioner_id)
            if len(account.acknowledged) * 3 >= len(wanted):
                third.set()

    async def disturb() -> None:
        await third.wait()
        if midway is not None:
            await asyncio.to_thread(midway)

    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as http:
        runs = [one_client(http, number, [dice.choice(goal.starts) for goal in wanted]) for number in range(clients)]
        disturbance = asyncio.create_task(disturb())
        await asyncio.gather(*runs)
        await disturbance
    return account


async def _try(one: _Guest, account: Account, index: int, slot: Slot, practitioner_id: str) -> None:
    held = await _patiently(one, account, "/v1/holds", slot.asked(practitioner_id=practitioner_id))
    if held.status_code == 409:
        account.refused_at_hold += 1
        return
    if held.status_code != 201:
        account.surprises.append(f"hold: {held.status_code} {held.text}")
        return
    hold = held.json()
    account.holds += 1
    account.polite += bool(hold["exclusive"])
    body = {"hold_id": hold["id"], "hold_token": hold["token"], "guest": a_guest(), **all_clear(hold)}
    answer = await _patiently(one, account, "/v1/bookings", body)
    if answer.status_code in {200, 201}:
        account.bookings[index].append(answer.json()["id"])
    elif answer.status_code == 409:
        account.refused_at_booking += 1
    else:
        account.surprises.append(f"booking: {answer.status_code} {answer.text}")


async def _patiently(one: _Guest, account: Account, path: str, body: dict[str, Any]) -> httpx.Response:
    """Ask until the answer is no 503; repeating is safe because the key stays the same."""
    headers = {"Idempotency-Key": f"race-{uuid.uuid4()}"}
    for _ in range(ATTEMPTS):
        answer = await one.post(path, body, headers)
        if answer.status_code != 503:
            return answer
        account.repeated += 1
        await asyncio.sleep(PAUSE)
    return answer
