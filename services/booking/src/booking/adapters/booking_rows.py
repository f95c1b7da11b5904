"""Bookings as rows, and back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from booking.adapters.guest_rows import guest_columns, guest_of
from booking.adapters.party_rows import party_column, party_of
from booking.adapters.tables import bookings, fees
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import CancellationPolicy
from booking.domain.fee import Fee
from booking.domain.ids import ResourceId
from booking.domain.money import Money
from booking.domain.preference import from_words, in_words
from booking.domain.screening import Answers
from booking.domain.zones import instant

WHOLE = (
    bookings,
    fees.c.amount.label("owed"),
    fees.c.cause.label("owed_for"),
    fees.c.owed_at,
    fees.c.waived_at,
    party_column(),
)
"""What is read of a booking: beside its own columns what it owes, and its guests if they are several."""
WHOLE_BOOKINGS = select(*WHOLE).outerjoin(fees, fees.c.booking_id == bookings.c.id)
"""Bookings as they are read."""


def row_of(booking: Booking) -> dict[str, Any]:
    """Return the columns of a booking."""
    answers = booking.screening
    return {
        "id": booking.id,
        "hold_id": booking.hold_id,
        "state": booking.state,
        "revision": booking.revision,
        "generation": booking.generation,
        "location_id": booking.location_id,
        "service_id": booking.service_id,
        "practitioner_ids": list(booking.practitioner_ids),
        "starts_at": booking.start,
        "minutes": booking.minutes,
        "zone": booking.zone,
        "price": booking.price.amount,
        "currency": booking.price.currency,
        "free_until_hours": booking.policy.free_until_hours,
        "fee_percent": booking.policy.fee_percent,
        "no_show_fee_percent": booking.policy.no_show_fee_percent,
        **guest_columns(booking.guest),
        "screening_version": answers.version if answers else None,
        "screening_all_clear": answers.all_clear if answers else None,
        "made_at": booking.made_at,
        "cancelled_at": booking.cancelled_at,
        "fee_accepted": booking.fee_accepted.amount if booking.fee_accepted else None,
        "preference": in_words(booking.preference),
    }


def booking_of(row: Mapping[Any, Any]) -> Booking:
    """Return the booking that a row of `WHOLE_BOOKINGS` holds."""
    fee = row["fee_accepted"]
    return Booking(
        id=row["id"],
        hold_id=row["hold_id"],
        state=row["state"],
        revision=row["revision"],
        generation=row["generation"],
        location_id=row["location_id"],
        service_id=row["service_id"],
        practitioner_ids=tuple(row["practitioner_ids"]),
        start=row["starts_at"],
        minutes=row["minutes"],
        zone=row["zone"],
        price=Money(amount=row["price"], currency=row["currency"]),
        policy=CancellationPolicy(
            free_until_hours=row["free_until_hours"],
            fee_percent=row["fee_percent"],
            no_show_fee_percent=row["no_show_fee_percent"],
        ),
        guest=guest_of(row),
        screening=(
            Answers(version=row["screening_version"], all_clear=row["screening_all_clear"])
            if row["screening_version"] is not None
            else None
        ),
        made_at=row["made_at"],
        cancelled_at=row["cancelled_at"],
        fee_accepted=Money(amount=fee, currency=row["currency"]) if fee is not None else None,
        owed=(
            Fee(
                cause=row["owed_for"],
                amount=Money(amount=row["owed"], currency=row["currency"]),
                owed_at=row["owed_at"],
                waived_at=row["waived_at"],
            )
            if row["owed"] is not None
            else None
        ),
        guests=party_of(row["party"], row["currency"]),
        preference=from_words(row["preference"]),
    )


def claim_of(resource_id: ResourceId, during: Any) -> Claim:
    """Return the claim that an allocation is."""
    return Claim(resource_id=resource_id, during=(instant(during.lower), instant(during.upper)))
