"""A service behind the bus, as the gateway asks it: one RPC a question, and what can become of it."""

import re
from collections.abc import Mapping
from typing import Any

from messaging.bus import BrokerAway, Bus, DeadlinePassed, RemoteFault
from runtime import correlation, failpoints

from gateway.application.errors import OutcomeUnknown, Refused, Unavailable, WrongField

READ_SECONDS = 3.0
WRITE_SECONDS = 5.0

Answer = dict[str, Any]

_INDEX = re.compile(r"\[(\d+)\]")


class Service:
    """The service `name` behind `bus`. What is None is left out of a question."""

    def __init__(self, bus: Bus, name: str) -> None:
        self._bus = bus
        self._name = name

    async def read(self, method: str, **asked: Any) -> Answer:
        """Ask what may be asked again: its answer, or `Refused` or `Unavailable`."""
        try:
            return await self._ask(method, asked, READ_SECONDS)
        except (BrokerAway, DeadlinePassed, RemoteFault) as cause:
            raise Unavailable(self._name) from cause

    async def write(self, method: str, **asked: Any) -> Answer:
        """Ask for a change: its answer, or `Refused`, `Unavailable` (nothing was done) or `OutcomeUnknown`."""
        try:
            return await self._ask(method, asked, WRITE_SECONDS)
        except BrokerAway as cause:
            raise Unavailable(self._name) from cause
        except (DeadlinePassed, RemoteFault) as cause:
            # A fault may have struck after the commit, as an answer may be lost after it.
            raise OutcomeUnknown(self._name) from cause

    async def _ask(self, method: str, asked: Mapping[str, Any], seconds: float) -> Answer:
        facts = {name: value for name, value in asked.items() if value is not None}
        answer: Answer = await self._bus.call(
            self._name, method, facts, timeout=seconds, correlation_id=correlation.current()
        )
        failpoints.hit("gateway.after_call")
        refusal = answer.get("refused")
        if refusal is not None and refusal["code"] == "unavailable":
            raise Unavailable(self._name)
        if refusal is not None:
            raise _refused(refusal)
        done: Answer = answer["ok"]
        return done


def _refused(wire: Mapping[str, Any]) -> Refused:
    """The refusal that a service sent as data, its places as this API spells them: `needs.1`, not `needs[1]`."""
    return Refused(
        code=wire["code"],
        detail=wire.get("detail", ""),
        fields=[
            WrongField(field=_INDEX.sub(r".\1", one["field"]), problem=one["problem"])
            for one in wire.get("fields") or ()
        ],
        extra=wire.get("extra") or {},
    )
