"""Whose messages belong together: a guest has an e-mail address and a number, and the receivers know neither's owner.

What tells is the key under which a message came: it begins with the booking that the message is about. Addresses that
were written to about the same booking are one guest's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BOOKING = re.compile(r"^<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])")


@dataclass(frozen=True, slots=True)
class Trace:
    """One address that was written to, under which key."""

    address: str
    key: str | None


def threads(traces: Iterable[Trace]) -> list[tuple[str, ...]]:
    """Return each guest's addresses, in the order of the traces: who comes first was written to last."""
    of_booking: dict[str, list[str]] = {}
    of_address: dict[str, list[str]] = {}
    for trace in traces:
        thread = of_address.setdefault(trace.address, [trace.address])
        found = _BOOKING.match(trace.key or "")
        if found is None:
            continue
        other = of_booking.setdefault(found[1], thread)
        if other is thread:
            continue
        other += thread
        for address in thread:
            of_address[address] = other
        for booking, holder in of_booking.items():
            if holder is thread:
                of_booking[booking] = other
    first_seen = {id(thread): tuple(thread) for thread in of_address.values()}
    return list(first_seen.values())
