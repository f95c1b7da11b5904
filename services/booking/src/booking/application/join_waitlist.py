"""Begin to wait for a time that is not free."""

from dataclasses import dataclass
from datetime import datetime

from booking.application.book import companions_of
from booking.application.choosing import held_parts
from booking.application.hold import reused
from booking.application.ports import Desk, Idempotency, Transaction
from booking.domain.errors import Refused
from booking.domain.events import WAITLIST_JOINED, WaitEvent
from booking.domain.guest import Contact, guest
from booking.domain.hold import hold_id_for
from booking.domain.ids import EntryId
from booking.domain.part import GuestSought, wrong_size
from booking.domain.preference import ANYONE
from booking.domain.waitlist import (
    MOST_OPEN,
    WAITING,
    Entry,
    WaitingGuest,
    Wanted,
    check_wanted,
    entry_token,
    new_entry_id,
)
from booking.domain.wish import Sought, Wish, wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What is waited for, when it would do, and whom to tell."""

    sought: Sought
    wanted: Wanted
    contact: Contact
    companions: tuple[Contact, ...] = ()
    """The other guests of a party, who need no contact of their own."""
    idempotency: Idempotency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The entry and its token; `replayed` if the same request made it before."""

    entry: Entry
    token: str
    replayed: bool = False


def join(command: Join, *, desk: Desk) -> Joined:
    """Write the guest down, or refuse and write nothing. The same idempotency key makes one entry."""
    key = command.idempotency
    entry_id = EntryId(hold_id_for(desk.hold_key, key.scope, key.key)) if key is not None else new_entry_id()
    if key is not None:
        earlier = _earlier(entry_id, key, desk=desk)
        if earlier is not None:
            return earlier
    now = desk.clock.now()

    def work(transaction: Transaction) -> Entry | None:
        clinic = transaction.lock_catalog([command.sought.location_id, command.sought.service_id])
        asked = wish(clinic, command.sought)
        if 1 + len(command.companions) != len(asked.guests):
            raise wrong_size(asked.service, 1 + len(command.companions))
        entry = _entry(command, asked, entry_id=entry_id, now=now, desk=desk)
        if transaction.waitlist.open_of(entry) >= MOST_OPEN:
            raise Refused(
                "waits_enough",
                f"This e-mail address or phone number waits for {MOST_OPEN} times already. Give one of them up first.",
                most=MOST_OPEN,
            )
        if not transaction.waitlist.add(entry):
            return None
        zone = asked.location.zone
        transaction.tell(WaitEvent(name=WAITLIST_JOINED, occurred_at=now, entry=entry, zone=zone))
        return entry

    entry = desk.bookings.transact(work)
    if entry is not None:
        return _joined(entry, desk=desk)
    earlier = _earlier(entry_id, key, desk=desk) if key is not None else None
    if earlier is None:
        raise AssertionError("an entry of a new identity was there already")
    return earlier


def _entry(command: Join, asked: Wish, *, entry_id: EntryId, now: datetime, desk: Desk) -> Entry:
    check_wanted(command.wanted, now)
    party = _party(command, asked, desk=desk)
    return Entry(
        id=entry_id,
        generation=1,
        state=WAITING,
        location_id=asked.location.id,
        service_id=asked.service.id,
        minutes=asked.minutes,
        practitioner_id=None if party else asked.practitioner_id,
        wanted=command.wanted,
        guest=guest(command.contact, region=asked.location.country, parse_phone=desk.parse_phone),
        body_hash=command.idempotency.body_hash if command.idempotency is not None else "",
        made_at=now,
        turn_at=now,
        preference=ANYONE if party else asked.guests[0].preference,
        party=party,
    )


def _party(command: Join, asked: Wish, *, desk: Desk) -> tuple[WaitingGuest, ...]:
    others = companions_of(command.companions, asked, field="companions", parse_phone=desk.parse_phone)
    return tuple(
        WaitingGuest(
            guest=who,
            sought=GuestSought(
                duration_minutes=part.duration_minutes,
                practitioner_id=part.asked_for,
                add_on_ids=part.add_on_ids,
                preference=part.preference,
            ),
        )
        for who, part in zip([None, *others], held_parts(asked), strict=False)
    )


def _earlier(entry_id: EntryId, key: Idempotency, *, desk: Desk) -> Joined | None:
    found = desk.waitlist.find(entry_id)
    if found is None:
        return None
    if found.body_hash != key.body_hash:
        raise reused()
    return _joined(found, replayed=True, desk=desk)


def _joined(entry: Entry, *, replayed: bool = False, desk: Desk) -> Joined:
    token = entry_token(entry.id, entry.generation, desk.manage_key)
    return Joined(entry=entry, token=token, replayed=replayed)
