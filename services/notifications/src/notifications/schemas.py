"""Wire to values and back: the fields of others that notifications reads, and its own answers.

What it does not read it ignores, so that events and answers may grow.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from notifications.application.ports import Entry
from notifications.domain.agenda import Day
from notifications.domain.facts import Appointment, Facts, Guest, Money, Offer, Place, Session
from notifications.domain.values import FIRST_REVISION, BookingId
from notifications.wire import Loose, instant, is_zone, utc, zone, zulu

__all__ = [
    "ValidationError",
    "dump_day",
    "dump_entry",
    "load_booking_id",
    "load_day",
    "load_facts",
    "zulu",
]


def load_booking_id(text: object) -> BookingId:
    """The id in its one spelling; a ValidationError for anything else."""
    return BookingId(str(fields.UUID().deserialize(text)))


class _Money(Loose):
    amount = fields.Decimal(required=True)
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}$"))


class _Address(Loose):
    street = fields.String(load_default="")
    postal_code = fields.String(load_default="")
    city = fields.String(load_default="")


class _Location(Loose):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    zone = zone()
    phone = fields.String(load_default="", allow_none=True)
    address = fields.Nested(_Address, load_default=None, allow_none=True)


class _Service(Loose):
    discreet_name = fields.String(required=True)


class _Person(Loose):
    id = fields.UUID(load_default=None, allow_none=True)
    name = fields.String(required=True)


class _Guest(Loose):
    name = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)
    locale = fields.String(load_default=None, allow_none=True)
    zone = fields.String(load_default=None, allow_none=True)


class _Offer(Loose):
    entry_id = fields.UUID(required=True)
    deadline = instant(required=True)


class _Session(Loose):
    id = fields.UUID(required=True)
    revision = fields.Integer(required=True, strict=True)
    start = instant(required=True)
    end = instant(required=True)
    service = fields.Nested(_Service, required=True)
    practitioners = fields.List(fields.Nested(_Person), load_default=list)


class _Booking(Loose):
    id = fields.UUID(required=True)
    revision = fields.Integer(required=True, strict=True)
    state = fields.String(required=True)
    start = instant(required=True)
    end = instant(required=True)
    duration_minutes = fields.Integer(required=True, strict=True)
    location = fields.Nested(_Location, required=True)
    service = fields.Nested(_Service, required=True)
    practitioners = fields.List(fields.Nested(_Person), load_default=list)
    guest = fields.Nested(_Guest, required=True)
    price = fields.Nested(_Money, load_default=None, allow_none=True)
    fee = fields.Nested(_Money, load_default=None, allow_none=True)
    free_until = instant(required=True)
    manage_token = fields.String(required=True)
    offer = fields.Nested(_Offer, load_default=None, allow_none=True)
    document_due = instant(load_default=None, allow_none=True)
    document_ending = fields.Boolean(load_default=True)
    sessions = fields.List(fields.Nested(_Session), load_default=list)
    displaced = fields.Boolean(load_default=True)
    follows = fields.Boolean(load_default=False)
    preparation = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    aftercare = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class _Appointment(Loose):
    start = instant(required=True)
    duration_minutes = fields.Integer(required=True, strict=True)
    service = fields.String(required=True)
    rooms = fields.List(fields.String(), load_default=list)
    guest = fields.String(load_default="")


class _Day(Loose):
    practitioner = fields.Nested(_Person, required=True)
    location = fields.Nested(_Location, required=True)
    entries = fields.List(fields.Nested(_Appointment), required=True)


_DAY = _Day()
_BOOKING = _Booking()  # made once: making a schema costs more than reading by it


def load_facts(wire: Mapping[str, Any]) -> Facts:
    """Booking's view of one booking; a ValidationError for one that can't be read."""
    read = _BOOKING.load(wire)
    location, guest = read["location"], read["guest"]
    zone = guest["zone"]
    return Facts(
        booking_id=BookingId(str(read["id"])),
        location_id=str(location["id"]),
        revision=read["revision"],
        state=read["state"],
        start=utc(read["start"]),
        end=utc(read["end"]),
        duration_minutes=read["duration_minutes"],
        discreet_name=read["service"]["discreet_name"],
        practitioners=tuple(person["name"] for person in read["practitioners"]),
        place=_place(location),
        guest=Guest(
            name=guest["name"],
            email=guest["email"],
            phone=guest["phone"],
            locale=guest["locale"] or "en",
            zone=zone if zone and is_zone(zone) else location["zone"],
        ),
        price=_money(read["price"]),
        fee=_money(read["fee"]),
        free_until=utc(read["free_until"]),
        manage_token=read["manage_token"],
        offer=_offer(read["offer"]),
        document_due=utc(read["document_due"]) if read["document_due"] else None,
        document_ending=read["document_ending"],
        sessions=tuple(_session(each) for each in read["sessions"]),
        displaced=read["displaced"],
        follows=read["follows"],
        preparation=read["preparation"],
        aftercare=read["aftercare"],
        practitioner_ids=tuple(str(person["id"]) for person in read["practitioners"] if person["id"]),
    )


def load_day(day: Day, wire: Mapping[str, Any]) -> Facts:
    """Booking's view of a practitioner's day; a ValidationError for one that can't be read."""
    read = _DAY.load(wire)
    place = _place(read["location"])
    found = tuple(
        Appointment(
            start=utc(each["start"]),
            minutes=each["duration_minutes"],
            discreet_name=each["service"],
            rooms=tuple(each["rooms"]),
            guest=each["guest"],
        )
        for each in read["entries"]
    )
    start, end = (found[0].start, max(each.end for each in found)) if found else (day.since, day.until)
    return Facts(
        booking_id=day.id,
        location_id=day.location_id,
        revision=FIRST_REVISION,
        state="confirmed",
        start=start,
        end=end,
        duration_minutes=sum(each.minutes for each in found),
        discreet_name=found[0].discreet_name if found else "",
        practitioners=(read["practitioner"]["name"],),
        practitioner_ids=(day.practitioner_id,),
        place=place,
        guest=Guest(name="", email=None, phone=None, locale="en", zone=place.zone),
        price=None,
        fee=None,
        free_until=start,
        manage_token="",
        appointments=found,
    )


