"""Booking's events as notifications reads them: each a change of a booking, or of what stands like one."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from notifications.domain.values import FIRST_REVISION, BookingId, Change, Channel, Happening, LocationId
from notifications.wire import Loose, instant, is_zone, utc, zone


class _BookingEvent(Loose):
    booking_id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    start = instant(required=True)
    end = instant(required=True)
    zone = zone()
    guest_zone = fields.String(load_default=None, allow_none=True)
    channels = fields.List(fields.String(), required=True)
    made_at = instant(required=True)
    free_until = instant(required=True)
    undo_until = instant(load_default=None, allow_none=True)
    series_id = fields.UUID(load_default=None, allow_none=True)
    modality = fields.String(load_default=None, allow_none=True)
    practitioner_ids = fields.List(fields.UUID(), load_default=list)


class _OfferEvent(Loose):
    offer_id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    start = instant(required=True)
    end = instant(required=True)
    zone = zone()
    guest_zone = fields.String(load_default=None, allow_none=True)
    channels = fields.List(fields.String(), required=True)
    waiting_since = instant(required=True)
    deadline = instant(required=True)
    modality = fields.String(load_default=None, allow_none=True)


class _WaitEvent(Loose):
    entry_id = fields.UUID(required=True)
    location_id = fields.UUID(required=True)
    start = instant(required=True, data_key="from")
    end = instant(required=True, data_key="to")
    zone = zone()
    guest_zone = fields.String(load_default=None, allow_none=True)
    channels = fields.List(fields.String(), required=True)
    waiting_since = instant(required=True)
    modality = fields.String(load_default=None, allow_none=True)


class _NeedEvent(_BookingEvent):
    due = instant(required=True)


_BOOKING_EVENT = _BookingEvent()
_NEED_EVENT = _NeedEvent()
_OFFER_EVENT = _OfferEvent()
_WAIT_EVENT = _WaitEvent()
_EVENTS = {f"booking.{happening}.v1": happening for happening in Happening}


def load_change(name: str, occurred_at: datetime, data: Mapping[str, Any]) -> Change:
    """The change that an event tells of; a ValidationError for one that can't be read."""
    happening = _EVENTS.get(name)
    if happening is None:
        raise ValidationError(f"{name} is not an event that notifications reads")
    read = _READERS.get(happening, _BOOKING_EVENT.load)(data)
    recipient_zone = read["guest_zone"]
    return Change(
        happening=happening,
        booking_id=BookingId(str(read["booking_id"])),
        location_id=LocationId(str(read["location_id"])),
        revision=read["revision"],
        happened_at=occurred_at.astimezone(UTC),
        made_at=utc(read["made_at"]),
        start=utc(read["start"]),
        end=utc(read["end"]),
        free_until=utc(read["free_until"]),
        undo_until=utc(read["undo_until"]) if read["undo_until"] else None,
        # A zone that only the guest's device knows is no reason to owe them nothing.
        recipient_zone=recipient_zone if recipient_zone and is_zone(recipient_zone) else read["zone"],
        # A channel that is newer than this service is left to the services that know it.
        channels=tuple(channel for channel in Channel if channel.value in read["channels"]),
        deadline=utc(read["deadline"]) if "deadline" in read else None,
        series_id=BookingId(str(read["series_id"])) if read.get("series_id") else None,
        modality=read["modality"],
        zone=read["zone"],
        practitioner_ids=tuple(str(each) for each in read.get("practitioner_ids", ())),
    )


def _read_offer(data: Mapping[str, Any]) -> dict[str, Any]:
    """An offer as a booking of one revision, under its own id."""
    read: dict[str, Any] = _OFFER_EVENT.load(data)
    return {
        **read,
        "booking_id": read["offer_id"],
        "revision": FIRST_REVISION,
        "made_at": read["waiting_since"],
        "free_until": read["start"],
        "undo_until": None,
    }


def _read_wait(data: Mapping[str, Any]) -> dict[str, Any]:
    """A place on the waitlist as a booking of one revision, under its own id."""
    read: dict[str, Any] = _WAIT_EVENT.load(data)
    return {
        **read,
        "booking_id": read["entry_id"],
        "revision": FIRST_REVISION,
        "made_at": read["waiting_since"],
        "free_until": read["end"],
        "undo_until": None,
        "deadline": read["end"],
    }


def _read_need(data: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = _NEED_EVENT.load(data)
    return {**read, "deadline": read["due"]}


_READERS: Mapping[Happening, Callable[[Mapping[str, Any]], Any]] = {
    Happening.WAITLIST_JOINED: _read_wait,
    Happening.WAITLIST_OFFERED: _read_offer,
    Happening.NEED_OPENED: _read_need,
    Happening.NEED_DUE_SOON: _read_need,
}
