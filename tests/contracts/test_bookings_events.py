"""What booking really publishes keeps the contracts: each event that its rules can tell, dumped as it leaves."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from booking.adapters.event_wire import to_event
from booking.domain.booking import Booking, cancelled, new_booking_id, reinstated, rescheduled
from booking.domain.clinic import CancellationPolicy
from booking.domain.displacement import Displaced, Misfit, Reason, Standing
from booking.domain.documents import DocumentId
from booking.domain.events import (
    BOOKED,
    CANCELLED,
    CHECKED_IN,
    COMPLETED,
    DISPLACED,
    DOCUMENT_RUNNING_OUT,
    NEED_DUE_SOON,
    NEED_OPENED,
    NO_SHOW,
    PARTY_CHANGED,
    REINSTATED,
    RESCHEDULED,
    REVERTED,
    WAITLIST_JOINED,
    WAITLIST_OFFERED,
    BookingEvent,
    DisplacedEvent,
    DocumentEvent,
    Happened,
    NeedEvent,
    OfferEvent,
    WaitEvent,
)
from booking.domain.guest import Guest
from booking.domain.ids import EntryId, HoldId, LocationId, PractitionerId, ServiceId
from booking.domain.money import Money
from booking.domain.needs import Need, NeedId
from booking.domain.series import new_series_id
from booking.domain.visit import checked_in, completed, no_show, reverted
from booking.domain.waitlist import Entry, Lease, Wanted, new_lease_id

from tests.contracts.contract_files import NAMES, example, problems

NOW = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
NEEDS = (NEED_OPENED, NEED_DUE_SOON)
EXAMPLE = example("booking.booked.v1")["data"]


def a_booking(*, email: str | None = "ana@example.com", zone: str | None = "Europe/London") -> Booking:
    guest = Guest(name="Ana", email=email, phone="+33199001234", phone_typed="01 99 00 12 34", locale="fr", zone=zone)
    return Booking(
        id=new_booking_id(),
        hold_id=HoldId("0d6a5f5e-0f0e-4c1c-9f6a-2b1f8f4f5e11"),
        state="confirmed",
        revision=1,
        generation=0,
        location_id=LocationId(EXAMPLE["location_id"]),
        service_id=ServiceId(EXAMPLE["service_id"]),
        practitioner_ids=(PractitionerId(EXAMPLE["practitioner_ids"][0]),),
        start=NOW + timedelta(days=7),
        minutes=60,
        zone="Europe/Paris",
        price=Money(amount=Decimal("95.00"), currency="EUR"),
        policy=CancellationPolicy(free_until_hours=12, fee_percent=50),
        guest=guest,
        screening=None,
        made_at=NOW,
    )


def an_offer() -> OfferEvent:
    booked = a_booking()
    entry = Entry(
        id=EntryId("c1f6a0b2-93d4-4d0e-9a67-0b7e5d2f8e43"),
        generation=1,
        state="waiting",
        location_id=booked.location_id,
        service_id=booked.service_id,
        minutes=60,
        practitioner_id=None,
        wanted=Wanted(since=booked.start, until=booked.end),
        guest=booked.guest,
        body_hash="",
        made_at=NOW,
        turn_at=NOW,
    )
    lease = Lease(
        id=new_lease_id(),
        entry_id=entry.id,
        state="offered",
        location_id=booked.location_id,
        service_id=booked.service_id,
        practitioner_ids=booked.practitioner_ids,
        resource_ids=booked.practitioner_ids,
        start=booked.start,
        minutes=60,
        claim=(0, 1),
        price=booked.price,
        made_at=NOW,
        deadline=NOW + timedelta(minutes=30),
    )
    return OfferEvent(name=WAITLIST_OFFERED, occurred_at=NOW, entry=entry, lease=lease, zone="Europe/Paris")


def a_displacement() -> DisplacedEvent:
    booked = a_booking()
    wrong = {
        Misfit(reason=Reason.TIME_OFF, resource_id=booked.practitioner_ids[0]),
        Misfit(reason=Reason.SERVICE_WITHDRAWN),
    }
    standing = Standing(booking=booked, resource_ids=booked.practitioner_ids)
    found = Displaced(standing=standing, since=NOW, misfits=frozenset(wrong))
    return DisplacedEvent(name=DISPLACED, occurred_at=NOW, displaced=found)


def a_need(booked: Booking) -> Need:
    return Need(
        id=NeedId("5f0f4a8e-5f0e-4b6c-8a55-0c1b0b7f7a31"),
        booking_id=booked.id,
        kind="referral",
        rule_id="referral.fr.public",
        version=1,
        due=booked.start,
        state="open",
        opened_at=NOW,
    )


def told() -> list[Happened]:
    booked = a_booking()
    off = cancelled(booked, now=NOW + timedelta(hours=1), accept_fee=False, phone="+33199001010")
    back = reinstated(off, now=NOW + timedelta(hours=1, minutes=2))
    moved = rescheduled(
        booked,
        start=booked.start + timedelta(days=1),
        practitioner_ids=booked.practitioner_ids,
        now=NOW,
        phone="+33199001010",
    )
    there = checked_in(booked, now=booked.start)
    done = completed(there, now=booked.end)
    return [
        BookingEvent(name=BOOKED, occurred_at=NOW, booking=booked),
        BookingEvent(name=BOOKED, occurred_at=NOW, booking=a_booking(email=None, zone=None)),
        BookingEvent(name=BOOKED, occurred_at=NOW, booking=booked, series_id=new_series_id()),
        BookingEvent(name=CANCELLED, occurred_at=NOW, booking=off),
        BookingEvent(name=CANCELLED, occurred_at=NOW, booking=replace(off, fee_accepted=off.late_fee)),
        BookingEvent(name=REINSTATED, occurred_at=NOW, booking=back),
        BookingEvent(name=RESCHEDULED, occurred_at=NOW, booking=moved, moved_from=booked.start),
        BookingEvent(
            name=RESCHEDULED, occurred_at=NOW, booking=replace(there, minutes=40, revision=3), moved_from=there.start
        ),
        BookingEvent(name=CHECKED_IN, occurred_at=NOW, booking=there),
        BookingEvent(name=COMPLETED, occurred_at=NOW, booking=done),
        BookingEvent(name=NO_SHOW, occurred_at=NOW, booking=no_show(booked, now=booked.end)),
        BookingEvent(name=REVERTED, occurred_at=NOW, booking=reverted(there)),
        BookingEvent(name=REVERTED, occurred_at=NOW, booking=reverted(done)),
        BookingEvent(name=PARTY_CHANGED, occurred_at=NOW, booking=replace(booked, revision=2)),
        an_offer(),
        WaitEvent(name=WAITLIST_JOINED, occurred_at=NOW, entry=an_offer().entry, zone="Europe/Paris"),
        a_displacement(),
        DocumentEvent(
            name=DOCUMENT_RUNNING_OUT,
            occurred_at=NOW,
            booking=booked,
            document_id=DocumentId("743a01d5-33e0-5eea-806c-1967ae24ae66"),
        ),
        *(NeedEvent(name=name, occurred_at=NOW, booking=booked, need=a_need(booked)) for name in NEEDS),
    ]


@pytest.mark.parametrize("event", told(), ids=lambda event: event.name)
def test_what_booking_publishes_keeps_its_contract(event: Happened) -> None:
    wire = json.loads(json.dumps(to_event(event).to_wire()))
    assert problems(event.name, wire) == []
    text = json.dumps(wire)
    assert not any(private in text for private in ("ana@", "99001234", "99 00 12 34", "Ana", "referral"))


def test_every_event_of_booking_has_a_contract_and_is_shown_here() -> None:
    ours = {name for name in NAMES if name.startswith("booking.")}
    assert {event.name for event in told()} == ours
