"""Claim the times of a series' sessions as a hold does, for as long as it takes to book them."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from booking.application.book import Book, Confirm, confirming
from booking.application.choosing import choice, those_taken, with_resources
from booking.application.hold import draft
from booking.application.needs import Papers
from booking.application.ports import Desk, HoldsAway, Outcome, Reading, Transaction
from booking.domain.booking import Claim
from booking.domain.clinic import Clinic
from booking.domain.guest import Contact
from booking.domain.hold import CONFIRM_LASTS, Hold, claim_id_for, hold_id_for
from booking.domain.ids import BookingId, ResourceId, SeriesId
from booking.domain.ranges import Instant
from booking.domain.screening import Answers
from booking.domain.wish import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A session's place, and the hold of its time."""

    position: int
    hold: Hold

    def confirm(self, contact: Contact, answers: Answers | None, papers: Papers, *, desk: Desk) -> Confirm:
        """Return what it takes to make this an appointment, as for any hold."""
        command = Book(hold_id=self.hold.id, hold_token="", contact=contact, screening=answers, papers=papers)
        return confirming(command, self.hold, desk=desk)


def claimed(
    series_id: SeriesId,
    position: int,
    start: Instant,
    reading: Reading[Wish],
    *,
    instead_of: BookingId | None = None,
    desk: Desk,
) -> Claimed | None:
    """Claim who and what serves the start best, the next if those are held; None if nobody is left.

    `instead_of` is the booking that fell out, so that its very time can be taken again. With the memory of holds away,
    only the database decides.
    """
    passed_over: set[Claim] = set()
    while (chosen := choice(reading, start, passed_over=passed_over)) is not None:
        answer = claimed_with(series_id, position, start, reading, chosen, instead_of=instead_of, desk=desk)
        if isinstance(answer, Claimed):
            return answer
        passed_over |= answer
    return None


def claimed_with(
    series_id: SeriesId,
    position: int,
    start: Instant,
    reading: Reading[Wish],
    chosen: Sequence[ResourceId],
    *,
    instead_of: BookingId | None = None,
    desk: Desk,
) -> Claimed | set[Claim]:
    """Claim just these, one for each unit; return the claims that others hold instead if they do."""
    name = f"{series_id}:{position}:{start}:{instead_of}:{','.join(sorted(chosen))}"
    hold_id = hold_id_for(desk.hold_key, "series", name)
    drafted = draft(hold_id, claim_id_for(desk.hold_key, hold_id, ""), reading.subject, start, desk=desk)
    wanted = with_resources(drafted, chosen, reading)
    wanted = replace(wanted, expires_at=wanted.made_at + CONFIRM_LASTS)
    try:
        answer = desk.holds.claim(wanted, body_hash="")
    except HoldsAway:
        return Claimed(position=position, hold=wanted)
    return (
        those_taken(wanted, answer.taken)
        if answer.outcome is Outcome.TAKEN
        else Claimed(position=position, hold=wanted)
    )


def forget(claims: Sequence[Claimed], *, desk: Desk) -> None:
    """Give the claimed times up; what was booked of them stands in the database."""
    with contextlib.suppress(HoldsAway):  # they expire by themselves
        for each in claims:
            desk.holds.forget(each.hold)


def lock_all(transaction: Transaction, claims: Sequence[Claimed]) -> Clinic:
    """Keep everything that these times need as it is until the transaction ends."""
    return transaction.lock_catalog(
        sorted(
            {
                entity
                for each in claims
                for entity in (each.hold.location_id, each.hold.service_id, *each.hold.resource_ids)
            }
        )
    )
