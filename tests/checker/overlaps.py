"""Does one resource serve two at once: bookings, blocks, offers? Judged by sorting, not by the database's operators."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from tests.checker.reading import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One active allocation: a resource from `begin` until just before `end`, for one booking, block or offer."""

    resource: str
    begin: datetime
    end: datetime
    booking: str


def claims(database: str) -> list[Claim]:
    """Return every active allocation in booking's database."""
    found = rows(
        database,
        "SELECT resource_id::text, lower(during), upper(during), coalesce(booking_id, block_id, lease_id)::text"
        " FROM allocations WHERE active",
    )
    return [Claim(resource=r, begin=b, end=e, booking=k) for r, b, e, k in found]


def overlaps(database: str) -> list[tuple[Claim, Claim]]:
    """Return every pair of active allocations that use one resource at the same instant."""
    return overlapping(claims(database))


def overlapping(all_claims: list[Claim]) -> list[tuple[Claim, Claim]]:
    """Return the pairs that overlap, ranges being half-open: touching is not overlapping."""
    by_resource: dict[str, list[Claim]] = defaultdict(list)
    for claim in all_claims:
        by_resource[claim.resource].append(claim)
    pairs = []
    for held in by_resource.values():
        held.sort(key=lambda claim: (claim.begin, claim.end))
        for index, first in enumerate(held):
            for second in held[index + 1 :]:
                if second.begin >= first.end:
                    break
                pairs.append((first, second))
    return pairs
