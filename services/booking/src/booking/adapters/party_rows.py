"""The guests of a party as rows, and back. They come along with their booking's row, as one column."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from booking.adapters.tables import bookings, party_guests
from booking.domain.booking import Booking
from booking.domain.guest import Guest
from booking.domain.money import Money
from booking.domain.party import PartyGuest
from booking.domain.preference import from_words, in_words
from booking.domain.screening import Answers

_AMOUNTS = {"price", "fee"}
"""As numbers in JSON they would come back as floats."""


def party_column() -> ColumnElement[Any]:
    """Return the guests of the booking that is selected: a list, or null where it has none."""
    pairs: list[Any] = []
    for column in party_guests.columns:
        pairs += [literal_column(f"'{column.name}'"), cast(column, Text) if column.name in _AMOUNTS else column]
    each = aggregate_order_by(func.jsonb_build_object(*pairs), party_guests.c.place)
    theirs = select(func.jsonb_agg(each, type_=JSONB)).where(party_guests.c.booking_id == bookings.c.id)
    return theirs.correlate(bookings).scalar_subquery().label("party")


def party_rows(booking: Booking) -> list[dict[str, Any]]:
    """Return the columns of each guest."""
    return [_row(booking, place, each) for place, each in enumerate(booking.guests, start=1)]


def party_of(rows: Sequence[Mapping[str, Any]] | None, currency: str) -> tuple[PartyGuest, ...]:
    """Return the guests that the column holds."""
    return tuple(_guest(row, currency) for row in rows or ())


def _row(booking: Booking, place: int, guest: PartyGuest) -> dict[str, Any]:
    who, answers = guest.guest, guest.screening
    return {
        "booking_id": booking.id,
        "place": place,
        "name": who.name if who else None,
        "email": who.email if who else None,
        "phone": who.phone if who else None,
        "phone_typed": who.phone_typed if who else None,
        "practitioner_id": guest.practitioner_id,
        "duration_minutes": guest.duration_minutes,
        "minutes": guest.minutes,
        "add_on_ids": list(guest.add_on_ids),
        "price": guest.price.amount,
        "screening_version": answers.version if answers else None,
        "screening_all_clear": answers.all_clear if answers else None,
        "state": guest.state,
        "withdrawn_at": guest.withdrawn_at,
        "fee": guest.fee.amount if guest.fee else None,
        "fee_waived_at": guest.fee_waived_at,
        "preference": in_words(guest.preference),
    }


def _guest(row: Mapping[str, Any], currency: str) -> PartyGuest:
    contact = {name: row[name] for name in ("name", "email", "phone", "phone_typed")}
    version, fee = row["screening_version"], row["fee"]
    return PartyGuest(
        guest=Guest(**contact, locale=None, zone=None) if row["name"] is not None else None,
        practitioner_id=row["practitioner_id"],
        duration_minutes=row["duration_minutes"],
        minutes=row["minutes"],
        add_on_ids=tuple(row["add_on_ids"]),
        price=Money(amount=Decimal(row["price"]), currency=currency),
        screening=Answers(version=version, all_clear=row["screening_all_clear"]) if version is not None else None,
        state=row["state"],
        withdrawn_at=_instant(row["withdrawn_at"]),
        fee=Money(amount=Decimal(fee), currency=currency) if fee is not None else None,
        fee_waived_at=_instant(row["fee_waived_at"]),
        preference=from_words(row["preference"]),
    )


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written is not None else None
