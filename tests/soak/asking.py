"""How a client asks: at one gateway or the other, again after 503 or a broken line, until it knows."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.checker.account import Account
from tests.outside.client import Json
from tests.soak.diary import Diary, Operation

TIMEOUT = 8.0
PAUSE = 0.3


@dataclass(slots=True)
class House:
    """The clinic as its clients see it: where to ask, what there is, and how long they insist."""

    addresses: list[str]
    places: list[tuple[Json, Json]]  # branch, service
    account: Account
    gateways: list[httpx.AsyncClient] = field(default_factory=list)
    diary: Diary = field(default_factory=Diary)
    closing: bool = False  # no new wishes
    insist_until: float = float("inf")
    people: list[str] = field(default_factory=list)  # practitioners
    admin_token: str = ""
    held: list[Json] = field(default_factory=list)  # holds that others may try to get at


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last answer to a wish. `doubtful_at` is when an attempt went unanswered, 0 if none did."""

    status: int
    body: Json
    doubtful_at: float = 0.0

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def known(self) -> bool:
        return self.status not in {0, 503}


async def ask(
    house: House,
    dice: random.Random,
    kind: str,
    method: str,
    path: str,
    *,
    patient: bool = False,
    expected: frozenset[str] = frozenset(),
    **request: Any,
) -> Answer:
    """Ask, if `patient` until answered, and write it down. A refusal that is not `expected` is a surprise."""
    begun, requests, doubtful_at = time.time(), 0, 0.0
    gateway = dice.randrange(len(house.gateways))
    while True:
        requests += 1
        asked_at = time.time()
        answer = await _once(house.gateways[gateway % len(house.gateways)], method, path, request)
        if answer.known:
            break
        house.diary.unanswered += 1
        if answer.code != "unavailable":
            doubtful_at = asked_at
        if not patient or time.time() > house.insist_until:
            break
        gateway += 1
        await asyncio.sleep(PAUSE)
    house.diary.operations.append(
        Operation(kind=kind, begun=begun, ended=time.time(), requests=requests, status=answer.status)
    )
    if answer.known and not answer.good and answer.code not in expected:
        house.account.surprises.append(f"{kind}: {answer.status} {answer.body}"[:400])
    return Answer(status=answer.status, body=answer.body, doubtful_at=doubtful_at)


async def _once(gateway: httpx.AsyncClient, method: str, path: str, request: dict[str, Any]) -> Answer:
    try:
        answer = await gateway.request(method, path, **request)
    except (httpx.TransportError, OSError):
        return Answer(status=0, body={})
    if not answer.content or "json" not in answer.headers.get("content-type", ""):
        return Answer(status=answer.status_code, body={})
    try:
        return Answer(status=answer.status_code, body=answer.json())
    except ValueError:
        return Answer(status=0, body={})
