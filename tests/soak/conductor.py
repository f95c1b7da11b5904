"""One seed on a running arena: clients in the background, faults one after the other, then the checker's word."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import psycopg2

from tests.checker.account import Finding
from tests.checker.settled import pending
from tests.checker.verdict import verdict
from tests.outside.client import Api, Json
from tests.soak.arena import Arena
from tests.soak.asking import TIMEOUT, House
from tests.soak.clients import Guest
from tests.soak.diary import Diary
from tests.soak.faults import strike
from tests.soak.office import Office
from tests.soak.plan import Fault, Plan

AFTERGLOW = 2.5  # seconds of load after the last fault, in which recovery is measured
CLIENTS_DONE_WITHIN = 60.0
SETTLED_WITHIN = 120.0
SECOND_LOOK = 6.0


@dataclass(slots=True, kw_only=True)
class Struck:
    """A fault as it was: when it ended, and how soon after that each kind of operation went well again."""

    fault: Fault
    ended: float
    reached: bool = True
    recovered: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Result:
    """What became of a seed."""

    seed: int
    diary: Diary
    struck: Sequence[Struck]
    findings: Sequence[Finding]
    settled_in: float
    took: float
    crashes: Sequence[str] = ()

    def line(self) -> str:
        """Return the result as one line of JSON."""
        return json.dumps(
            {
                "seed": self.seed,
                "ok": not self.findings,
                "operations": len(self.diary.operations),
                "answered": sum(each.answered for each in self.diary.operations),
                "requests": sum(each.requests for each in self.diary.operations),
                "unanswered": self.diary.unanswered,
                "faults": [str(each.fault) + ("" if each.reached else " not reached") for each in self.struck],
                "settled_in": round(self.settled_in, 1),
                "took": round(self.took, 1),
                "findings": [str(each) for each in self.findings[:20]],
                "crashes": list(self.crashes),
            }
        )


def conduct(arena: Arena, plan: Plan, known: set[Finding], *, settled_within: float = SETTLED_WITHIN) -> Result:
    """Run a seed to its end. Findings that are `known` from earlier seeds of this arena are not repeated."""
    begun = time.time()
    house = _house(arena)
    arena.crashes.clear()
    arena.unreached.clear()
    clients = arena.backstage.begin(_clients(house, plan))
    struck: list[Struck] = []
    down: list[Finding] = []
    try:
        struck = _faults(arena, plan)
        time.sleep(AFTERGLOW)
    finally:
        house.closing = True
        down = _mended(arena)
        house.insist_until = time.time() + CLIENTS_DONE_WITHIN / 2
    clients.result(CLIENTS_DONE_WITHIN)
    arena.account.load_ended = time.time()
    settled_in = _settle(arena, settled_within)
    findings = [*down, *(each for each in _seen_twice(arena) if each not in known)]
    for each in struck:
        each.recovered = _recovery(house.diary, each.ended)
    return Result(
        seed=plan.seed,
        diary=house.diary,
        struck=struck,
        findings=findings,
        settled_in=settled_in,
        took=time.time() - begun,
        crashes=list(arena.crashes),
    )


def _mended(arena: Arena) -> list[Finding]:
    """End all faults. A platform that does not come back by itself is a finding, and helped up for the next seed."""
    try:
        arena.mend()
    except AssertionError as problem:
        arena.keep_log("not-ready")
        arena.start_anew()
        return [Finding("stuck", "the platform", str(problem))]
    return []


def _seen_twice(arena: Arena) -> list[Finding]:
    """Return what the checker finds, and finds again a while later.

    Offers to those who wait are made by the clock, and what the office changed takes its way through three services:
    either may begin something new after all had settled.
    """
    first = {(each.kind, each.about) for each in judged(arena)}
    if not first:
        return []
    time.sleep(SECOND_LOOK)
    return [each for each in judged(arena) if (each.kind, each.about) in first]


def judged(arena: Arena) -> list[Finding]:
    """Return what the checker says now."""
    received = [(each.channel, each.key, each.at, each.to) for each in list(arena.receivers.received)]
    return verdict(arena.account, arena.databases, arena.redis.url, received, now=time.time())


def _house(arena: Arena) -> House:
    api = Api(arena.gateways[0])
    try:
        branches = {each["id"]: each for each in api.everything("/v1/locations")}
        services = api.everything("/v1/services")
        people = [each["id"] for each in api.everything("/v1/practitioners")]
    finally:
        api.close()
    places: list[tuple[Json, Json]] = [
        (branches[offer["location_id"]], service)
        for service in services
        for offer in service["offers"]
        if offer.get("channel", "online") == "online" and _for_one_guest(service)
    ]
    return House(
        addresses=arena.gateways, places=places, account=arena.account, people=people, admin_token=arena.admin_token
    )


def _for_one_guest(service: Json) -> bool:
    """Whether somebody alone, with nothing in their hands, can book it: no couples, and nothing that wants papers."""
    return service["modality"] == "massage" and "Couples" not in service["name"]


async def _clients(house: House, plan: Plan) -> None:
    async with asyncio.TaskGroup() as clients:
        house.gateways = [httpx.AsyncClient(base_url=url, timeout=TIMEOUT, trust_env=False) for url in house.addresses]
        for number in range(plan.clients):
            clients.create_task(Guest(house, plan.seed, number).come())
        clients.create_task(Office(house, plan.seed).work())
    for gateway in house.gateways:
        await gateway.aclose()


def _faults(arena: Arena, plan: Plan) -> list[Struck]:
    """Begin and end each fault in its time, or as soon as the one before lets us."""
    started = time.monotonic()
    struck: list[Struck] = []
    going: list[tuple[float, Fault, ExitStack]] = []
    waiting = list(plan.faults)
    while waiting or going or time.monotonic() < started + plan.span:
        now = time.monotonic() - started
        for entry in [each for each in going if each[0] <= now]:
            going.remove(entry)
            entry[2].close()
            struck.append(Struck(fault=entry[1], ended=time.time(), reached=entry[1] not in arena.unreached))
        if waiting and waiting[0].at <= now:
            fault = waiting.pop(0)
            ending = ExitStack()
            ending.enter_context(strike(arena, fault))
            going.append((time.monotonic() - started + fault.lasts, fault, ending))
        time.sleep(0.02)
    return struck


def _settle(arena: Arena, within: float) -> float:
    """Wait until nothing is under way, and return how long that took; what stays is the checker's business."""
    begun = time.monotonic()
    while time.monotonic() < begun + within:
        arena.restart_the_dead()
        try:
            if not pending(arena.databases, arena.account.clinic_time(time.time())):
                break
        except psycopg2.OperationalError:
            arena.postgres.start()
        time.sleep(0.3)
    return time.monotonic() - begun


def _recovery(diary: Diary, ended: float) -> dict[str, float]:
    """Return for each kind of operation how long after `ended` the first that began after it went well."""
    found = {kind: diary.first_success(kind, ended) for kind in diary.kinds()}
    return {kind: success - ended for kind, success in found.items() if success is not None}