def dump_day(day: Day) -> dict[str, Any]:
    """A practitioner's day, as booking is asked about it."""
    return {
        "id": day.id,
        "practitioner_id": day.practitioner_id,
        "location_id": day.location_id,
        "since": zulu(day.since),
        "until": zulu(day.until),
    }


def _place(location: Mapping[str, Any]) -> Place:
    return Place(
        name=location["name"],
        zone=location["zone"],
        phone=location["phone"] or "",
        address=_letter_lines(location["address"] or {}),
    )


def dump_entry(entry: Entry) -> dict[str, Any]:
    """A line of the ledger for the wire: no contact, no text."""
    return {
        "rule": entry.key.rule,
        "revision": entry.key.revision,
        "channel": entry.key.channel.value,
        "recipient": entry.key.recipient.value,
        "state": entry.state.value,
        "reason": entry.reason.value if entry.reason else None,
        "due_at": zulu(entry.due_at),
        "sent_at": zulu(entry.sent_at) if entry.sent_at else None,
        "attempts": entry.attempts,
        "provider": entry.provider,
        "provider_id": entry.provider_id,
        "receipt_at": zulu(entry.receipt_at) if entry.receipt_at else None,
        "problem": entry.problem,
        "segments": entry.segments,
        "cost": {"amount": str(entry.cost), "currency": entry.currency} if entry.cost is not None else None,
    }


def _session(read: Mapping[str, Any]) -> Session:
    return Session(
        booking_id=BookingId(str(read["id"])),
        revision=read["revision"],
        start=utc(read["start"]),
        end=utc(read["end"]),
        discreet_name=read["service"]["discreet_name"],
        practitioners=tuple(person["name"] for person in read["practitioners"]),
    )


def _offer(read: Mapping[str, Any] | None) -> Offer | None:
    return Offer(entry_id=str(read["entry_id"]), deadline=utc(read["deadline"])) if read else None


def _money(read: Mapping[str, Any] | None) -> Money | None:
    return Money(amount=Decimal(read["amount"]), currency=read["currency"]) if read else None


def _letter_lines(address: Mapping[str, str]) -> tuple[str, ...]:
    town = f"{address.get('postal_code', '')} {address.get('city', '')}".strip()
    return tuple(line for line in (address.get("street", ""), town) if line)
